/** What the tiles of a strip are put together from: a knob with its number, a switch, a list, each where there is such a parameter. */

import {html, nothing} from '../lib/lit-html.js';
import {about} from '../line/about.js';
import * as desk from '../line/desk.js';
import {pair} from '../parts/names.js';
import '../parts/choice.js';
import '../parts/knob.js';
import '../parts/number.js';
import '../parts/switch.js';

/** @param {string} path */
export const has = (path) => about(path) !== undefined;

/** A knob with its number below, where there is such a parameter. @param {string} path @param {string} short @param {boolean} [large] */
export function dial(path, short, large = false) {
  if (!has(path)) return nothing;
  const label = `${short} of ${path.split('/').slice(-2, -1)[0]}`;
  return large
    ? html`<div class="dial"><x-knob path=${path} label=${label} short=${short}></x-knob><x-number path=${path} label=${label}></x-number></div>`
    : html`<x-knob path=${path} label=${label} short=${short}></x-knob>`;
}

/** @param {string} path @param {string} text @param {string} [label] */
export const flip = (path, text, label = text) =>
  has(path) ? html`<x-switch path=${path} label=${label} text=${text}></x-switch>` : nothing;

/** @param {string} path @param {string} text */
export const list = (path, text) =>
  has(path) ? html`<div class="field"><span aria-hidden="true">${text}</span><x-choice path=${path} label=${text}></x-choice></div>` : nothing;

/** Where a strip stands between left and right: of a pair its balance. @param {string} strip @param {boolean} large */
export function side(strip, large) {
  const paired = desk.on(pair(strip));
  if (has(`${strip}/pan`) && !paired) return dial(`${strip}/pan`, 'Pan', large);
  return dial(paired ? pair(strip).replace('link', 'balance') : `${strip}/balance`, 'Balance', large);
}

/** @param {unknown[]} inside */
export const row = (...inside) => html`<div class="line">${inside}</div>`;
