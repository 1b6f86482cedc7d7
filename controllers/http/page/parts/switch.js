/**
 * A button that stays: `<x-switch path="ch/1/mute" label="Mute Kick" text="M" kind="mute">`.  It shows the desk, and
 * never the finger.  `ask`: what a second button asks before it is done ("Mute the mains?").
 */

import {html, nothing} from '../lib/lit-html.js';
import * as desk from '../line/desk.js';
import {role, state} from '../line/line.js';
import {sure} from './sure.js';
import {Live} from './live.js';
import {may} from './rights.js';

class Switch extends Live {
  static observedAttributes = ['path', 'label', 'text', 'kind', 'ask'];

  draw() {
    const {label, text, kind, ask} = this.given;
    const path = this.path;
    const on = desk.on(path);
    const need = may(role.value, path);
    const off = state.value !== 'live' || need !== '';
    return html`<button
      type="button"
      class=${`switch ${kind.value}${on ? ' on' : ''}`}
      aria-pressed=${on ? 'true' : 'false'}
      aria-label=${label.value || path}
      aria-disabled=${off ? 'true' : 'false'}
      title=${need ? `needs the role ${need}` : nothing}
      @click=${() => {
        if (off) return;
        if (ask.value && !on) sure(ask.value, () => desk.set(path, 1));
        else desk.toggle(path);
      }}
    >
      ${text.value}
    </button>`;
  }
}

customElements.define('x-switch', Switch);
