/** The curve of a strip's EQ and filters, small: `<x-curve path="ch/3">`. */

import {untracked} from '../lib/signals-core.module.js';
import {about, known} from '../line/about.js';
import * as desk from '../line/desk.js';
import {Live} from './live.js';
import {never, soon} from './frames.js';
import {eqOf, response} from './response.js';

const POINTS = 40;
const LOW_HZ = 20;
const HIGH_HZ = 20000;
const SPAN_DB = 18;

class Curve extends Live {
  drawn = '';

  begin() {
    if (!this.firstChild) {
      this.innerHTML = '<svg viewBox="0 0 100 36" preserveAspectRatio="none" aria-hidden="true"><path class="zero" d="M0 18H100"/><path class="line"/></svg>';
    }
    this.ends.push(() => never(this));
  }

  update() {
    known.value;
    this.eq = about(`${this.path}/eq/on`) ? eqOf(this.path, (path) => desk.value(path)) : null;
    untracked(() => soon(this));
  }

  frame() {
    const line = this.querySelector('.line');
    if (!line || !this.eq) return;
    const eq = this.eq;
    let d = '';
    for (let k = 0; k <= POINTS; k++) {
      const hz = LOW_HZ * (HIGH_HZ / LOW_HZ) ** (k / POINTS);
      const db = Math.min(Math.max(response(eq, hz), -SPAN_DB), SPAN_DB);
      d += `${k ? 'L' : 'M'}${((100 * k) / POINTS).toFixed(1)} ${(18 - db).toFixed(1)}`;
    }
    if (d !== this.drawn) {
      this.drawn = d;
      line.setAttribute('d', d);
    }
    this.classList.toggle('off', !eq.on);
  }
}

customElements.define('x-curve', Curve);
