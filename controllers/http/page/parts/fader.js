/** A fader: `<x-fader path="ch/1/fader" label="Kick">`, with the desk's own law as its travel. */

import {about} from '../line/about.js';
import {toTurn} from '../line/laws.js';
import {Control} from './control.js';

const CAP_PX = 44;
const MARKS = [10, 5, 0, -5, -10, -20, -30, -40, -60];

class Fader extends Control {
  high = 0;
  drawn = NaN;
  said = '';
  plain = false;

  get travel() {
    return Math.max(this.high - CAP_PX, 1);
  }

  build() {
    this.innerHTML = `<div class="groove"></div><div class="marks" aria-hidden="true"></div><div class="cap"></div>
      <div class="lens" aria-hidden="true"></div>`;
    const [, marks, cap, lens] = /** @type {HTMLElement[]} */ ([...this.children]);
    this.cap = cap;
    this.lens = lens;
    for (const db of MARKS) {
      const mark = document.createElement('i');
      mark.textContent = String(Math.abs(db));
      mark.style.top = `calc(${CAP_PX / 2}px + (100% - ${CAP_PX}px) * ${1 - toTurn('fader', -90, 10, db)})`;
      marks.append(mark);
    }
    this.at = (/** @type {PointerEvent} */ event) => 1 - (event.clientY - this.getBoundingClientRect().top - CAP_PX / 2) / this.travel;
  }

  begin() {
    super.begin();
    const watch = new ResizeObserver(() => {
      this.high = this.clientHeight;
      this.drawn = NaN;
      this.update();
    });
    watch.observe(this); // tells the height at once, after one layout of all
    this.ends.push(() => watch.disconnect());
  }

  /** @param {PointerEvent} event */
  over(event) {
    const box = this.getBoundingClientRect();
    const lens = /** @type {HTMLElement} */ (this.lens);
    lens.style.top = `${Math.max(event.clientY - box.top - 84, -box.top)}px`;
    this.tell();
  }

  frame() {
    const place = Math.round((1 - this.turn) * this.travel);
    if (place !== this.drawn) {
      this.drawn = place;
      /** @type {HTMLElement} */ (this.cap).style.transform = `translateY(${place}px)`;
    }
    const plain = about(this.path)?.law !== 'fader';
    if (plain !== this.plain) {
      this.plain = plain;
      this.classList.toggle('plain', plain);
    }
    if (this.classList.contains('held')) this.tell();
  }

  /** The value beside the finger; nobody sees it at other times. */
  tell() {
    if (this.said === this.words) return;
    this.said = this.words;
    /** @type {HTMLElement} */ (this.lens).textContent = this.words;
  }
}

customElements.define('x-fader', Fader);
