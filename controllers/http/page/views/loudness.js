/** How loud it is: numbers to be read across a room, the last minute as a line, and the limiter of the mains. */

import {html, nothing} from '../lib/lit-html.js';
import {about, known} from '../line/about.js';
import {say} from '../line/line.js';
import {watch} from '../line/meters.js';
import {dial, field, flip, panel, press} from '../parts/panel.js';
import {never, soon} from '../parts/frames.js';
import {Live} from '../parts/live.js';
import '../parts/meter.js';
import './history.js';

const MINUS = '\u2212';
const SILENT = -99;
const TEXT_MS = 100; // digits that change more often cannot be read
const SHOWN = /** @type {[name: string, text: string, kind: string][]} */ ([
  ['integrated', 'Integrated', 'chief'], ['short_term', 'Short-term', ''], ['momentary', 'Momentary', ''], ['range', 'Range', ''],
  ['true_peak_l', 'True peak L', ''], ['true_peak_r', 'True peak R', ''], ['limiter', 'Limiter takes', ''], ['correlation', 'Correlation', 'balance'],
]); // prettier-ignore

/** @param {string} name @param {number} level */
function words(name, level) {
  if (!(level > SILENT)) return `${MINUS}∞`;
  return level.toFixed(name === 'correlation' ? 2 : 1).replace('-', MINUS).replace(/^\u2212(0\.0+)$/, '$1');
}

/** The unit of a meter of the mains, as people write it. @param {string} name */
function unit(name) {
  const bank = about('meters/main');
  const found = bank?.units?.[bank.names.indexOf(name)] ?? '';
  return found === 'gain.db' ? 'dB' : found;
}

class Loudness extends Live {
  constructor() {
    super();
    /** @type {Record<string, number>} */
    this.levels = {};
    /** @type {Record<string, string>} what is drawn */
    this.said = {};
    this.drawnAt = 0;
  }

  begin() {
    this.said = {};
    for (const [name] of SHOWN) {
      this.ends.push(
        watch('main', name, (level) => {
          if (this.levels[name] === level) return;
          this.levels[name] = level;
          soon(this);
        }),
      );
    }
    this.ends.push(() => never(this));
  }

  update() {
    super.update();
    this.said = {};
    soon(this);
  }

  /** @param {number} now */
  frame(now) {
    if (now - this.drawnAt < TEXT_MS) return true;
    this.drawnAt = now;
    for (const [name] of SHOWN) {
      const text = name in this.levels ? words(name, this.levels[name]) : '…';
      if (text === this.said[name]) continue;
      this.said[name] = text;
      const place = this.querySelector(`[data-level="${name}"]`);
      if (place) place.textContent = text;
    }
    const hand = this.querySelector('.correlation i');
    const at = Math.min(Math.max(this.levels.correlation ?? 0, -1), 1);
    if (hand instanceof HTMLElement) hand.style.left = `${((at + 1) * 50).toFixed(1)}%`;
    return false;
  }

  draw() {
    known.value;
    return html`<div class="racks">
      ${panel(
        'Loudness',
        html`<div class="levels">
            ${SHOWN.map(
              ([name, text, kind]) =>
                html`<div class=${`level ${kind}`} role="group" aria-label=${text}>
                  <span>${text}</span>
                  ${kind === 'balance' ? html`<div class="correlation" aria-hidden="true"><i></i></div>` : nothing}
                  <b data-level=${name}></b><small>${unit(name)}</small>
                </div>`,
            )}
          </div>
          <x-history></x-history>
          <div class="pair measure">
            ${field('Measured at', html`<x-choice path="meter/loudness" label="Where loudness is measured"></x-choice>`)}
            ${press('meters/reset', 'Begin anew', () => say('/meters/reset'), {label: 'Integrated loudness and range begin anew'})}
          </div>`,
      )}
      </div>
      <div class="racks">
      ${panel(
        'Limiter of the mains',
        html`<div class="sides">
          <div class="knobs">
            ${flip('main/limiter/on', 'Limiter')} ${dial('main/limiter/gain', 'Gain', 'Limiter')} ${dial('main/limiter/ceiling', 'Ceiling', 'Limiter')}
            ${dial('main/limiter/release', 'Release', 'Limiter')} ${dial('main/limiter/lookahead', 'Lookahead', 'Limiter')}
          </div>
          <div class="way short"><x-meter kind="taken" bank="main" name="limiter" aria-label="The limiter takes away"></x-meter></div>
        </div>`,
      )}
    </div>`;
  }
}

customElements.define('x-loudness', Loudness);

/** @type {import('./app.js').View} */
export const view = {
  title: () => 'Loudness',
  patterns: () => ['meter/loudness', 'main/limiter/*', '{ch,return,bus,matrix}/*/name', 'main/name'],
  roots: ['meter', 'meters', 'main'],
  draw: () => html`<x-loudness></x-loudness>`,
};
