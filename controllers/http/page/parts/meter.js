/**
 * A level meter with peak hold and a clip lamp: `<x-meter bank="ch" name="ch/1">`; `bank="return" name="return/1/l"`.
 * `kind="taken"`: how much a gate or a compressor takes away, from the top down.
 */

import {watch} from '../line/meters.js';
import {never, soon} from './frames.js';

const FALL_DB_S = 20;
const HOLD_MS = 1500;
const LOW_DB = -60;
const TAKEN_DB = 20;
const CLIP_DB = -0.001;

class Meter extends HTMLElement {
  static observedAttributes = ['bank', 'name'];

  constructor() {
    super();
    this.level = this.shown = this.peak = LOW_DB;
    this.peakAt = this.lastAt = 0;
    this.high = 0;
    this.drawn = [-1, -1];
    this.clipped = false;
    this.stop = () => {};
  }

  get taken() {
    return this.getAttribute('kind') === 'taken';
  }

  connectedCallback() {
    if (!this.firstChild) {
      this.setAttribute('role', 'group'); // a meter would have to tell its level to readers, frame by frame
      this.innerHTML = this.taken ? '<b></b>' : '<b></b><u></u><button type="button" class="clip" aria-label="Overload: tap to clear"></button>';
      this.lastElementChild?.addEventListener('click', () => this.clip(false));
    }
    this.watch = new ResizeObserver(() => {
      this.high = this.clientHeight;
      this.drawn = [-1, -1];
      soon(this);
    });
    this.watch.observe(this); // tells the height at once, after one layout of all
    this.listen();
  }

  disconnectedCallback() {
    this.watch?.disconnect();
    this.stop();
    never(this);
  }

  attributeChangedCallback() {
    if (this.isConnected && this.firstChild) this.listen();
  }

  listen() {
    this.stop();
    this.level = this.shown = this.peak = this.taken ? 0 : LOW_DB;
    this.clip(false);
    this.stop = watch(this.getAttribute('bank') ?? '', this.getAttribute('name') ?? '', (db) => this.hear(db));
    soon(this);
  }

  /** @param {number} db */
  hear(db) {
    const now = performance.now();
    const held = this.taken ? Math.min(Math.max(db, 0), TAKEN_DB) : Math.min(Math.max(db, LOW_DB), 0);
    if (db >= CLIP_DB && !this.taken) this.clip(true);
    if (held === this.level && held === this.shown && (this.taken || this.peak <= held)) return;
    this.level = held;
    if (held >= this.peak) {
      this.peak = held;
      this.peakAt = now;
    }
    soon(this);
  }

  /** @param {boolean} on */
  clip(on) {
    if (on === this.clipped || this.taken) return;
    this.clipped = on;
    this.classList.toggle('clipped', on);
  }

  /** @param {number} now */
  frame(now) {
    const past = Math.min(Math.max(now - this.lastAt, 0), 100);
    this.lastAt = now;
    const fallen = this.shown - (FALL_DB_S * past) / 1000;
    this.shown = Math.max(this.level, fallen);
    if (now - this.peakAt > HOLD_MS) this.peak = Math.max(this.shown, this.peak - (FALL_DB_S * past) / 1000);
    const span = this.taken ? TAKEN_DB : -LOW_DB;
    const low = this.taken ? 0 : LOW_DB;
    const bar = Math.round(((this.shown - low) / span) * this.high);
    const line = this.taken ? 0 : Math.round(((this.peak - low) / span) * this.high);
    const [cover, held] = /** @type {HTMLCollectionOf<HTMLElement>} */ (this.children);
    const part = bar / Math.max(this.high, 1);
    if (bar !== this.drawn[0]) cover.style.transform = `scaleY(${this.taken ? part : 1 - part})`; // no layout by it
    if (line !== this.drawn[1] && !this.taken) held.style.transform = `translateY(${1 - line}px)`;
    this.drawn = [bar, line];
    return this.shown > this.level || (!this.taken && this.peak > this.shown);
  }
}

customElements.define('x-meter', Meter);

