/**
 * A slide that has to be drawn from one end to the other, so that no wet finger does it by accident:
 * `<x-slide label="Slide to lock">`, event `slid`.  By keyboard: the arrows, five times, or End.
 */

import {never, soon} from './frames.js';

const KNOB_PX = 64;
const DONE = 0.92; // of the way
const STEP = 0.2;

class Slide extends HTMLElement {
  constructor() {
    super();
    this.way = 0;
    this.finger = -1;
    this.from = 0;
  }

  connectedCallback() {
    if (!this.firstChild) this.build();
  }

  disconnectedCallback() {
    never(this);
  }

  get knob() {
    return /** @type {HTMLElement} */ (this.lastElementChild);
  }

  build() {
    const label = this.getAttribute('label') ?? '';
    this.innerHTML = '<span class="words" aria-hidden="true"></span><span class="knob" role="slider" tabindex="0" aria-valuemin="0" aria-valuemax="100">»</span>';
    /** @type {HTMLElement} */ (this.firstElementChild).textContent = label;
    const knob = this.knob;
    knob.setAttribute('aria-label', label);
    knob.addEventListener('pointerdown', (event) => {
      if (this.finger >= 0) return;
      event.preventDefault();
      event.stopPropagation();
      knob.focus({preventScroll: true});
      this.finger = event.pointerId;
      this.from = event.clientX;
      knob.setPointerCapture(event.pointerId);
    });
    knob.addEventListener('pointermove', (event) => {
      if (event.pointerId === this.finger) this.move((event.clientX - this.from) / Math.max(this.clientWidth - KNOB_PX, 1));
    });
    knob.addEventListener('pointerup', (event) => this.let(event));
    knob.addEventListener('pointercancel', (event) => this.let(event, true));
    knob.addEventListener('lostpointercapture', (event) => this.let(event, true));
    knob.addEventListener('keydown', (event) => this.key(event));
    knob.addEventListener('blur', () => this.move(0));
    this.move(0);
  }

  /** @param {number} way */
  move(way) {
    this.way = Math.min(Math.max(way, 0), 1);
    this.knob.setAttribute('aria-valuenow', String(Math.round(100 * this.way)));
    soon(this);
  }

  /** @param {PointerEvent} event @param {boolean} [cut] */
  let(event, cut = false) {
    if (event.pointerId !== this.finger) return;
    this.finger = -1;
    const done = !cut && this.way >= DONE;
    this.move(0);
    if (done) this.dispatchEvent(new Event('slid'));
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const by = event.key === 'ArrowRight' || event.key === 'ArrowUp' ? STEP : event.key === 'ArrowLeft' || event.key === 'ArrowDown' ? -STEP : 0;
    if (!by && event.key !== 'End') return;
    event.preventDefault();
    this.move(by ? this.way + by : 1);
    if (this.way < DONE) return;
    this.move(0);
    this.dispatchEvent(new Event('slid'));
  }

  frame() {
    this.knob.style.transform = `translateX(${Math.round(this.way * (this.clientWidth - KNOB_PX))}px)`;
  }
}

customElements.define('x-slide', Slide);
