/** One of a few words, as buttons side by side: `<x-pick path="monitor/speaker" label="Speakers">`. */

import {html, nothing} from '../lib/lit-html.js';
import {about, known} from '../line/about.js';
import * as desk from '../line/desk.js';
import {role, state} from '../line/line.js';
import {Live} from './live.js';
import {may} from './rights.js';

const FEW = 4; // in one row

class Pick extends Live {
  static observedAttributes = ['path', 'label'];

  draw() {
    known.value;
    const path = this.path;
    const held = desk.value(path);
    const need = may(role.value, path);
    const off = state.value !== 'live' || need !== '';
    const title = need ? `needs the role ${need}` : (about(path)?.words ?? nothing);
    const items = about(path)?.items ?? [];
    return html`<div class=${`choices${items.length > FEW ? ' many' : ''}`} role="group" aria-label=${this.given.label.value || path}>
      ${items.map(
        (item) =>
          html`<button type="button" class=${item === held ? 'on' : ''} aria-pressed=${String(item === held)} aria-disabled=${String(off)} title=${title} @click=${() => !off && desk.set(path, item)}>${item}</button>`,
      )}
    </div>`;
  }
}

customElements.define('x-pick', Pick);
