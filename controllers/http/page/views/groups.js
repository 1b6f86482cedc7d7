/** DCAs and mute groups: what they are called, whether they mute, and who belongs to them. */

import {html} from '../lib/lit-html.js';
import {about, count, known} from '../line/about.js';
import * as desk from '../line/desk.js';
import {go} from '../line/place.js';
import {all, colour, named} from '../parts/names.js';
import '../parts/switch.js';
import '../parts/text.js';

const MEMBERS = ['ch', 'return', 'bus', 'matrix'];

/** How many strips belong to a group. @param {string} group */
const size = (group) => known.value && [...MEMBERS.flatMap(all), 'main'].filter((path) => about(`${path}/${group}`) && desk.on(`${path}/${group}`)).length;

/** @param {string} group @param {unknown} more */
function card(group, more) {
  const members = size(group);
  return html`<section class=${`card ${colour(group)}`} aria-label=${named(group)}>
    <small>${group.split('/')[1]}</small>
    <x-text path=${`${group}/name`} label=${`Name of ${named(group)}`} hint=${named(group)}></x-text>
    ${more}
    <button type="button" aria-label=${`${members} ${members === 1 ? 'member' : 'members'} of ${named(group)}`} @click=${() => go(`members/${group}`)}>
      ${members} ${members === 1 ? 'member' : 'members'}
    </button>
  </section>`;
}

/** @type {import('./app.js').View} */
export const view = {
  title: () => 'Groups',
  patterns: () => [
    '{dca,mutegroup}/*/{name,colour,mute,on}',
    ...MEMBERS.filter((kind) => count(kind)).map((kind) => `${kind}/*/{dca,mutegroup}/*`),
    'main/{dca,mutegroup}/*',
  ],
  roots: [...MEMBERS, 'main', 'dca', 'mutegroup'],
  draw: () => html`<div class="groups">
    <h2>Mute groups</h2>
    <div class="cards">
      ${all('mutegroup').map((group) => card(group, html`<x-switch kind="mute" path=${`${group}/on`} label=${`Mute ${named(group)}`} text="Mute"></x-switch>`))}
    </div>
    <h2>DCAs</h2>
    <div class="cards">
      ${all('dca').map((group) =>
        card(
          group,
          html`<x-switch kind="mute" path=${`${group}/mute`} label=${`Mute ${named(group)}`} text="Mute"></x-switch>
            <button type="button" aria-label=${`Faders of the members of ${named(group)}`} @click=${() => go(`mix/${group}`)}>Faders</button>`,
        ),
      )}
    </div>
  </div>`,
};
