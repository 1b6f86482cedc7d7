/** What was recorded: into the player, into the wastebasket, and out of it. */

import {signal} from '../lib/signals-core.module.js';
import {html, nothing} from '../lib/lit-html.js';
import {hear, say} from '../line/line.js';
import {told} from '../line/words.js';
import {time} from '../parts/clock.js';
import {cross} from '../parts/icons.js';
import {fold, press} from '../parts/panel.js';
import {sure} from '../parts/sure.js';
import {tell} from './app.js';

/** Whether a take is laid beside the tracks that are loaded. */
const beside = signal(false);

hear((address, args) => {
  if (address === '/take/load') tell(`${args[0]} is loaded: ${args[1]} ${args[1] === 1 ? 'track' : 'tracks'}${args[2] ? `, ${args[2]} had no room` : ''}`);
});

/** @param {(string | number)[]} row name, seconds, tracks */
const words = ([name, seconds, tracks]) =>
  html`<span class="what"><b>${name}</b><small>${tracks ? `${time(Number(seconds), 0)} · ${tracks} ${tracks === 1 ? 'track' : 'tracks'}` : 'no take'}</small></span>`;

/** @param {(string | number)[]} row */
function take(row) {
  const name = String(row[0]);
  return html`<li>
    ${words(row)} ${press('take/load', 'Load', () => say('/take/load', [name, beside.peek() ? 1 : 0], 'si'), {label: `Load ${name}`, off: !row[2]})}
    ${press('take/delete', cross(), () => sure(`Delete ${name}?`, () => say('/take/delete', [name]), 'Delete'), {label: `Delete ${name}`})}
  </li>`;
}

/** @param {(string | number)[]} row */
const gone = (row) =>
  html`<li>${words(row)} ${press('take/restore', 'Bring back', () => say('/take/restore', [String(row[0])]), {label: `Bring back ${row[0]}`})}</li>`;

export function draw() {
  const {rows, why} = told('take/list');
  const deleted = told('take/deleted').rows.value ?? [];
  if (!rows.value) return html`<p class="faint">${why.value || 'Asking for the takes …'}</p>`;
  return html`${rows.value.length ? html`<ul class="rows" aria-label="Takes">${[...rows.value].reverse().map(take)}</ul>` : html`<p class="faint">No take yet.</p>`}
    ${press('take/load', 'Beside what is loaded', () => (beside.value = !beside.peek()), {pressed: beside.value, label: 'Load a take beside what is loaded'})}
    ${deleted.length
      ? fold(
          `Wastebasket: ${deleted.length}`,
          () => html`<ul class="rows" aria-label="Wastebasket">${[...deleted].reverse().map(gone)}</ul>
            ${press('take/empty', 'Empty it', () => sure('Empty the wastebasket? All in it is gone for good.', () => say('/take/empty'), 'Empty it'))}`,
          'wastebasket',
        )
      : nothing}`;
}
