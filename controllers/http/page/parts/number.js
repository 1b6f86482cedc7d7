/** A value as text, which a tap opens for typing: `<x-number path="ch/1/fader" label="Kick">`. */

import {html, nothing} from '../lib/lit-html.js';
import {about, known} from '../line/about.js';
import * as desk from '../line/desk.js';
import {role, state} from '../line/line.js';
import {typed} from '../line/shown.js';
import {said} from './goal.js';
import {Live} from './live.js';
import {close, open} from './over.js';
import {may} from './rights.js';

const KEYS = ['7', '8', '9', 'off', '4', '5', '6', 'k', '1', '2', '3', '\u2212', '0', '.', '⌫', 'Set'];

/** @param {string} path @param {string} label */
export function keypad(path, label) {
  const unit = {'gain.db': 'dB', 'time.hz': 'Hz', 'time.ms': 'ms', 'time.second': 's'}[about(path)?.unit ?? ''] ?? '';
  /** @returns {HTMLInputElement} */
  const field = () => /** @type {HTMLInputElement} */ (document.querySelector('#over input'));
  const put = () => {
    if (state.peek() !== 'live') return; // it stays open, with what was typed
    const written = typed(about(path), field().value);
    if (written !== '') {
      if (typeof written === 'number') desk.set(path, written);
      else desk.write(path, written);
    }
    close();
  };
  /** @param {string} key */
  const press = (key) => {
    const input = field();
    if (key === 'Set') put();
    else if (key === 'off') input.value = 'off';
    else if (key === '⌫') input.value = input.value.slice(0, -1);
    else if (key === '\u2212') input.value = input.value.startsWith(key) ? input.value.slice(1) : key + input.value;
    else input.value += key;
  };
  open(
    label,
    () => html`<form
      class="keypad"
      @submit=${(/** @type {Event} */ event) => {
        event.preventDefault();
        put();
      }}
    >
      <label><input autofocus inputmode="none" autocomplete="off" spellcheck="false" aria-label=${`New value of ${label}, now ${said(path)}`} placeholder=${said(path)} /> ${unit}</label>
      <div class="keys">${KEYS.map((key) => html`<button type="button" class=${key === 'Set' ? 'strong' : ''} aria-disabled=${String(key === 'Set' && state.value !== 'live')} @click=${() => press(key)}>${key}</button>`)}</div>
    </form>`,
    'pad',
  );
}

class Shown extends Live {
  static observedAttributes = ['path', 'label'];

  draw() {
    known.value;
    const path = this.path;
    const text = desk.value(path) === undefined ? '…' : said(path);
    const needed = may(role.value, path);
    const off = state.value !== 'live' || needed !== '' || about(path)?.fixed;
    const label = this.given.label.value;
    return html`<button
      type="button"
      class="number"
      aria-label=${`${label} ${text}`}
      aria-disabled=${off ? 'true' : 'false'}
      title=${needed ? `needs the role ${needed}` : nothing}
      @click=${() => !off && keypad(path, label)}
    >
      ${text}
    </button>`;
  }
}

customElements.define('x-number', Shown);
