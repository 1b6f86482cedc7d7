/** One scene: what it would change, recalling it, storing over it, another name for it, its end. */

import {signal} from '../lib/signals-core.module.js';
import {html, nothing} from '../lib/lit-html.js';
import {about, need} from '../line/about.js';
import {hear, onLive, say} from '../line/line.js';
import {whole} from '../line/shown.js';
import {told} from '../line/words.js';
import {named} from '../parts/names.js';
import {panel, press} from '../parts/panel.js';
import {within} from '../parts/scope.js';
import {sure} from '../parts/sure.js';
import {tell} from './app.js';

const MOST = 100; // rows that are shown
const STRIP = /^(?:ch|return|bus|matrix|dca)\/\d+|^main/;
const SCOPES = ['*/*/mute main/mute', '*/*/fader main/fader', 'ch/**', 'bus/** main/**'];

/** The scene that is looked at. */
export const chosen = signal('');
/** How it is recalled: s of fade, only these paths, safe things too. */
const fade = signal(3);
const scope = signal('');
const safe = signal(false);
const newName = signal('');
/** @typedef {[path: string, there: string | number, here: string | number]} Row */
/** What it would change; null: nobody has asked. */
const diff = signal(/** @type {{of: string, rows: Row[]} | null} */ (null));
/** @type {Row[]} */
let coming = [];

/** @param {string} name */
export function choose(name) {
  if (name !== chosen.peek()) diff.value = null;
  chosen.value = name;
  newName.value = name;
}

/** What the scene would change is asked anew. */
function look() {
  need(['ch', 'return', 'bus', 'matrix', 'main', 'dca', 'fx']);
  coming = [];
  say('/scene/diff', [chosen.peek()]);
}

hear((address, args) => {
  if (address === '/scene/diff') coming.push(/** @type {Row} */ (args));
  else if (address === '/scene/diff/end') {
    diff.value = {of: String(args[0]), rows: coming};
    coming = [];
  } else if (address === '/scene/rename' && args[0] === chosen.peek()) choose(String(args[1]));
  else if (address === '/scene/recall') {
    diff.value = null;
    outcome(args);
  } else if (/^\/cue\/(go|next|previous)$/.test(address)) outcome(args.slice(1));
  else if (address === '/scene/store') tell(`${args[0]} is stored${args[2] ? `; what stood there is ${args[2]}` : ''}`);
});

/** @param {(string | number)[]} args name, changed, left */
function outcome([name, changed, left]) {
  tell(`${name}: ${changed} changed${left ? `, ${left} stay as they are` : ''}`);
}

onLive(() => {
  coming = [];
  diff.value = null;
});

/** @param {Row} row */
function change([path, there, here]) {
  const strip = STRIP.exec(path)?.[0] ?? '';
  const facts = about(path);
  const where = strip ? `${named(strip)} ${path.slice(strip.length + 1)}` : path;
  return html`<li><span>${where.replace(/[/_]/g, ' ')}</span><span>${whole(facts, here)} → <b>${whole(facts, there)}</b></span></li>`;
}

/** The paths that a recall, as it is set, would change. @param {string} stored the scope of the scene */
function changes(stored) {
  const found = diff.value;
  if (found?.of !== chosen.value) return null;
  const fits = within(scope.value.trim() || stored);
  return found.rows.filter(([path]) => fits(path));
}

/** @param {string} stored */
function drawDiff(stored) {
  const rows = changes(stored);
  return html`${press('scene/diff', rows ? 'Look again' : 'What would change', look)}
    ${rows ? html`<p role="status" class="faint">${rows.length ? `${rows.length} ${rows.length === 1 ? 'value' : 'values'} would change` : 'Nothing would change'}${safe.value ? ', and safe things too' : ''}</p>` : nothing}
    ${rows?.length ? html`<ul class="changes" aria-label="What would change" tabindex="0">${rows.slice(0, MOST).map(change)}${rows.length > MOST ? html`<li>and ${rows.length - MOST} more</li>` : nothing}</ul>` : nothing}`;
}

/** @param {number} seconds @param {string} stored */
function recall(seconds, stored) {
  const rows = changes(stored);
  const name = chosen.peek();
  const count = rows ? ` ${rows.length} ${rows.length === 1 ? 'value changes' : 'values change'}.` : '';
  sure(`Recall ${name}?${count}`, () => say('/scene/recall', [name, seconds, scope.peek().trim(), safe.peek() ? 1 : 0], 'sfsi'), 'Recall');
}

/** When, as people here write it. @param {string | number} saved */
export function day(saved) {
  const when = new Date(String(saved));
  return Number.isNaN(when.getTime()) ? String(saved) : when.toLocaleString([], {day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit'});
}

/** @param {Event} event */
const written = (event) => /** @type {HTMLInputElement} */ (event.target).value;

/** The panel of the chosen scene. */
export function draw() {
  const found = told('scene/list').rows.value?.find((one) => one[0] === chosen.value);
  if (!found) return panel('Chosen scene', html`<p class="faint">Choose a scene to recall it, or to see what it would change.</p>`);
  const [name, saved, stored, count, number] = found;
  return panel(
    String(name),
    html`<p class="faint">${number ? `Number ${number}` : 'Was stored over'} · ${count} values · ${day(saved)}${stored ? html`<br />only ${stored}` : nothing}</p>
      <div class="pair">
        ${press('scene/recall', 'Recall', () => recall(0, String(stored)), {kind: 'strong great', label: `Recall ${name} at once`})}
        ${press('scene/recall', `In ${fade.value} s`, () => recall(fade.value, String(stored)), {kind: 'great', label: `In ${fade.value} s: recall ${name} with a fade`})}
      </div>
      <label class="entry"><span class="what">Fade, s</span>
        <input type="number" inputmode="decimal" min="0" max="600" step="any" .value=${String(fade.value)} @change=${(/** @type {Event} */ event) => (fade.value = Math.max(Number(written(event)) || 0, 0))} />
      </label>
      <label class="entry"><span class="what">Only</span>
        <input list="scopes" placeholder=${stored ? String(stored) : 'everything'} autocomplete="off" autocapitalize="off" spellcheck="false" .value=${scope.value} @input=${(/** @type {Event} */ event) => (scope.value = written(event))} />
      </label>
      <datalist id="scopes">${SCOPES.map((one) => html`<option value=${one}></option>`)}</datalist>
      ${press('scene/recall', 'Safe things too', () => (safe.value = !safe.peek()), {pressed: safe.value, label: 'Safe things too: what scenes leave alone'})}
      ${drawDiff(String(stored))}
      <div class="pair">
        ${press('cue/add', 'Add as cue', () => say('/cue/add', [String(name), fade.peek()], 'sf'))}
        ${press('scene/store', 'Store over', () => sure(`Store the desk over ${name}? What stood there is kept.`, () => say('/scene/store', [String(name), ...(stored ? [stored] : [])]), 'Store over'), {off: !number})}
        ${press('scene/delete', 'Delete', () => sure(`Delete ${name}? It is gone for good.`, () => say('/scene/delete', [String(name)]), 'Delete'))}
      </div>
      <form class="row store" @submit=${(/** @type {Event} */ event) => {
        event.preventDefault();
        /** @type {HTMLElement | null} */ (/** @type {HTMLElement} */ (event.target).querySelector('button'))?.click();
      }}>
        <input aria-label="Its new name" maxlength="60" autocomplete="off" spellcheck="false" .value=${newName.value} @input=${(/** @type {Event} */ event) => (newName.value = written(event))} />
        ${press('scene/rename', 'Rename', () => say('/scene/rename', [String(name), newName.peek().trim()]), {off: !newName.value.trim() || newName.value.trim() === name})}
      </form>`,
    'scene',
  );
}
