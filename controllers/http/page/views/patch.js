/** Where channels take their sound, and what the outputs play: one line each, found by what is in it. */

import {signal} from '../lib/signals-core.module.js';
import {html, nothing} from '../lib/lit-html.js';
import {about, count, known} from '../line/about.js';
import * as desk from '../line/desk.js';
import {role} from '../line/line.js';
import {go} from '../line/place.js';
import {worded} from '../parts/choice.js';
import {all, named} from '../parts/names.js';
import {may} from '../parts/rights.js';
import '../parts/choice.js';
import '../parts/number.js';
import '../parts/switch.js';
import '../parts/text.js';

const SIDES = /** @type {[string, string][]} */ ([['ch', 'Channels'], ['output', 'Outputs'], ['input', 'Inputs']]); // prettier-ignore
// What stands in a line, in the order of the signal: the path's end, its heading, and what it is of a switch's button.
const FIELDS = /** @type {Record<string, [end: string, text: string, sign?: string][]>} */ ({
  ch: [['source', 'Source'], ['trim', 'Trim'], ['polarity', 'Polarity', 'Ø'], ['delay/on', 'Delay', 'On'], ['delay/time', 'Time']],
  output: [['source', 'Source'], ['tap', 'Tap'], ['trim', 'Trim'], ['polarity', 'Polarity', 'Ø'], ['delay', 'Delay'],
    ['mute', 'Mute', 'M'], ['ceiling', 'Ceiling'], ['speaker', 'Speaker']],
  input: [['name', 'Name']],
}); // prettier-ignore

const LABELS = /** @type {Record<string, string>} */ ({'delay/on': 'Delay on', 'delay/time': 'Delay time'});

const asked = signal('');

/** @param {string} path */
const title = (path) => {
  const [kind, index] = path.split('/');
  if (kind === 'ch') return named(path);
  return `${kind === 'input' ? 'Input' : 'Output'} ${index}`;
};

/** Whether a line has all the words that are asked for. @param {string} path @param {string[]} words */
function fits(path, words) {
  if (!words.length) return true;
  const source = desk.text(`${path}/source`);
  const text = [path, title(path), desk.text(`${path}/name`), source && worded(source)].join(' ').toLowerCase();
  return words.every((word) => text.includes(word));
}

/** @param {string} path @param {[end: string, text: string, sign?: string]} field */
function field(path, [end, text, sign]) {
  const at = `${path}/${end}`;
  const kind = about(at)?.kind;
  if (!kind) return nothing;
  const label = `${LABELS[end] ?? text} of ${title(path)}`;
  const control =
    kind === 'switch'
      ? html`<x-switch kind=${end === 'mute' ? 'mute' : 'plain'} path=${at} label=${label} text=${sign ?? text}></x-switch>`
      : kind === 'number'
        ? html`<x-number path=${at} label=${label}></x-number>`
        : kind === 'text'
          ? html`<x-text path=${at} label=${label}></x-text>`
          : html`<x-choice path=${at} label=${label}></x-choice>`;
  return html`<div class=${`field of-${kind}`}><span aria-hidden="true">${text}</span>${control}</div>`;
}

/** @param {string} path */
const line = (path) => html`<li class="patched" data-path=${path}>
  <b>${path.startsWith('ch/') ? html`<small>${path.split('/')[1]}</small> ` : nothing}${title(path)}</b>
  ${FIELDS[path.split('/')[0]].map((one) => field(path, one))}
</li>`;

/** @param {string[]} at */
const sideOf = ([side]) => (FIELDS[side] ? side : 'ch');

/** @type {import('./app.js').View} */
export const view = {
  title: () => 'Patch',
  roots: ['ch', 'output', 'input'],
  patterns: (at) => {
    const side = sideOf(at);
    const ends = FIELDS[side].map(([end]) => end);
    return [`${side}/*/{${ends.filter((end) => !end.includes('/')).join(',')}}`, '{ch,input}/*/name', 'ch/*/delay/*', 'output/mute'];
  },
  draw: (at) => {
    known.value;
    const side = sideOf(at);
    const words = asked.value.toLowerCase().split(/\s+/).filter(Boolean);
    const lines = all(side).filter((path) => fits(path, words));
    const need = may(role.value, `${side}/1/${FIELDS[side][0][0]}`);
    return html`<div class="panels one">
      <div class="few" role="group" aria-label="What is patched">
        ${SIDES.map(([kind, text]) => html`<button type="button" class=${kind === side ? 'on' : ''} aria-pressed=${kind === side ? 'true' : 'false'} @click=${() => go(`patch/${kind}`)}>${text}</button>`)}
        <input type="search" class="search" placeholder="Search" aria-label="Search the patch" autocomplete="off" spellcheck="false" .value=${asked.value}
          @input=${(/** @type {Event} */ event) => (asked.value = /** @type {HTMLInputElement} */ (event.target).value)} />
        ${side === 'output' ? html`<span class="muteall"><x-switch kind="mute" path="output/mute" label="Mute all outputs" text="Mute all" ask="Mute all outputs?"></x-switch></span>` : nothing}
      </div>
      ${need ? html`<p class="needs">To change these needs the role ${need}.</p>` : nothing}
      <ul class="lines" aria-label=${SIDES.find(([kind]) => kind === side)?.[1] ?? ''}>${lines.map(line)}</ul>
      ${lines.length ? nothing : html`<p>${count(side) ? 'Nothing has these words.' : 'The desk has none.'}</p>`}
    </div>`;
  },
};
