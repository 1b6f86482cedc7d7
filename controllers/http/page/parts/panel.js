/** What views are put together from: a panel with a title, a field with its name, a dial, a button that a role may press. */

import {signal} from '../lib/signals-core.module.js';
import {html, nothing} from '../lib/lit-html.js';
import {about} from '../line/about.js';
import {role, state} from '../line/line.js';
import {down, up} from './icons.js';
import {may, mayAsk} from './rights.js';
import './choice.js';
import './knob.js';
import './number.js';
import './pick.js';
import './switch.js';

const FEW = 5; // words that stand side by side

/** @param {string} title @param {unknown} content @param {string} [kind] a class of the style sheet */
export const panel = (title, content, kind = '') =>
  html`<section class=${`rack ${kind}`} aria-label=${title}>
    <h2>${title}</h2>
    ${content}
  </section>`;

/** What has been unfolded. */
const unfolded = signal(/** @type {string[]} */ ([]));

/** What is there when it is asked for. @param {string} title @param {() => unknown} draw @param {string} [key] where the title alone does not tell it */
export function fold(title, draw, key = title) {
  const open = unfolded.value.includes(key);
  const turn = () => (unfolded.value = open ? unfolded.value.filter((one) => one !== key) : [...unfolded.value, key]);
  return html`<button type="button" class="fold" aria-expanded=${String(open)} @click=${turn}>${title} ${open ? up() : down()}</button>
    ${open ? draw() : nothing}`;
}

/** @param {string} name @param {unknown} content */
export const field = (name, content) => html`<div class="entry"><span class="what" aria-hidden="true">${name}</span>${content}</div>`;

/** A knob, and its value to be typed. @param {string} path @param {string} name @param {string} [of] whose it is */
export const dial = (path, name, of = '') =>
  html`<div class="knobbed"><x-knob path=${path} label=${`${of} ${name}`.trim()} short=${name}></x-knob><x-number path=${path} label=${`${of} ${name}`.trim()}></x-number></div>`;

/** A switch with its name on it. @param {string} path @param {string} name @param {string} [kind] @param {string} [label] */
export const flip = (path, name, kind = '', label = name) =>
  html`<x-switch path=${path} text=${name} label=${label} kind=${kind}></x-switch>`;

/** What a part of a path is called: `low_cut` Low cut, `time_l` Time L. @param {string} path */
export function called(path) {
  const words = path.slice(path.lastIndexOf('/') + 1).split('_');
  const text = words.map((word) => (word.length === 1 ? word.toUpperCase() : word)).join(' ');
  return text[0].toUpperCase() + text.slice(1);
}

/** Whatever fits a parameter. @param {string} path @param {string} [of] whose it is */
export function any(path, of = '') {
  const kind = about(path)?.kind;
  const name = called(path);
  if (kind === 'number') return dial(path, name, of);
  if (kind === 'switch') return flip(path, name, '', `${of} ${name}`.trim());
  const label = `${of} ${name}`.trim();
  return field(name, (about(path)?.items.length ?? 0) > FEW ? html`<x-choice path=${path} label=${label}></x-choice>` : html`<x-pick path=${path} label=${label}></x-pick>`);
}

/** The role that is missing for a word, or for setting a path. @param {string} what scene/recall, or =ch/1/arm */
const missing = (what) => (what[0] === '=' ? may(role.value, what.slice(1)) : mayAsk(role.value, what));

/**
 * A button; dim where the role may not, and while the desk is not heard.
 * @param {string} what the word that it says, or = and the path that it sets
 * @param {unknown} text
 * @param {() => void} act
 * @param {{label?: string, kind?: string, pressed?: boolean, off?: boolean}} [more]
 */
export function press(what, text, act, more = {}) {
  const need = missing(what);
  const off = state.value !== 'live' || need !== '' || more.off === true;
  return html`<button
    type="button"
    class=${`${more.kind ?? ''}${more.pressed ? ' on' : ''}`}
    aria-label=${more.label || nothing}
    aria-pressed=${more.pressed === undefined ? nothing : String(more.pressed)}
    aria-disabled=${String(off)}
    title=${need ? `needs the role ${need}` : nothing}
    @click=${() => !off && act()}
  >
    ${text}
  </button>`;
}
