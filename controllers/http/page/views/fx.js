/** The effects: of each slot what it plays, what feeds it, and whatever the desk says that its effect has. */

import {html, nothing} from '../lib/lit-html.js';
import {below, count, known} from '../line/about.js';
import * as desk from '../line/desk.js';
import {say} from '../line/line.js';
import {go} from '../line/place.js';
import {any, dial, field, panel, press} from '../parts/panel.js';
import {Live} from '../parts/live.js';
import {named} from '../parts/names.js';

/** @param {number} slot */
function effect(slot) {
  const at = `fx/${slot}`;
  const of = `FX ${slot}`;
  const type = desk.text(`${at}/type`);
  const own = type && type !== 'off' ? below(`${at}/${type}`) : [];
  const name = named(`return/${slot}`);
  return panel(
    name === of ? of : `${of} · ${name}`,
    html`<x-pick path=${`${at}/type`} label=${`Effect of ${of}`}></x-pick>
      ${field('Fed by', html`<x-choice path=${`${at}/source`} label=${`What feeds ${of}`}></x-choice>`)} ${dial(`${at}/mix`, 'Mix', of)}
      ${own.length ? html`<div class="units">${own.map((path) => any(path, of))}</div>` : nothing}
      <button type="button" class="wide" @click=${() => go(`strip/return/${slot}`)}>Open its return</button>`,
  );
}

class Effects extends Live {
  draw() {
    known.value;
    return html`<div class="racks">
        ${panel('Tempo', html`<div class="pair">${press('=tap', 'Tap', () => say('/tap', [1], 'i'), {kind: 'great', label: 'Tap the tempo'})}${dial('tempo', 'Tempo')}</div>`, 'tempo')}
      </div>
      <div class="racks">
      ${Array.from({length: count('fx')}, (_, k) => effect(k + 1))}
    </div>`;
  }
}

customElements.define('x-effects', Effects);

/** @type {import('./app.js').View} */
export const view = {
  title: () => 'Effects',
  patterns: () => ['fx/**', 'tempo', '{ch,return,bus,matrix}/*/name', 'main/name'],
  roots: ['fx', 'tempo', 'tap'],
  draw: () => html`<x-effects></x-effects>`,
};
