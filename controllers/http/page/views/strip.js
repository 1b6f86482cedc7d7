/** A strip in full: its tiles, or one of them large; beside them its fader. */

import {html, nothing} from '../lib/lit-html.js';
import {about, known} from '../line/about.js';
import * as desk from '../line/desk.js';
import {go} from '../line/place.js';
import {all, colour, named} from '../parts/names.js';
import '../parts/analyser.js';
import '../parts/choice.js';
import '../parts/dynamics.js';
import '../parts/eq-handle.js';
import '../parts/eq.js';
import '../parts/grip.js';
import '../parts/squeeze-handle.js';
import '../parts/squeeze.js';
import '../parts/text.js';
import {keeping} from './keeping.js';
import './pieces.js';
import {TILES, goal} from './tiles.js';
import '../parts/strip.js';
import '../parts/switch.js';

const KINDS = ['ch', 'return', 'bus', 'matrix'];

/** The strip and the tile of a place. @param {string[]} at @returns {[strip: string, tile: string]} */
function read(at) {
  if (at[0] === 'main') return ['main', at[1] ?? ''];
  return KINDS.includes(at[0]) && /^\d+$/.test(at[1] ?? '') ? [`${at[0]}/${at[1]}`, at[2] ?? ''] : ['ch/1', ''];
}

/** All strips, in their order. */
const strips = () => [...KINDS.flatMap(all), 'main'];

/** @param {string} strip @param {string} tile */
const to = (strip, tile) => go(['strip', strip, tile].filter(Boolean).join('/'));

/** @param {string} strip @param {string} tile */
function head(strip, tile) {
  const list = strips();
  const at = list.indexOf(strip);
  /** @param {number} by @param {string} text @param {string} label */
  const step = (by, text, label) => html`<button type="button" aria-label=${label} ?disabled=${!list[at + by]} @click=${() => to(list[at + by], tile)}>${text}</button>`;
  return html`<div class="strip-head">
    ${step(-1, '◀', 'The strip before')}
    <span class=${`which ${colour(strip)}`}>${strip.replace('/', ' ')}</span>
    ${step(1, '▶', 'The strip after')}
    <x-text path=${`${strip}/name`} label="Name of the strip" hint=${named(strip)}></x-text>
    <x-choice path=${`${strip}/colour`} label="Colour"></x-choice>
    ${keeping(strip, TILES.find((one) => one.name === tile))}
  </div>`;
}

/** @param {string} strip @param {import('./tiles.js').Tile} tile */
function small(strip, tile) {
  return html`<section class=${`tile is-${tile.name}`} aria-label=${tile.title}>
    <header>
      <button type="button" class="open" aria-label=${`${tile.title}: open`} @click=${() => to(strip, tile.name)}>${tile.title} <span aria-hidden="true">⤢</span></button>
      ${tile.on ? html`<x-switch path=${`${strip}/${tile.on}`} label=${`${tile.title} in`} text="In"></x-switch>` : nothing}
    </header>
    ${tile.draw(strip, false)}
  </section>`;
}

let last = '';

/** The tab of a tile is not out of sight. @param {string} name */
function reveal(name) {
  if (name === last) return;
  last = name;
  requestAnimationFrame(() => document.querySelector('.tile-tabs [aria-current="page"]')?.scrollIntoView({block: 'nearest', inline: 'nearest'}));
}

/** @param {string} strip @param {import('./tiles.js').Tile} tile @param {import('./tiles.js').Tile[]} tiles */
function large(strip, tile, tiles) {
  reveal(tile.name);
  return html`<nav class="tile-tabs" aria-label="Parts of the strip">
      <button type="button" @click=${() => to(strip, '')}>All</button>
      ${tiles.map((one) => html`<button type="button" class=${`${one.on && !desk.on(`${strip}/${one.on}`) ? 'out' : ''}`} aria-current=${one === tile ? 'page' : 'false'} @click=${() => to(strip, one.name)}>${one.title}</button>`)}
    </nav>
    <section class=${`tile large is-${tile.name}`} aria-label=${tile.title}>
      <header><h2>${tile.title}</h2>${tile.on ? html`<x-switch path=${`${strip}/${tile.on}`} label=${`${tile.title} in`} text="In"></x-switch>` : nothing}</header>
      ${tile.draw(strip, true)}
    </section>`;
}

/** @type {import('./app.js').View} */
export const view = {
  title: (at) => {
    const [strip, name] = read(at);
    const tile = TILES.find((one) => one.name === name);
    return tile ? `${named(strip)}: ${tile.title}` : named(strip);
  },
  patterns: (at) => {
    const [strip] = read(at);
    const [kind] = strip.split('/');
    const links = ['ch', 'bus', 'matrix'].includes(kind) ? [`${kind}/*/link`] : []; // a pattern that means nothing is never told
    return [`${strip}/**`, ...links, `${goal(strip)}/*/{name,colour,link}`, 'dca/*/name', 'mutegroup/*/name', 'meter/rta'];
  },
  roots: ['ch', 'return', 'bus', 'matrix', 'main', 'dca', 'mutegroup', 'meter', 'meters'],
  draw: (at) => {
    known.value;
    const [strip, name] = read(at);
    if (!about(`${strip}/fader`)) return html`<p class="first">${known.value ? 'No such strip.' : 'Asking the desk …'}</p>`;
    const tiles = TILES.filter((one) => one.has(strip));
    const tile = tiles.find((one) => one.name === name);
    return html`<div class=${tile ? 'whole one' : 'whole'}>
      ${head(strip, tile?.name ?? '')}
      <x-strip path=${strip} @open-strip=${() => go(`mix/${strip.split('/')[0]}`)}></x-strip>
      <div class="tiles">${tile ? large(strip, tile, tiles) : html`<div class="grid">${tiles.map((one) => small(strip, one))}</div>`}</div>
    </div>`;
  },
};
