/**
 * A handle on the curve of a gate or compressor: `<x-squeeze-handle path="ch/3" unit="comp" name="threshold">`; or
 * ratio, range.  The threshold goes sideways, the others down, a dB a dB.
 */

import {about, known} from '../line/about.js';
import * as desk from '../line/desk.js';
import {role, state} from '../line/line.js';
import {dynamicsOf, output} from './dynamics.js';
import * as goal from './goal.js';
import {Handle} from './handle.js';
import {named} from './names.js';
import {may} from './rights.js';

/** What a graph shows, dB: in from low to high, out from low to top. @param {string} unit */
export const view = (unit) => (unit === 'gate' ? {low: -80, high: 0, top: 0} : {low: -60, high: 0, top: 12});

const LEAST_DB = 12; // from the threshold to 0 dB: a ratio cannot be taken there more finely

/** A ratio after a finger has gone down so many dB at 0 dBFS. @param {number} from @param {number} threshold dB @param {number} db */
export function steeper(from, threshold, db) {
  const slope = 1 - 1 / from + db / Math.max(-threshold, LEAST_DB);
  return slope >= 1 ? Infinity : 1 / (1 - slope);
}

class Point extends Handle {
  static observedAttributes = ['path', 'unit', 'name'];

  /** What it moves. */
  get goal() {
    return `${this.path}/${this.given.unit.value}/${this.given.name.value}`;
  }

  get wheeled() {
    return this.goal;
  }

  get span() {
    return view(this.given.unit.value);
  }

  down() {
    const box = /** @type {HTMLElement} */ (this.parentElement).getBoundingClientRect();
    const {low, high, top} = this.span;
    this.db = {x: (high - low) / box.width, y: (top - low) / box.height};
    this.from = desk.number(this.goal);
    this.touched = this.goal;
    desk.touch(this.touched);
  }

  /** @param {number} dx @param {number} dy */
  move(dx, dy) {
    const facts = about(this.goal);
    if (!facts || !this.db || this.from === undefined) return;
    const name = this.given.name.peek();
    const threshold = desk.number(`${this.path}/${this.given.unit.peek()}/threshold`);
    const to = name === 'threshold' ? this.from + dx * this.db.x : name === 'range' ? this.from - dy * this.db.y : steeper(this.from, threshold, -dy * this.db.y);
    goal.put(this.goal, to);
  }

  up() {
    desk.release(this.touched ?? '');
  }

  home() {
    goal.home(this.goal);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    return this.getAttribute('aria-disabled') !== 'true' && goal.key(this.goal, event);
  }

  update() {
    known.value;
    const [strip, unit, name] = [this.path, this.given.unit.value, this.given.name.value];
    const facts = about(this.goal);
    if (!facts) return;
    const dynamics = dynamicsOf(strip, unit, (path) => desk.value(path));
    const {low, high, top} = this.span;
    const x = name === 'ratio' ? 0 : name === 'range' ? dynamics.breaks[0] : dynamics.threshold;
    const y = name === 'range' ? x - desk.number(this.goal) : output(dynamics, x);
    const right = (Math.min(Math.max(x, low), high) - low) / (high - low);
    this.place(right, 1 - (Math.min(Math.max(y, low), top) - low) / (top - low));
    const need = may(role.value, this.goal);
    this.setAttribute('aria-label', `${name} of the ${unit} of ${named(strip)}`);
    this.setAttribute('aria-valuemin', String(facts.low));
    this.setAttribute('aria-valuemax', String(facts.high));
    this.setAttribute('aria-valuenow', String(desk.number(this.goal)));
    this.setAttribute('aria-valuetext', goal.said(this.goal));
    this.setAttribute('aria-disabled', String(state.value !== 'live' || need !== ''));
    this.title = need ? `needs the role ${need}` : facts.words;
    const sign = name === 'threshold' ? '↔' : '↕';
    if (this.firstChild && this.firstChild.textContent !== sign) this.firstChild.textContent = sign;
  }
}

customElements.define('x-squeeze-handle', Point);
