/** The frame of the page: what it shows, whether the desk is there, and what is always at hand. */

import {computed, effect, signal, untracked} from '../lib/signals-core.module.js';
import {html, nothing, render} from '../lib/lit-html.js';
import {need} from '../line/about.js';
import {older} from '../line/age.js';
import * as desk from '../line/desk.js';
import * as line from '../line/line.js';
import {go, place} from '../line/place.js';
import {letters, locked, theme} from '../parts/choices.js';
import {isOpen} from '../parts/over.js';
import {may, mayAsk} from '../parts/rights.js';

/**
 * @typedef {object} View
 * @property {(at: string[]) => string} title
 * @property {(at: string[]) => string[]} [patterns] what has to be told while it is shown
 * @property {string[]} [roots] of what the desk says of its paths
 * @property {(at: string[]) => string} [colour] a class for the head of the page, which says whose mix this is
 * @property {(at: string[]) => unknown} draw
 */

const ALWAYS = ['solo/any', 'status/alarm', 'recorder/state', 'transport/state', 'talkback/on', 'output/mute', 'bus/*/link'];
const TOLD_MS = 5000;

/** @type {Record<string, View>} */
const views = {};
/** @type {[name: string, text: string][]} what the menu has */
const menu = [];

/** @param {string} name its first word in the address @param {View} view @param {string} [text] in the menu */
export function add(name, view, text) {
  views[name] = view;
  if (text) menu.push([name, text]);
}

/** Rises with each view that has come. */
const came = signal(0);
/** @type {Map<string, () => Promise<{view: View}>>} views that have not come yet */
const coming = new Map();

/**
 * A view whose files come when it is first shown, so that a first visit is light.
 * @param {string} name @param {() => Promise<{view: View}>} bring @param {string} text what it is called, in the menu too
 * @param {boolean} [hidden] not in the menu
 */
export function later(name, bring, text, hidden = false) {
  views[name] = {title: () => text, draw: () => html`<p class="first">…</p>`};
  coming.set(name, bring);
  if (!hidden) menu.push([name, text]);
}

/** @param {string} name */
async function bring(name) {
  const way = coming.get(name);
  if (!way) return;
  coming.delete(name);
  try {
    views[name] = (await way()).view;
    came.value++;
  } catch {
    coming.set(name, way); // with the next connection
  }
}

/** All there are: name, and what the menu calls it. @returns {[name: string, text: string | undefined][]} */
export const all = () => Object.keys(views).map((name) => [name, menu.find(([one]) => one === name)?.[1]]);

/** The bus of a musician, who sees his mix and what is of himself; '' of all others. */
const own = computed(() => (line.role.value.startsWith('bus:') ? line.role.value.slice(4) : ''));
const OWN = ['bus', 'people', 'invite', 'screen'];

const at = computed(() => {
  came.value;
  const [first, ...rest] = place.value.split('/');
  if (own.value && (first === 'bus' || !OWN.includes(first))) return {name: 'bus', view: views.bus, rest: [own.value]};
  return views[first] ? {name: first, view: views[first], rest} : {name: 'mix', view: views.mix, rest: ['ch']};
});

const told = signal('');

/** Say something for a moment. @param {string} text */
export function tell(text) {
  told.value = text;
  setTimeout(() => told.peek() === text && (told.value = ''), TOLD_MS);
}

const LINES = /** @type {Record<string, string>} */ ({
  joining: 'Looking for the desk …',
  offline: 'Offline: the desk is not heard. Nothing that you move now is sent.',
});

function banner() {
  const state = line.state.value;
  if (older.value) return html`<div class="banner" role="alert">The desk has a newer page: it comes as soon as no finger is down.</div>`;
  if (state === 'live') return nothing;
  const text = state === 'shut' ? `This device is not let in: ${line.shutBy.value}. Whoever runs the desk invites it again by studiod join.` : LINES[state];
  return html`<div class=${`banner ${state}`} role="alert">${text}</div>`;
}

/** @param {string} word @param {string} text @param {string} sign @param {string} title */
function turn(word, text, sign, title) {
  const needed = mayAsk(line.role.value, word);
  return html`<button type="button" aria-label=${text} aria-disabled=${needed ? 'true' : 'false'} title=${needed ? `needs the role ${needed}` : title}
    @click=${() => !needed && line.say(`/${word}`)}>${sign}</button>`;
}

function top() {
  const {view, rest, name} = at.value;
  const clears = desk.on('solo/any') && may(line.role.value, 'solo/clear') === '';
  return html`<header class=${`top ${view.colour?.(rest) ?? ''}`}>
    <button type="button" class="menu" aria-label="Menu" aria-expanded=${String(menuOpen.value)} @click=${() => (menuOpen.value = !menuOpen.value)}>☰</button>
    <h1>${view.title(rest)}</h1>
    ${clears ? html`<button type="button" class="clear-solo" @click=${() => line.say('/solo/clear', [1], 'i')}>Clear solo</button>` : nothing}
    ${desk.text('status/alarm') ? html`<span class="alarm" role="status" title=${desk.text('status/alarm')}>⚠ ${desk.text('status/alarm')}</span>` : nothing}
    ${name === 'mix' || (own.value && name === 'bus') ? nothing : html`<button type="button" @click=${() => go(own.value ? `bus/${own.value}` : 'mix/ch')}>${own.value ? 'My mix' : 'Mixer'}</button>`}
    ${turn('undo', 'Undo', '↶', 'Undo (Ctrl+Z)')} ${turn('redo', 'Redo', '↷', 'Redo (Ctrl+Shift+Z)')}
  </header>`;
}

const menuOpen = signal(false);

function drawMenu() {
  if (!menuOpen.value) return nothing;
  return html`<nav class="menu-list" aria-label="Views">
    ${menu.filter(([name]) => !own.value || OWN.includes(name)).map(([name, text]) => html`<button type="button" aria-current=${at.value.name === name ? 'page' : 'false'} @click=${() => {
      menuOpen.value = false;
      go(name);
    }}>${text}</button>`)}
  </nav>`;
}

/** @param {KeyboardEvent} event */
function keys(event) {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'z' && !(event.target instanceof HTMLInputElement)) {
    event.preventDefault();
    line.say(event.shiftKey ? '/redo' : '/undo');
  }
  if (event.key === 'Escape') menuOpen.value = false;
}

/** @param {HTMLElement} root */
export function mount(root) {
  root.innerHTML = '<div id="banner"></div><div id="top"></div><div id="menu"></div><main id="view"></main><div id="told" role="status"></div>';
  const [banners, tops, menus, main, says] = /** @type {HTMLElement[]} */ ([...root.children]);
  effect(() => render(banner(), banners));
  effect(() => render(top(), tops));
  effect(() => render(drawMenu(), menus));
  effect(() => render(told.value ? html`<p>${told.value}</p>` : nothing, says));
  effect(() => render(at.value.view.draw(at.value.rest), main));
  effect(() => {
    document.title = `${at.value.view.title(at.value.rest)} · studiod`;
  });
  effect(() => {
    document.documentElement.dataset.theme = theme.value;
    document.documentElement.style.fontSize = `${letters.value}%`;
    document.documentElement.dataset.state = line.state.value;
  });
  effect(() => {
    if (line.state.value === 'live') void bring(at.value.name);
  });
  let stop = () => {};
  effect(() => {
    const {view, rest} = at.value;
    const wanted = view.patterns?.(rest) ?? [];
    const before = stop;
    stop = untracked(() => {
      need(view.roots ?? []);
      return desk.show(wanted);
    });
    before();
  });
  effect(() => {
    root.toggleAttribute('inert', isOpen() || locked.value);
  });
  desk.show(ALWAYS);
  effect(() => {
    if (desk.refusal.value.text) tell(desk.refusal.value.text);
  });
  addEventListener('keydown', keys);
}
