/**
 * Own layers of the mixer: which strips stand in each, in which order, and what it is called; the same on every tablet.
 *
 * `<x-layer path="surface/page/layer/2">`: its strips, put in order by dragging or by arrow keys, and all strips of the
 * desk to choose from.  An order is one transaction, and one step of undo.
 */

import {effect, signal} from '../lib/signals-core.module.js';
import {html, nothing} from '../lib/lit-html.js';
import * as desk from '../line/desk.js';
import {connections, role, state} from '../line/line.js';
import {go} from '../line/place.js';
import {Live} from '../parts/live.js';
import {all, colour, named} from '../parts/names.js';
import {may} from '../parts/rights.js';
import '../parts/text.js';

const LAYERS = 6;
const SLOTS = 32;
const NONE = 'none';
const KINDS = ['ch', 'return', 'bus', 'matrix', 'dca'];
const WAYS = /** @type {Record<string, number>} */ ({ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1});

class Layer extends Live {
  constructor() {
    super();
    /** The order while a finger moves a strip. */
    this.held = signal(/** @type {string[] | null} */ (null));
    this.moving = signal(-1);
    this.finger = -1;
  }

  begin() {
    this.lift = () => this.drop(false);
    this.ends.push(
      effect(() => {
        connections.value;
        if (state.value !== 'live') this.lift(); // what is dragged meanwhile is never sent
      }),
      this.lift,
    );
  }

  get off() {
    return state.value !== 'live' || may(role.value, `${this.path}/slot/1`) !== '';
  }

  /** The strips, gaps too, without the gaps at the end. */
  get strips() {
    if (this.held.value) return this.held.value;
    const found = Array.from({length: SLOTS}, (_, k) => desk.text(`${this.path}/slot/${k + 1}`) || NONE);
    while (found.length && found[found.length - 1] === NONE) found.pop();
    return found;
  }

  /** @param {string[]} strips */
  put(strips) {
    desk.setAll(Array.from({length: SLOTS}, (_, k) => [`${this.path}/slot/${k + 1}`, strips[k] ?? NONE]));
  }

  /** @param {string} strip */
  toggle(strip) {
    const strips = this.strips;
    if (strips.includes(strip)) this.put(strips.filter((one) => one !== strip));
    else if (strips.length < SLOTS) this.put([...strips, strip]);
  }

  /** @param {string[]} strips @param {number} from @param {number} to */
  moved(strips, from, to) {
    const all = [...strips];
    all.splice(to, 0, ...all.splice(from, 1));
    return all;
  }

  /** @param {PointerEvent} event @param {number} k */
  take(event, k) {
    if (this.off || this.finger >= 0 || event.button > 0) return;
    event.preventDefault();
    const list = /** @type {HTMLElement} */ (this.querySelector('.order'));
    this.finger = event.pointerId;
    list.setPointerCapture(event.pointerId);
    this.held.value = this.strips;
    this.moving.value = k;
  }

  /** @param {PointerEvent} event */
  drag(event) {
    const held = this.held.peek();
    if (event.pointerId !== this.finger || !held) return;
    const tiles = [...this.querySelectorAll('.order > li')];
    const to = tiles.findIndex((tile) => {
      const box = tile.getBoundingClientRect();
      return event.clientX >= box.left && event.clientX < box.right && event.clientY >= box.top && event.clientY < box.bottom;
    });
    const from = this.moving.peek();
    if (to < 0 || to >= held.length || to === from) return;
    this.held.value = this.moved(held, from, to);
    this.moving.value = to;
  }

  /** @param {boolean} put */
  drop(put) {
    const held = this.held.peek();
    this.finger = -1;
    if (!held) return;
    this.moving.value = -1;
    if (put && !this.off) this.put(held);
    this.held.value = null;
  }

  /** @param {KeyboardEvent} event @param {number} k */
  key(event, k) {
    const strips = this.strips;
    const to = k + (WAYS[event.key] ?? 0);
    if (this.off || (to === k && event.key !== 'Delete') || to < 0 || to >= strips.length) return;
    event.preventDefault();
    if (to === k) this.put(strips.filter((_, at) => at !== k));
    else this.put(this.moved(strips, k, to));
    const handle = this.querySelectorAll('.order .handle')[Math.min(to, strips.length - 1)];
    if (handle instanceof HTMLElement) handle.focus();
  }

  draw() {
    const strips = this.strips;
    const off = this.off;
    const gone = off ? 'true' : 'false';
    return html`<h2>In this order ${strips.length ? nothing : html`<small>(nothing yet: tap strips below)</small>`}</h2>
      <ol
        class="order"
        @pointermove=${(/** @type {PointerEvent} */ event) => this.drag(event)}
        @pointerup=${(/** @type {PointerEvent} */ event) => event.pointerId === this.finger && this.drop(true)}
        @pointercancel=${(/** @type {PointerEvent} */ event) => event.pointerId === this.finger && this.drop(false)}
      >
        ${strips.map(
          (strip, k) => html`<li class=${`${strip === NONE ? 'colour-off' : colour(strip)}${this.moving.value === k ? ' moving' : ''}`} data-strip=${strip}>
            <button
              type="button"
              class="handle"
              aria-disabled=${gone}
              aria-label=${`${strip === NONE ? 'Empty place' : named(strip)}, place ${k + 1} of ${strips.length}: arrows move it, Delete takes it out`}
              @pointerdown=${(/** @type {PointerEvent} */ event) => this.take(event, k)}
              @keydown=${(/** @type {KeyboardEvent} */ event) => this.key(event, k)}
            >
              <i aria-hidden="true">⠿</i><span>${strip === NONE ? 'empty' : named(strip)}</span>
            </button>
            <button type="button" class="out" aria-disabled=${gone} aria-label=${`Take ${strip === NONE ? 'the empty place' : named(strip)} out`} @click=${() => !off && this.put(strips.filter((_, at) => at !== k))}>×</button>
          </li>`,
        )}
      </ol>
      <h2>Strips of the desk</h2>
      <div class="choose">
        ${[...KINDS.flatMap(all), 'main'].map((strip) => {
          const on = strips.includes(strip);
          return html`<button type="button" class=${`${colour(strip)}${on ? ' on' : ''}`} aria-pressed=${String(on)} aria-disabled=${gone} @click=${() => !off && this.toggle(strip)}>
            <small>${on ? '✓' : strip.replace('/', ' ')}</small> ${named(strip)}
          </button>`;
        })}
        <button type="button" aria-disabled=${gone} @click=${() => !off && strips.length && strips.length < SLOTS && this.put([...strips.slice(0, -1), NONE, strips[strips.length - 1]])}>Empty place</button>
      </div>`;
  }
}

customElements.define('x-layer', Layer);

/** @param {string[]} at */
const layerOf = (at) => {
  const layer = Math.round(Number(at[0]));
  return layer >= 1 && layer <= LAYERS ? layer : 1;
};

/** @param {number} layer */
const called = (layer) => desk.text(`surface/page/layer/${layer}/name`) || `Layer ${layer}`;

/** @type {import('./app.js').View} */
export const view = {
  title: (at) => `Layers: ${called(layerOf(at))}`,
  patterns: () => ['surface/page/**', '{ch,return,bus,matrix,dca}/*/{name,colour}', 'main/{name,colour}'],
  roots: ['ch', 'return', 'bus', 'matrix', 'dca', 'main', 'surface'],
  draw: (at) => {
    const layer = layerOf(at);
    return html`<div class="layers">
      <nav class="tabs" aria-label="Layers">
        ${Array.from({length: LAYERS}, (_, k) => k + 1).map(
          (k) => html`<button type="button" aria-current=${k === layer ? 'page' : 'false'} @click=${() => go(`layers/${k}`)}>${called(k)}</button>`,
        )}
      </nav>
      <div class="row">
        <x-text path=${`surface/page/layer/${layer}/name`} label=${`Name of layer ${layer}`} hint=${`Layer ${layer}`}></x-text>
        <button type="button" @click=${() => go(`mix/layer/${layer}`)}>To its faders</button>
      </div>
      <x-layer path=${`surface/page/layer/${layer}`}></x-layer>
    </div>`;
  },
};
