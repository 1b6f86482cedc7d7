/** Scenes: the list of them, the one that is chosen, the cue list, and the strips that scenes leave alone. */

import {signal, untracked} from '../lib/signals-core.module.js';
import {html, nothing} from '../lib/lit-html.js';
import {known} from '../line/about.js';
import {say} from '../line/line.js';
import {follow, told} from '../line/words.js';
import {Live} from '../parts/live.js';
import {all, named} from '../parts/names.js';
import {flip, fold, panel, press} from '../parts/panel.js';
import {draw as drawScene, chosen, choose, day} from './scene.js';
import {draw as drawCues} from './cues.js';

const STRIPS = ['ch', 'return', 'bus', 'matrix'];
/** A name that is being written. */
const wish = signal('');

/** On a phone its panel is further down. @param {string} name */
function look(name) {
  choose(name);
  requestAnimationFrame(() => document.querySelector('.rack.scene')?.scrollIntoView({block: 'nearest'}));
}

/** @param {(string | number)[]} row of /scene/list */
function row([name, saved, scope, , number]) {
  const now = name === chosen.value;
  return html`<li>
    <button type="button" class=${`pickrow${now ? ' on' : ''}`} aria-pressed=${String(now)} @click=${() => look(String(name))}>
      <span class="number-of">${number || ''}</span><b>${name}</b><small>${scope ? `only ${scope} · ` : ''}${day(saved)}</small>
    </button>
  </li>`;
}

function list() {
  const {rows, why} = told('scene/list');
  const found = rows.value;
  if (!found) return html`<p class="faint">${why.value || 'Asking for the scenes …'}</p>`;
  const [own, former] = [found.filter((one) => one[4]), found.filter((one) => !one[4])];
  return html`${own.length ? html`<ul class="rows" aria-label="Scenes">${own.sort((a, b) => Number(a[4]) - Number(b[4])).map(row)}</ul>` : html`<p class="faint">No scene yet.</p>`}
    ${former.length ? fold(`${former.length} of before`, () => html`<ul class="rows" aria-label="What was stored over">${former.map(row)}</ul>`, 'former') : nothing}`;
}

function store() {
  const name = wish.value.trim();
  const taken = untracked(() => told('scene/list').rows.value ?? []).some((one) => one[0] === name);
  const act = () => {
    say('/scene/store', [name]);
    choose(name);
    wish.value = '';
  };
  return html`<form class="row store" @submit=${(/** @type {Event} */ event) => {
    event.preventDefault();
    /** @type {HTMLElement | null} */ (/** @type {HTMLElement} */ (event.target).querySelector('button'))?.click();
  }}>
      <input aria-label="Name of a new scene" placeholder="New scene" maxlength="60" autocomplete="off" spellcheck="false" .value=${wish.value}
        @input=${(/** @type {Event} */ event) => (wish.value = /** @type {HTMLInputElement} */ (event.target).value)} />
      ${press('scene/store', 'Store', act, {kind: 'strong', off: !name || taken, label: 'Store the desk under this name'})}
    </form>
    ${taken ? html`<p class="faint">There is one of that name: choose it to store over it.</p>` : nothing}`;
}

const safes = () =>
  html`<p class="faint">Scenes leave these strips alone.</p>
    <div class="places" role="group" aria-label="Safe from scenes">
      ${[...STRIPS.flatMap(all), 'main'].map((strip) => flip(`${strip}/safe`, named(strip), '', `${named(strip)} is safe from scenes`))}
    </div>`;

class Scenes extends Live {
  begin() {
    this.ends.push(follow(['scene/list', 'cue/list']));
  }

  draw() {
    known.value;
    return html`<div class="racks">
        ${panel('Scenes', html`${list()} ${store()}`)} ${drawScene()} ${panel('Cues', drawCues())}
      </div>
      <div class="racks">${panel('Safe', safes())}</div>`;
  }
}

customElements.define('x-scenes', Scenes);

/** @type {import('./app.js').View} */
export const view = {
  title: () => 'Scenes',
  patterns: () => ['{ch,return,bus,matrix}/*/{name,safe}', 'main/{name,safe}'],
  roots: ['ch', 'return', 'bus', 'matrix', 'main'],
  draw: () => html`<x-scenes></x-scenes>`,
};
