/** What the analyser hears, in third-octaves: `<x-analyser path="ch/3">`, only while it listens to that strip. */

import {untracked} from '../lib/signals-core.module.js';
import {about, known, need} from '../line/about.js';
import * as desk from '../line/desk.js';
import {watch} from '../line/meters.js';
import {across} from './eq-handle.js';
import {never, soon} from './frames.js';
import {Live} from './live.js';

const LOW_DB = -90;
const WIDE = 1000;
const HIGH = 100;
const EDGE = 10 ** 0.05; // from the middle of a third-octave to either edge

/** What a third-octave is called, in Hz. @param {string} name 31.5 1.25k */
const hertz = (name) => parseFloat(name) * (name.endsWith('k') ? 1000 : 1);

/** Whether the analyser listens to a strip. @param {string} strip */
export const listens = (strip) => desk.text('meter/rta') === strip;

/** It does from now on. @param {string} strip */
export const take = (strip) => desk.set('meter/rta', listens(strip) ? 'none' : strip);

class Analyser extends Live {
  drawn = '';

  begin() {
    if (!this.firstChild) {
      this.innerHTML = `<svg viewBox="0 0 ${WIDE} ${HIGH}" preserveAspectRatio="none" aria-hidden="true"><path/></svg>`;
    }
    need(['meters', 'meter']);
    /** @type {(() => void)[]} */
    this.eyes = [];
    /** @type {number[]} */
    this.levels = [];
    this.ends.push(() => this.rest(), () => never(this));
  }

  rest() {
    for (const end of this.eyes?.splice(0) ?? []) end();
  }

  update() {
    known.value;
    const names = about('meters/rta')?.names ?? [];
    const on = listens(this.path);
    untracked(() => {
      this.rest();
      this.names = names.map(hertz);
      this.levels = names.map(() => LOW_DB);
      if (on) {
        this.eyes = names.map((name, k) => watch('rta', name, (db) => this.hear(k, db)));
      }
      soon(this);
    });
  }

  /** @param {number} band @param {number} db */
  hear(band, db) {
    const held = Math.min(Math.max(db, LOW_DB), 0);
    if (!this.levels || this.levels[band] === held) return;
    this.levels[band] = held;
    soon(this);
  }

  frame() {
    let d = '';
    (this.levels ?? []).forEach((db, k) => {
      if (db <= LOW_DB) return;
      const hz = this.names?.[k] ?? 0;
      const left = WIDE * across(hz / EDGE) + 2;
      const right = WIDE * across(hz * EDGE) - 2;
      d += `M${left.toFixed(1)} ${HIGH}V${((HIGH * db) / LOW_DB).toFixed(1)}H${right.toFixed(1)}V${HIGH}Z`;
    });
    if (d !== this.drawn) this.querySelector('path')?.setAttribute('d', (this.drawn = d));
  }
}

customElements.define('x-analyser', Analyser);
