/**
 * A place in the music: `<x-clock path="transport/position" label="Position">`.  It moves while the music rolls, between
 * what the desk says; a tap opens it for typing.
 */

import {html} from '../lib/lit-html.js';
import {about, known} from '../line/about.js';
import * as desk from '../line/desk.js';
import {role, state} from '../line/line.js';
import {never, soon} from './frames.js';
import {Live} from './live.js';
import {close, open} from './over.js';
import {may} from './rights.js';

const AHEAD_S = 0.25; // the desk says ten times a second where the music is: what is later is not guessed
const KEYS = ['7', '8', '9', '⌫', '4', '5', '6', ':', '1', '2', '3', '.', '0', 'Go'];

/** @param {number} seconds @param {number} [digits] */
export function time(seconds, digits = 1) {
  const unit = 10 ** digits;
  const parts = Math.floor(seconds * unit + 1e-6);
  const s = (parts / unit) % 60;
  const m = Math.floor(parts / unit / 60) % 60;
  const h = Math.floor(parts / unit / 3600);
  const rest = s.toFixed(digits).padStart(digits ? digits + 3 : 2, '0');
  return h ? `${h}:${String(m).padStart(2, '0')}:${rest}` : `${m}:${rest}`;
}

/** What somebody has typed, in s: 83.5, 1:23.5, 1:02:03; NaN where it is no time. @param {string} said */
export function seconds(said) {
  const text = said.trim().replace(',', '.');
  if (!/^(\d+:){0,2}(\d+\.?\d*|\.\d+)$/.test(text)) return NaN;
  return text.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
}

/** @param {string} label @param {number} now s @param {(seconds: number) => void} chosen */
export function askTime(label, now, chosen) {
  const field = () => /** @type {HTMLInputElement} */ (document.querySelector('#over input'));
  const put = () => {
    const wish = seconds(field().value);
    close();
    if (!Number.isNaN(wish)) chosen(wish);
  };
  /** @param {string} key */
  const press = (key) => {
    if (key === 'Go') put();
    else field().value = key === '⌫' ? field().value.slice(0, -1) : field().value + key;
  };
  open(
    label,
    () => html`<form class="keypad" @submit=${(/** @type {Event} */ event) => {
      event.preventDefault();
      put();
    }}>
      <label><input autofocus inputmode="none" autocomplete="off" spellcheck="false" aria-label=${`New ${label}, such as 1:23.5`} placeholder=${time(now)} /></label>
      <div class="keys">${KEYS.map((key) => html`<button type="button" class=${key === 'Go' ? 'strong' : ''} @click=${() => press(key)}>${key}</button>`)}</div>
    </form>`,
    'pad',
  );
}

class Clock extends Live {
  static observedAttributes = ['path', 'label', 'rolls'];

  constructor() {
    super();
    this.at = 0;
    this.heardAt = 0;
    this.said = '';
  }

  begin() {
    this.said = '';
    this.ends.push(() => never(this));
  }

  update() {
    super.update();
    this.at = desk.number(this.path);
    this.heardAt = performance.now();
    soon(this);
  }

  get rolling() {
    return this.given.rolls.value !== '' && desk.peek(this.given.rolls.value) === 'play' && state.peek() === 'live';
  }

  /** @param {number} now */
  frame(now) {
    const past = this.rolling ? Math.min(Math.max((now - this.heardAt) / 1000, 0), AHEAD_S) : 0;
    const text = time(this.at + past);
    const button = this.querySelector('button');
    if (text !== this.said && button) {
      this.said = text;
      button.textContent = text;
      button.setAttribute('aria-label', `${this.given.label.peek()} ${text}`);
    }
    return past > 0 && past < AHEAD_S;
  }

  draw() {
    known.value;
    const path = this.path;
    desk.value(path);
    if (this.given.rolls.value) desk.value(this.given.rolls.value);
    const need = may(role.value, path);
    const off = state.value !== 'live' || need !== '';
    return html`<button type="button" class="clock" aria-disabled=${String(off)} title=${need ? `needs the role ${need}` : (about(path)?.words ?? '')}
      @click=${() => !off && askTime(this.given.label.value, desk.number(path), (wish) => desk.set(path, wish))}></button>`;
  }
}

customElements.define('x-clock', Clock);
