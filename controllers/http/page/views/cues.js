/** The cue list: scenes in the order of a show.  Each recall asks, and is answered elsewhere. */

import {html} from '../lib/lit-html.js';
import {say} from '../line/line.js';
import {told} from '../line/words.js';
import {cross, down, up} from '../parts/icons.js';
import {press} from '../parts/panel.js';
import {sure} from '../parts/sure.js';

/** @param {number} place @param {number} to */
const move = (place, to) => say('/cue/move', [place, to], 'ii');

/** @param {(string | number)[]} row of /cue/list @param {number} count @param {number} at which was recalled last */
function row([place, scene, fade, there], count, at) {
  const now = place === at;
  const k = Number(place);
  const name = `Cue ${k}, ${scene}`;
  return html`<li class=${`cue${now ? ' now' : ''}`} aria-current=${now ? 'step' : 'false'}>
    ${press('cue/go', 'Go', () => sure(`Go to cue ${k}: ${scene}?`, () => say('/cue/go', [k], 'i'), 'Go'), {label: `${name}: go`, off: !there})}
    <span class="what"><b>${k} ${scene}</b><small>${now ? 'now · ' : ''}${there ? (fade ? `${Math.round(Number(fade) * 10) / 10} s` : 'at once') : 'its scene is gone'}</small></span>
    ${press('cue/move', up(), () => move(k, k - 1), {label: `${name}: earlier`, off: k === 1})}
    ${press('cue/move', down(), () => move(k, k + 1), {label: `${name}: later`, off: k === count})}
    ${press('cue/remove', cross(), () => say('/cue/remove', [k], 'i'), {label: `${name}: out of the list`})}
  </li>`;
}

export function draw() {
  const list = told('cue/list');
  const rows = list.rows.value;
  if (!rows) return html`<p class="faint">${list.why.value || 'Asking for the cues …'}</p>`;
  const at = Number(list.tail[1] ?? 0);
  const [before, next] = [rows[at - 2], rows[at]];
  return html`<div class="pair">
      ${press('cue/previous', 'Previous', () => sure(`Go back to ${before?.[1]}?`, () => say('/cue/previous'), 'Go'), {kind: 'great', off: !before})}
      ${press('cue/next', 'Next', () => sure(`Go on to ${next?.[1]}?`, () => say('/cue/next'), 'Go'), {kind: 'great', off: !next})}
    </div>
    ${rows.length ? html`<ol class="rows" aria-label="Cues">${rows.map((one) => row(one, rows.length, at))}</ol>` : html`<p class="faint">No cue yet: choose a scene, and put it here.</p>`}`;
}
