/** A knob: `<x-knob path="ch/1/pan" label="Pan">`.  Its ring fills from the middle where there is one, else from the left. */

import {about} from '../line/about.js';
import {toTurn} from '../line/laws.js';
import {Control} from './control.js';

const SWEEP = 270; // degrees
const R = 16;

/** A place on the ring. @param {number} turn */
function place(turn) {
  const angle = ((turn - 0.5) * SWEEP * Math.PI) / 180;
  return `${(20 + R * Math.sin(angle)).toFixed(2)} ${(20 - R * Math.cos(angle)).toFixed(2)}`;
}

/** @param {number} from @param {number} to */
const arc = (from, to) => `M${place(from)}A${R} ${R} 0 ${(to - from) * SWEEP > 180 ? 1 : 0} 1 ${place(to)}`;

class Knob extends Control {
  said = '';
  ring = '';
  drawn = NaN;

  build() {
    this.innerHTML = `<svg viewBox="0 0 40 40" aria-hidden="true"><path class="way" d="${arc(0, 1)}"/><path class="ring"/>
      <line class="hand" x1="20" y1="20" x2="20" y2="7"/></svg><span class="name"></span><span class="value"></span>`;
  }

  get travel() {
    return 180;
  }

  frame() {
    const known = about(this.path);
    const middle = known && known.low < 0 && known.high > 0 && known.law === 'line' ? toTurn('line', known.low, known.high, 0) : 0;
    const [from, to] = this.turn < middle ? [this.turn, middle] : [middle, this.turn];
    const ring = to - from < 0.002 ? '' : arc(from, to);
    const parts = this.children;
    if (ring !== this.ring || this.drawn !== this.turn) {
      this.ring = ring;
      this.drawn = this.turn;
      parts[0].children[1].setAttribute('d', ring || 'M0 0');
      parts[0].children[2].setAttribute('transform', `rotate(${((this.turn - 0.5) * SWEEP).toFixed(1)} 20 20)`);
    }
    if (this.words !== this.said) {
      this.said = this.words;
      parts[2].textContent = this.words;
    }
    const name = this.getAttribute('short') ?? this.given.label.peek();
    if (parts[1].textContent !== name) parts[1].textContent = name;
  }
}

customElements.define('x-knob', Knob);
