/**
 * The EQ of a strip, large: `<x-eq path="ch/3">`.  Its curve from the real parameters, a handle a band and one a
 * filter, and what the analyser hears behind them.  A second finger beside the handles spreads and pinches the Q.
 */

import {html, render} from '../lib/lit-html.js';
import {untracked} from '../lib/signals-core.module.js';
import {about, known} from '../line/about.js';
import * as desk from '../line/desk.js';
import {role, state} from '../line/line.js';
import './analyser.js';
import {downs} from './drag.js';
import {HIGH_HZ, LOW_HZ, SPAN_DB, across, chosen, gripped, paths} from './eq-handle.js';
import {never, soon} from './frames.js';
import {Live} from './live.js';
import {bandOf, bands, eqOf, filterOf, response} from './response.js';
import {may} from './rights.js';

const POINTS = 240;
const HZ = [50, 100, 200, 500, 1000, 2000, 5000, 10000];
const DB = [-18, -12, -6, 6, 12, 18];
const WIDE = 1000;
const HIGH = 400;

/** @param {number} db */
const down = (db) => (HIGH / 2) * (1 - Math.min(Math.max(db, -SPAN_DB - 1), SPAN_DB + 1) / SPAN_DB);

const GRID = [...HZ.map((hz) => `M${(WIDE * across(hz)).toFixed(1)} 0V${HIGH}`), ...DB.map((db) => `M0 ${down(db)}H${WIDE}`)].join('');
const SHELL = `<x-analyser></x-analyser>
  <svg viewBox="0 0 ${WIDE} ${HIGH}" preserveAspectRatio="none" aria-hidden="true"><path class="grid" d="${GRID}"/>
  <path class="zero" d="M0 ${HIGH / 2}H${WIDE}"/><path class="band"/><path class="line"/></svg>
  <div class="marks" aria-hidden="true"></div><div class="handles"></div>`;

/** The bands and filters of a strip, from left to right. @param {string} strip */
export function parts(strip) {
  const numbers = Array.from({length: bands(strip)}, (_, k) => String(k + 1));
  return ['hpf', ...numbers, 'lpf'].filter((part) => about(paths(strip, part).freq));
}

/** @param {(hz: number) => number} db @param {number} points */
function traced(db, points) {
  let d = '';
  for (let k = 0; k <= points; k++) {
    const hz = LOW_HZ * (HIGH_HZ / LOW_HZ) ** (k / points);
    d += `${k ? 'L' : 'M'}${((WIDE * k) / points).toFixed(1)} ${down(db(hz)).toFixed(1)}`;
  }
  return d;
}

class Eq extends Live {
  line = '';
  own = '';

  begin() {
    if (!this.firstChild) {
      this.innerHTML = SHELL;
      const marks = /** @type {HTMLElement} */ (this.querySelector('.marks'));
      for (const hz of HZ) this.mark(marks, 'hz', hz >= 1000 ? `${hz / 1000}k` : `${hz}`, 'left', across(hz));
      for (const db of DB) this.mark(marks, 'db', `${db > 0 ? '+' : '\u2212'}${Math.abs(db)}`, 'top', down(db) / HIGH);
      this.pinching();
    }
    this.ends.push(() => never(this), () => this.unpinch?.());
  }

  /** @param {HTMLElement} marks @param {string} kind @param {string} text @param {'left' | 'top'} side @param {number} at */
  mark(marks, kind, text, side, at) {
    const mark = document.createElement('i');
    mark.className = kind;
    mark.textContent = text;
    mark.style[side] = `${(100 * at).toFixed(2)}%`;
    marks.append(mark);
  }

  /** Two fingers, at least one of them beside the handles. */
  pinching() {
    /** @type {Map<number, {x: number, y: number}>} */
    const fingers = new Map();
    let path = '';
    let from = 0;
    let first = 1;
    const apart = () => {
      const [a, b] = [...fingers.values()];
      return Math.max(Math.hypot(a.x - b.x, a.y - b.y), 10);
    };
    const end = () => {
      downs.delete(end);
      if (path) desk.release(path);
      path = '';
    };
    this.unpinch = end;
    this.addEventListener(
      'pointerdown',
      (event) => {
        const beside = !(event.target instanceof Element && event.target.closest('x-eq-handle'));
        fingers.set(event.pointerId, {x: event.clientX, y: event.clientY});
        if (!beside && !gripped.peek() && fingers.size === 1) return;
        if (beside) this.setPointerCapture(event.pointerId);
        const to = paths(this.path, gripped.peek() || chosen.peek()).q;
        if (fingers.size !== 2 || !beside || !about(to) || state.peek() !== 'live' || may(role.peek(), to)) return;
        path = to;
        from = desk.number(path);
        first = apart();
        desk.touch(path);
        downs.add(end);
      },
      true,
    );
    this.addEventListener(
      'pointermove',
      (event) => {
        if (!fingers.has(event.pointerId)) return;
        fingers.set(event.pointerId, {x: event.clientX, y: event.clientY});
        const facts = about(path);
        if (path && facts && fingers.size === 2) desk.set(path, Math.min(Math.max((from * first) / apart(), facts.low), facts.high));
      },
      true,
    );
    for (const kind of ['pointerup', 'pointercancel', 'lostpointercapture']) {
      this.addEventListener(
        kind,
        (event) => {
          if (fingers.delete(/** @type {PointerEvent} */ (event).pointerId)) end();
        },
        true,
      );
    }
  }

  update() {
    known.value;
    const strip = this.path;
    /** @param {string} path */
    const read = (path) => desk.value(path);
    const there = parts(strip);
    this.eq = eqOf(strip, read);
    const band = there.includes(chosen.value) ? chosen.value : there[0];
    const {filter} = paths(strip, band ?? '');
    const five = !band ? null : filter ? filterOf(strip, band, read) : bandOf(strip, Number(band), read);
    this.band = five && {...this.eq, sections: Array.isArray(five[0]) ? five : [five]};
    const handles = /** @type {HTMLElement} */ (this.querySelector('.handles'));
    untracked(() => {
      render(there.map((part) => html`<x-eq-handle path=${strip} band=${part}></x-eq-handle>`), handles);
      /** @type {HTMLElement} */ (this.firstElementChild).setAttribute('path', strip);
      soon(this);
    });
  }

  frame() {
    const {eq, band} = this;
    if (!eq) return;
    const line = traced((hz) => response(eq, hz), POINTS);
    const own = band ? `${traced((hz) => response(/** @type {any} */ (band), hz), POINTS / 2)}L${WIDE} ${HIGH / 2}H0Z` : '';
    if (line !== this.line) this.querySelector('.line')?.setAttribute('d', (this.line = line));
    if (own !== this.own) this.querySelector('.band')?.setAttribute('d', (this.own = own));
    this.classList.toggle('off', !eq.on);
  }
}

customElements.define('x-eq', Eq);
