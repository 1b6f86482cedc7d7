/** More me: `<x-more bus="3">`, a wheel that brings out the strips which a musician has chosen as his own. */

import {html, nothing} from '../lib/lit-html.js';
import * as desk from '../line/desk.js';
import {role, state} from '../line/line.js';
import {shown} from '../line/shown.js';
import {about} from '../line/about.js';
import {drag} from './drag.js';
import {never, soon} from './frames.js';
import {Live} from './live.js';
import {isMine, isSent, mine, senders, toggleMine} from './mine.js';
import {turned} from './more_levels.js';
import {colour, named} from './names.js';
import {open} from './over.js';
import {may} from './rights.js';

const TRAVEL_PX = 700;
const SPAN_DB = 70;
const EACH_MS = 40; // from one step to the next: it moves many sends
const STEPS = /** @type {Record<string, number>} */ ({
  ArrowUp: 0.5, ArrowRight: 0.5, ArrowDown: -0.5, ArrowLeft: -0.5, PageUp: 3, PageDown: -3,
}); // prettier-ignore

class More extends Live {
  static observedAttributes = ['bus'];

  constructor() {
    super();
    /** @type {import('./more_levels.js').Start | null} */
    this.start = null;
    /** @type {string[]} */
    this.touched = [];
    this.by = this.done = this.rolled = 0;
    this.at = 0;
    this.lift = () => {};
    /** @type {HTMLElement | null} */
    this.wheel = null;
  }

  get bus() {
    return Number(this.given.bus.value);
  }

  /** @param {string} strip */
  level(strip) {
    return `${strip}/send/${this.bus}/level`;
  }

  begin() {
    this.ends.push(() => {
      this.lift();
      this.end();
      never(this);
    });
  }

  get off() {
    return state.value !== 'live' || may(role.value, `ch/1/send/${this.bus}/level`) !== '';
  }

  take() {
    const bus = this.bus;
    const {lowered} = mine(bus);
    const held = lowered.peek();
    const moving = senders.peek().filter((strip) => desk.text(`${strip}/send/${bus}/tap`) !== 'group');
    const me = moving.filter((strip) => isMine(strip, bus));
    const others = moving.filter((strip) => !me.includes(strip) && isSent(strip, bus));
    /** How far one still is where the wheel has put it. @param {string} path */
    const down = (path) => (held.each[path] && held.each[path][1] === desk.peek(path) ? held.each[path][0] : 0);
    this.start = {
      me: me.map((strip) => [this.level(strip), desk.number(this.level(strip))]),
      others: others.map((strip) => [this.level(strip), desk.number(this.level(strip)), down(this.level(strip))]),
      by: 0,
    };
    this.start.by = this.start.others.some(([, , low]) => low > 0) ? held.by : 0;
    this.by = this.done = 0;
    this.touched = [...this.start.me, ...this.start.others].map(([path]) => path);
    for (const path of this.touched) desk.touch(path);
  }

  /** @param {number} by dB since the finger came */
  turn(by) {
    this.by = by;
    soon(this);
  }

  /** @param {number} now */
  frame(now) {
    const wheel = this.querySelector('.wheel');
    if (wheel instanceof HTMLElement) wheel.style.backgroundPositionX = `${Math.round(((this.rolled + this.by) * TRAVEL_PX) / SPAN_DB)}px`;
    if (!this.start || this.by === this.done) return false;
    if (now - this.at < EACH_MS) return true;
    this.at = now;
    this.put();
    return false;
  }

  put() {
    if (!this.start || this.by === this.done) return;
    this.done = this.by;
    const to = turned(this.start, this.by);
    /** @type {[string, number][]} */
    const ons = this.by > 0 ? to.me.map(([path]) => /** @type {[string, number]} */ ([path.replace(/level$/, 'on'), 1])) : [];
    desk.setAll([...to.me, ...to.others.map(([path, db]) => /** @type {[string, number]} */ ([path, db])), ...ons]);
    /** @type {import('./mine.js').Lowered} */
    const lowered = {by: to.by, each: {}};
    for (const [path, db, down] of to.others) if (down > 0) lowered.each[path] = [down, Math.fround(db)];
    mine(this.bus).lowered.value = lowered;
  }

  end() {
    if (!this.start) return;
    if (state.peek() === 'live') this.put();
    this.rolled += this.by;
    this.start = null;
    this.by = this.done = 0;
    for (const path of this.touched.splice(0)) desk.release(path);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const step = STEPS[event.key];
    if (!step || this.off || this.start || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.take();
    this.by = event.shiftKey && event.key.startsWith('Arrow') ? step / 5 : step;
    this.end();
    soon(this);
  }

  choose() {
    const bus = this.bus;
    open(
      'Which are yours?',
      () => html`<div class="choose">
        ${senders.value.map((strip) => {
          const on = isMine(strip, bus);
          return html`<button type="button" class=${`${colour(strip)}${on ? ' on' : ''}`} aria-pressed=${String(on)} @click=${() => toggleMine(strip, bus)}>
            <small>${on ? '★' : strip.replace('/', ' ')}</small> ${named(strip)}
          </button>`;
        })}
      </div>`,
    );
  }

  draw() {
    const bus = this.bus;
    const me = senders.value.filter((strip) => isMine(strip, bus));
    const names = me.map(named).join(', ');
    const loudest = Math.max(-90, ...me.map((strip) => desk.number(this.level(strip))));
    const {by} = mine(bus).lowered.value;
    const level = shown(about(`ch/1/send/${bus}/level`), loudest);
    const words = `${level} dB${by > 0.05 ? `, the others ${by.toFixed(1)} dB lower` : ''}`;
    return html`<button type="button" class="whose" @click=${() => this.choose()}>
        <b>★ Me</b> <span>${names || 'choose your channels'}</span>
      </button>
      ${me.length
        ? html`<div
            class="wheel"
            role="slider"
            tabindex="0"
            aria-label="More me"
            aria-orientation="horizontal"
            aria-valuemin="-90"
            aria-valuemax="10"
            aria-valuenow=${loudest}
            aria-valuetext=${words}
            aria-disabled=${String(this.off)}
            @keydown=${(/** @type {KeyboardEvent} */ event) => this.key(event)}
          >
            <span>◀ less</span><b>more me ▶</b>
          </div>
          <p class="said">${words}</p>`
        : nothing}`;
  }

  update() {
    super.update();
    const wheel = this.querySelector('.wheel');
    if (wheel instanceof HTMLElement && wheel !== this.wheel) {
      this.wheel = wheel;
      this.lift = drag(wheel, {
        across: true,
        turn: () => 0.5,
        travel: () => TRAVEL_PX,
        move: (to) => this.turn((to - 0.5) * SPAN_DB),
        down: () => this.take(),
        up: () => this.end(),
      });
    }
  }
}

customElements.define('x-more', More);
