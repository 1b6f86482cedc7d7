/** An EQ for who wants a little more or less of something: its curve, and a fader for each band. */

import {html} from '../lib/lit-html.js';
import {about, known} from '../line/about.js';
import * as desk from '../line/desk.js';
import {shown} from '../line/shown.js';
import {open} from './over.js';
import {bands} from './response.js';
import './curve.js';
import './fader.js';
import './number.js';
import './switch.js';

/** @param {string} strip @param {string} title */
export function openEq(strip, title) {
  open(
    title,
    () => {
      known.value;
      return html`<div class="easy-eq">
        <x-curve path=${strip}></x-curve>
        <x-switch kind="in" path=${`${strip}/eq/on`} label=${title} text="EQ in"></x-switch>
        <div class="bands">
          ${Array.from({length: bands(strip)}, (_, k) => {
            const band = `${strip}/eq/${k + 1}`;
            const hz = shown(about(`${band}/freq`), desk.number(`${band}/freq`));
            return html`<section aria-label=${`Band at ${hz} Hz`}>
              <small>${hz}${/k$/.test(hz) ? '' : ' Hz'}</small>
              <x-fader path=${`${band}/gain`} label=${`Gain at ${hz} Hz`}></x-fader>
              <x-number path=${`${band}/gain`} label=${`Gain at ${hz} Hz`}></x-number>
            </section>`;
          })}
        </div>
        <button type="button" @click=${() => desk.setAll(Array.from({length: bands(strip)}, (_, k) => [`${strip}/eq/${k + 1}/gain`, 0]))}>Flat</button>
      </div>`;
    },
    'sheet',
  );
}
