/** The last minute of loudness as two lines: short-term, and momentary behind it. */

import {effect} from '../lib/signals-core.module.js';
import {theme} from '../parts/choices.js';
import {watch} from '../line/meters.js';
import {never, soon} from '../parts/frames.js';

const STEP_MS = 100;
const COUNT = 600; // a minute
const LOW = -50;
const HIGH = 0;
const MARKS = [-10, -20, -30, -40];
const LINES = /** @type {[name: string, colour: string, wide: number][]} */ ([['momentary', '--line', 1], ['short_term', '--accent', 2]]);

class History extends HTMLElement {
  constructor() {
    super();
    /** @type {Record<string, Float32Array>} by name, a ring */
    this.rings = {};
    for (const [name] of LINES) this.rings[name] = new Float32Array(COUNT).fill(-Infinity);
    this.at = 0;
    this.timer = 0;
    /** @type {Record<string, number>} */
    this.now = {};
    /** @type {Record<string, string>} */
    this.colours = {};
    /** @type {(() => void)[]} */
    this.ends = [];
  }

  connectedCallback() {
    if (!this.firstChild) this.innerHTML = '<canvas role="img" aria-label="Loudness of the last minute"></canvas>';
    const watches = new ResizeObserver(() => soon(this));
    watches.observe(this);
    this.ends.push(
      () => watches.disconnect(),
      ...LINES.map(([name]) => watch('main', name, (level) => (this.now[name] = level))),
      effect(() => {
        theme.value;
        this.colours = {};
        soon(this);
      }),
      () => never(this),
    );
    this.timer = setInterval(() => this.step(), STEP_MS);
  }

  disconnectedCallback() {
    clearInterval(this.timer);
    for (const end of this.ends.splice(0)) end();
  }

  /** One more tenth of a second. */
  step() {
    if (document.hidden) return;
    for (const [name] of LINES) this.rings[name][this.at] = this.now[name] ?? -Infinity;
    this.at = (this.at + 1) % COUNT;
    soon(this);
  }

  /** @param {string} name of a colour of the style sheet */
  colour(name) {
    return (this.colours[name] = this.colours[name] || getComputedStyle(this).getPropertyValue(name).trim());
  }

  frame() {
    const canvas = /** @type {HTMLCanvasElement} */ (this.firstElementChild);
    const brush = canvas.getContext('2d');
    const ratio = Math.min(devicePixelRatio, 2);
    const wide = Math.round(this.clientWidth * ratio);
    const high = Math.round(this.clientHeight * ratio);
    if (!brush || !wide || !high) return;
    if (canvas.width !== wide || canvas.height !== high) {
      canvas.width = wide;
      canvas.height = high;
    }
    /** @param {number} level */
    const y = (level) => (1 - (Math.max(level, LOW) - LOW) / (HIGH - LOW)) * high;
    brush.clearRect(0, 0, wide, high);
    brush.font = `${11 * ratio}px system-ui, sans-serif`;
    brush.lineWidth = 1;
    for (const mark of MARKS) {
      brush.globalAlpha = 0.5;
      brush.strokeStyle = this.colour('--line');
      brush.beginPath();
      brush.moveTo(0, Math.round(y(mark)) + 0.5);
      brush.lineTo(wide, Math.round(y(mark)) + 0.5);
      brush.stroke();
      brush.globalAlpha = 1;
      brush.fillStyle = this.colour('--dim');
      brush.fillText(String(mark).replace('-', '\u2212'), 4 * ratio, y(mark) - 3 * ratio);
    }
    for (const [name, colour, width] of LINES) this.line(brush, this.rings[name], this.colour(colour), width * ratio, wide, y);
  }

  /**
   * @param {CanvasRenderingContext2D} brush @param {Float32Array} ring @param {string} colour
   * @param {number} width @param {number} wide @param {(level: number) => number} y
   */
  line(brush, ring, colour, width, wide, y) {
    brush.strokeStyle = colour;
    brush.lineWidth = width;
    brush.beginPath();
    let drawn = false;
    for (let k = 0; k < COUNT; k++) {
      const level = ring[(this.at + k) % COUNT];
      if (level > LOW) {
        const x = (k / (COUNT - 1)) * wide;
        if (drawn) brush.lineTo(x, y(level));
        else brush.moveTo(x, y(level));
      }
      drawn = level > LOW;
    }
    brush.stroke();
  }
}

customElements.define('x-history', History);
