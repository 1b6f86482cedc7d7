/**
 * A handle of the EQ: `<x-eq-handle path="ch/3" band="2">`; `band="hpf"`: of a filter.  Sideways is its frequency, up
 * its gain; the wheel and [ ] its Q, or the slope of a filter; Enter puts it in and out; a double tap makes it flat.
 */

import {signal} from '../lib/signals-core.module.js';
import {about, known} from '../line/about.js';
import * as desk from '../line/desk.js';
import {fromTurn, toTurn} from '../line/laws.js';
import {role, state} from '../line/line.js';
import {whole} from '../line/shown.js';
import * as goal from './goal.js';
import {Handle} from './handle.js';
import {named} from './names.js';
import {FLAT} from './response.js';
import {may} from './rights.js';

export const LOW_HZ = 20;
export const HIGH_HZ = 20000;
export const SPAN_DB = 20; // from the middle to either edge

/** The band whose values stand beside the curve. */
export const chosen = signal('1');
/** The band under a finger. */
export const gripped = signal('');

/** @param {number} hz from 0 at the left to 1 */
export const across = (hz) => toTurn('octave', LOW_HZ, HIGH_HZ, hz);

/** The paths of a band, or of a filter. @param {string} strip @param {string} band */
export function paths(strip, band) {
  const filter = band === 'hpf' || band === 'lpf';
  const at = filter ? `${strip}/${band}` : `${strip}/eq/${band}`;
  return {filter, on: `${at}/on`, freq: `${at}/freq`, gain: `${at}/gain`, q: `${at}/q`, type: filter ? `${at}/slope` : `${at}/type`};
}

/** What a band is called. @param {string} band */
export const called = (band) => ({hpf: 'Low cut', lpf: 'High cut'})[band] ?? `Band ${band}`;

/** Whether a band has a gain now. @param {string} strip @param {string} band */
export function lifts(strip, band) {
  const {filter, type} = paths(strip, band);
  return !filter && FLAT.includes(desk.text(type) || 'bell');
}

class Band extends Handle {
  static observedAttributes = ['path', 'band'];

  get of() {
    return paths(this.path, this.given.band.value);
  }

  get wheeled() {
    return this.of.filter ? this.of.type : this.of.q;
  }

  down() {
    const box = /** @type {HTMLElement} */ (this.closest('x-eq')).getBoundingClientRect();
    this.size = {wide: box.width, high: box.height};
    this.from = {x: across(desk.number(this.of.freq)), db: desk.number(this.of.gain)};
    gripped.value = chosen.value = this.given.band.peek();
    this.touched = lifts(this.path, this.given.band.peek()) ? [this.of.freq, this.of.gain] : [this.of.freq];
    this.touched.forEach(desk.touch);
  }

  /** @param {number} dx @param {number} dy */
  move(dx, dy) {
    if (!this.size || !this.from) return;
    goal.put(this.of.freq, fromTurn('octave', LOW_HZ, HIGH_HZ, this.from.x + dx / this.size.wide));
    if (this.touched?.includes(this.of.gain)) goal.put(this.of.gain, this.from.db + (dy / this.size.high) * 2 * SPAN_DB);
  }

  up() {
    gripped.value = '';
    this.touched?.forEach(desk.release);
  }

  home() {
    if (lifts(this.path, this.given.band.peek())) desk.set(this.of.gain, 0);
    else goal.home(this.of.freq);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.key !== 'Tab') chosen.value = this.given.band.peek(); // Tab only passes by
    if (this.getAttribute('aria-disabled') === 'true' || event.ctrlKey || event.metaKey || event.altKey) return false;
    const {freq, gain, q, filter, type, on} = this.of;
    const fine = event.shiftKey ? 0.2 : 1;
    /** @param {number} way */
    const up = (way) => (filter ? goal.nudge(type, way, way) : goal.nudge(gain, way, way));
    /** @type {Record<string, () => void>} */
    const ways = {
      ArrowRight: () => goal.nudge(freq, 0, fine),
      ArrowLeft: () => goal.nudge(freq, 0, -fine),
      ArrowUp: () => up(0.5 * fine),
      ArrowDown: () => up(-0.5 * fine),
      PageUp: () => up(3),
      PageDown: () => up(-3),
      ']': () => filter || goal.nudge(q, 0, 1),
      '[': () => filter || goal.nudge(q, 0, -1),
      0: () => this.home(),
      Enter: () => desk.toggle(on),
      ' ': () => desk.toggle(on),
    };
    ways[event.key]?.();
    return event.key in ways;
  }

  update() {
    known.value;
    const strip = this.path;
    const band = this.given.band.value;
    const {on, freq, gain, q, type, filter} = this.of;
    const lifted = lifts(strip, band);
    this.place(across(desk.number(freq)), lifted ? 0.5 - desk.number(gain) / (2 * SPAN_DB) : 0.5);
    const need = may(role.value, freq);
    const words = [String(desk.value(type) ?? '').replace('_', ' '), whole(about(freq), desk.value(freq))];
    if (lifted) words.push(whole(about(gain), desk.value(gain)));
    if (!filter) words.push(`Q ${whole(about(q), desk.value(q))}`);
    if (!desk.on(on)) words.push('off');
    this.setAttribute('aria-label', `${called(band)} of ${named(strip)}`);
    this.setAttribute('aria-valuetext', words.join(', '));
    this.setAttribute('aria-valuemin', String(about(lifted ? gain : freq)?.low ?? 0));
    this.setAttribute('aria-valuemax', String(about(lifted ? gain : freq)?.high ?? 1));
    this.setAttribute('aria-valuenow', String(desk.number(lifted ? gain : freq)));
    this.setAttribute('aria-disabled', String(state.value !== 'live' || need !== ''));
    this.title = need ? `needs the role ${need}` : '';
    this.classList.toggle('off', !desk.on(on));
    this.classList.toggle('chosen', chosen.value === band);
    const text = ({hpf: 'LC', lpf: 'HC'})[band] ?? band;
    if (this.firstChild && this.firstChild.textContent !== text) this.firstChild.textContent = text;
  }
}

customElements.define('x-eq-handle', Band);
