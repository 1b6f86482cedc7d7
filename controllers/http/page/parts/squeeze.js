/**
 * What a gate or compressor does, as a curve from what comes in to what goes out: `<x-squeeze path="ch/3" unit="comp">`.
 * A point lives on it where the unit takes away as much as its meter says; `handles`: threshold and ratio, or range.
 */

import {untracked} from '../lib/signals-core.module.js';
import {about, known} from '../line/about.js';
import * as desk from '../line/desk.js';
import {watch} from '../line/meters.js';
import {dynamicsOf, output} from './dynamics.js';
import {never, soon} from './frames.js';
import {Live} from './live.js';
import {view} from './squeeze-handle.js';
import {levels} from './strip.js';

const WIDE = 1000;
const HIGH = 800;
const STEP_DB = 0.5;
const JUST = 1e-6; // below a step

class Squeeze extends Live {
  static observedAttributes = ['path', 'unit', 'handles'];

  line = '';
  shut = '';
  gridded = '';

  begin() {
    if (!this.firstChild) {
      this.innerHTML = `<svg viewBox="0 0 ${WIDE} ${HIGH}" preserveAspectRatio="none" aria-hidden="true"><path class="grid"/><path class="zero"/><path
        class="closes"/><path class="line"/></svg><div class="marks" aria-hidden="true"></div><div class="point" aria-hidden="true"></div>`;
    }
    /** @type {number} */
    this.taken = 0;
    /** @type {number} */
    this.level = -Infinity;
    /** @type {(() => void)[]} */
    this.eyes = [];
    this.ends.push(() => never(this), () => this.rest());
  }

  rest() {
    for (const end of this.eyes?.splice(0) ?? []) end();
    this.watched = '';
  }

  /** @param {string} strip @param {string} unit */
  watch(strip, unit) {
    if (this.watched === `${strip}/${unit}`) return;
    this.rest();
    this.watched = `${strip}/${unit}`;
    this.eyes = [watch(unit, strip, (db) => this.hear(Math.max(db, 0), this.level ?? 0))];
    for (const [bank, name] of levels(strip).slice(0, 1)) this.eyes.push(watch(bank, name, (db) => this.hear(this.taken ?? 0, db)));
  }

  /** @param {number} taken @param {number} level */
  hear(taken, level) {
    if (taken === this.taken && level === this.level) return;
    this.taken = taken;
    this.level = level;
    soon(this);
  }

  update() {
    known.value;
    const strip = this.path;
    const unit = this.given.unit.value || 'comp';
    this.span = view(unit);
    this.dynamics = about(`${strip}/${unit}/on`) ? dynamicsOf(strip, unit, (path) => desk.value(path)) : null;
    const handles = this.given.handles.value ? ['threshold', unit === 'gate' ? 'range' : 'ratio'] : [];
    untracked(() => {
      this.watch(strip, unit);
      this.grip(strip, unit, handles);
      soon(this);
    });
  }

  /** Handles of a strip, made once and told where they belong. @param {string} strip @param {string} unit @param {string[]} names */
  grip(strip, unit, names) {
    names.forEach((name, k) => {
      const handle = this.querySelectorAll('x-squeeze-handle')[k] ?? this.appendChild(document.createElement('x-squeeze-handle'));
      for (const [key, value] of Object.entries({unit, name, path: strip})) if (handle.getAttribute(key) !== value) handle.setAttribute(key, value);
    });
  }

  /** @param {number} db */
  x(db) {
    const {low, high} = this.span ?? view('comp');
    return (db - low) / (high - low);
  }

  /** @param {number} db */
  y(db) {
    const {low, top} = this.span ?? view('comp');
    return 1 - (Math.min(Math.max(db, low - 20), top + 20) - low) / (top - low);
  }

  /** @param {[number, number][]} points dB in, dB out */
  traced(points) {
    return points.map(([x, y], k) => `${k ? 'L' : 'M'}${(WIDE * this.x(x)).toFixed(1)} ${(HIGH * this.y(y)).toFixed(1)}`).join('');
  }

  frame() {
    const {dynamics, span} = this;
    if (!dynamics || !span) return;
    const {low, high} = span;
    const grid = `${low}/${this.given.handles.peek()}`;
    if (this.gridded !== grid) {
      this.gridded = grid;
      this.ruled(low, high, span.top);
    }
    const levels = dynamics.breaks.flatMap((db) => [db - JUST, db]);
    for (let db = low; db <= high; db += STEP_DB) levels.push(db);
    levels.sort((a, b) => a - b);
    const d = this.traced(levels.filter((db) => db >= low && db <= high).map((db) => [db, output(dynamics, db)]));
    if (d !== this.line) this.querySelector('.line')?.setAttribute('d', (this.line = d));
    const {closes, threshold} = dynamics;
    const open = dynamics.taken(threshold);
    const shut = closes === null ? '' : this.traced([[threshold, threshold - open], [closes, closes - open], [closes, closes - dynamics.taken(closes - 1)]]);
    if (shut !== this.shut) this.querySelector('.closes')?.setAttribute('d', (this.shut = shut));
    this.classList.toggle('off', !dynamics.on);
    this.live(dynamics, low, high);
  }

  /** @param {import('./dynamics.js').Dynamics} dynamics @param {number} low @param {number} high */
  live(dynamics, low, high) {
    const taken = this.taken ?? 0;
    const lift = dynamics.lift(taken);
    const [from, to] = dynamics.levels(taken);
    const heard = (this.level ?? -Infinity) + taken - lift;
    const level = Math.min(Math.max(heard, from), to);
    const point = /** @type {HTMLElement} */ (this.querySelector('.point'));
    point.hidden = !dynamics.on || !(level > -Infinity);
    const x = Math.min(Math.max(level, low), high);
    point.style.left = `${(100 * this.x(x)).toFixed(2)}%`;
    point.style.top = `${(100 * Math.min(Math.max(this.y(x - taken + lift), 0), 1)).toFixed(2)}%`;
  }

  /** The lines behind the curve, and what they mean. @param {number} low @param {number} high @param {number} top */
  ruled(low, high, top) {
    const marks = /** @type {HTMLElement} */ (this.querySelector('.marks'));
    marks.textContent = '';
    let d = '';
    for (let db = high; db > low; db -= 12) {
      d += `M${WIDE * this.x(db)} 0V${HIGH}M0 ${HIGH * this.y(db)}H${WIDE}`;
      if (!this.given.handles.peek() || db === high) continue;
      const text = `\u2212${-db}`;
      for (const [side, at] of /** @type {['left' | 'top', number][]} */ ([['left', this.x(db)], ['top', this.y(db)]])) {
        const mark = document.createElement('i');
        mark.className = side === 'left' ? 'hz' : 'db';
        mark.textContent = text;
        mark.style[side] = `${(100 * at).toFixed(2)}%`;
        marks.append(mark);
      }
    }
    this.querySelector('.grid')?.setAttribute('d', d);
    this.querySelector('.zero')?.setAttribute('d', this.traced([[low, low], [Math.min(high, top), Math.min(high, top)]]));
  }
}

customElements.define('x-squeeze', Squeeze);
