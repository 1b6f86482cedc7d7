/** Named places of the music. */

import {signal} from '../lib/signals-core.module.js';
import {html} from '../lib/lit-html.js';
import {say} from '../line/line.js';
import {told} from '../line/words.js';
import {time} from '../parts/clock.js';
import {cross} from '../parts/icons.js';
import {press} from '../parts/panel.js';
import {sure} from '../parts/sure.js';

const name = signal('');

/** @param {(string | number)[]} row of /marker/list */
function row([marker, at]) {
  return html`<li>
    ${press('locate', html`<b>${marker}</b> <small>${time(Number(at))}</small>`, () => say('/locate', [String(marker)]), {kind: 'pickrow'})}
    ${press('marker/delete', cross(), () => sure(`Delete the marker ${marker}?`, () => say('/marker/delete', [String(marker)]), 'Delete'), {label: `Delete ${marker}`})}
  </li>`;
}

export function draw() {
  const {rows, why} = told('marker/list');
  const add = () => {
    const wish = name.peek().trim();
    say('/marker/add', wish ? [wish] : []);
    name.value = '';
  };
  return html`<form class="row store" @submit=${(/** @type {Event} */ event) => {
    event.preventDefault();
    /** @type {HTMLElement | null} */ (/** @type {HTMLElement} */ (event.target).querySelector('button'))?.click();
  }}>
      <input aria-label="Name of a new marker" placeholder="Marker" maxlength="60" autocomplete="off" spellcheck="false" .value=${name.value}
        @input=${(/** @type {Event} */ event) => (name.value = /** @type {HTMLInputElement} */ (event.target).value)} />
      ${press('marker/add', 'Here', add, {kind: 'strong', label: 'Here: a marker where the music stands'})}
    </form>
    ${rows.value?.length ? html`<ul class="rows" aria-label="Markers">${rows.value.map(row)}</ul>` : html`<p class="faint">${rows.value ? 'No marker yet.' : why.value || 'Asking for the markers …'}</p>`}`;
}
