/** Sends on faders: the mixer with its faders as the sends into one bus, in that bus's colour. */

import {html} from '../lib/lit-html.js';
import {count} from '../line/about.js';
import {colour} from '../parts/names.js';
import {firstBus, mixName, mixRow} from '../parts/send.js';
import './mixer.js';

/** The bus that is shown: of a pair the first, of a wrong number the first there is. @param {string[]} at */
const busOf = (at) => {
  const bus = Math.round(Number(at[0]));
  return String(firstBus(bus >= 1 && bus <= count('bus') ? bus : 1));
};

/** @type {import('./app.js').View} */
export const view = {
  title: (at) => `Sends into ${mixName(busOf(at))}`,
  colour: (at) => `tint ${colour(`bus/${busOf(at)}`)}`,
  patterns: () => ['bus/*/{name,colour}', 'surface/page/layer/*/name'],
  roots: ['ch', 'return', 'bus', 'main'],
  draw: (at) => {
    const bus = busOf(at);
    const bank = at.slice(1).join('/') || 'ch';
    return html`<div class=${`sends tint ${colour(`bus/${bus}`)}`}>
      ${mixRow(bus, (number) => `sends/${number}/${bank}`)}
      <x-mixer bank=${bank} send=${bus}></x-mixer>
    </div>`;
  },
};
