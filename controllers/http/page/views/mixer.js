/** The strips side by side: a bank of one kind, of a layer, or of the members of a DCA; the mains beside them. */

import {effect, signal, untracked} from '../lib/signals-core.module.js';
import {html, nothing} from '../lib/lit-html.js';
import {count, need} from '../line/about.js';
import * as desk from '../line/desk.js';
import {go, place} from '../line/place.js';
import {width} from '../parts/choices.js';
import {Live} from '../parts/live.js';
import {all, named} from '../parts/names.js';
import {mixes} from '../parts/rights.js';
import {firstBus} from '../parts/send.js';
import '../parts/strip.js';

const PHONE_PX = 600;
const LEAST_PX = 84;
const EDGE_PX = 20; // where iPads swipe back: no fader stands there
const KINDS = /** @type {[string, string][]} */ ([['ch', 'Channels'], ['return', 'FX'], ['bus', 'Buses'], ['matrix', 'Matrices'], ['dca', 'DCAs']]); // prettier-ignore
const SENT = ['ch', 'return']; // these have sends into buses
const LAYERS = 6;
const SLOTS = 32;
const SWIPE_PX = 50;

/** The bus whose sends were on the faders last. */
let last = '1';

/** How wide the window is, px. */
const wide = signal(innerWidth);
addEventListener('resize', () => (wide.value = innerWidth));

/** How many strips stand beside the mains; and whether the mains do. */
function room() {
  const px = wide.value - EDGE_PX;
  if (wide.value < PHONE_PX) return {strips: Math.max(Math.floor(px / LEAST_PX), 1), main: false};
  return {strips: Math.max(Math.floor(px / Math.max(width.value, LEAST_PX)) - 1, 1), main: true};
}

/** @param {string} bank ch, dca/3, layer/2, main @returns {string[]} */
function strips(bank) {
  const [kind, index] = bank.split('/');
  if (kind === 'main') return ['main'];
  if (kind === 'layer') {
    const slots = Array.from({length: SLOTS}, (_, k) => desk.text(`surface/page/layer/${index}/slot/${k + 1}`) || 'none');
    while (slots.length && slots[slots.length - 1] === 'none') slots.pop();
    return slots;
  }
  if (kind === 'dca' && index) {
    return ['ch', 'return', 'bus', 'matrix'].flatMap(all).filter((path) => desk.on(`${path}/dca/${index}`));
  }
  return all(kind);
}

/** What has to be told for a bank. @param {string} bank @param {string[]} shown */
function patterns(bank, shown) {
  const [kind, index] = bank.split('/');
  const kinds = kind === 'layer' || (kind === 'dca' && index) ? ['ch', 'return', 'bus', 'matrix', 'dca'] : [kind];
  const basic = kinds.filter((one) => count(one)).map((one) => `${one}/*/{name,colour,fader,mute,solo,pan,balance}`);
  const links = kinds.filter((one) => count(one) && ['ch', 'bus', 'matrix'].includes(one)).map((one) => `${one}/*/link`);
  const byKind = new Map();
  for (const path of shown) {
    const [one, n] = path.split('/');
    if (n && one !== 'dca') byKind.set(one, [...(byKind.get(one) ?? []), n]);
  }
  const curves = [...byKind].map(([one, numbers]) => `${one}/{${numbers.join(',')}}/{eq,hpf,lpf}/**`);
  const more = kind === 'layer' ? ['surface/page/**'] : kind === 'dca' && index ? kinds.slice(0, 4).filter((one) => count(one)).map((one) => `${one}/*/dca/${index}`) : [];
  return [...basic, ...links, ...curves, ...more, 'main/{name,colour,fader,mute,balance}', 'main/eq/**'];
}

/** Which strips are under the faders; kept for each bank. */
const firsts = signal(/** @type {Record<string, number>} */ ({}));

/** @param {string} bank @param {number} by banks */
function page(bank, by) {
  const {strips: n} = room();
  const most = Math.max(Math.ceil(untracked(() => strips(bank)).length / n) - 1, 0) * n;
  const first = Math.min(Math.max((firsts.peek()[bank] ?? 0) + by * n, 0), most);
  firsts.value = {...firsts.peek(), [bank]: first};
}

/** `bank`; `member`: dca/3 or mutegroup/2, whose members are chosen; `send`: 5, faders are the sends into bus 5. */
class Mixer extends Live {
  static observedAttributes = ['bank', 'member', 'send'];

  /** What stands before the bank in the address. */
  get base() {
    const {member, send} = this.given;
    return send.value ? `sends/${send.value}` : member.value ? `members/${member.value}` : 'mix';
  }

  begin() {
    need(['ch', 'return', 'bus', 'matrix', 'main', 'dca']);
    let stop = () => {};
    let key = '';
    this.ends.push(
      effect(() => {
        const bank = this.given.bank.value;
        const wanted = patterns(bank, this.shown(bank));
        const member = this.given.member.value;
        if (member) wanted.push(`*/*/${member}`, `main/${member}`, `${member}/name`);
        const send = this.given.send.value;
        if (send) wanted.push(`${bank.startsWith('layer/') ? '{ch,return,bus}' : '{ch,return}'}/*/send/${firstBus(send)}/**`, `bus/{${mixes(Number(send)).join(',')}}/{name,colour,fader,mute,balance}`);
        if (wanted.join(' ') === key) return;
        key = wanted.join(' ');
        const before = stop;
        stop = untracked(() => desk.show(wanted));
        before();
      }),
      () => stop(),
    );
    this.addEventListener('open-strip', (event) => {
      const path = /** @type {CustomEvent} */ (event).detail;
      if (this.swiped) return; // the click that ends a swipe
      go(path.startsWith('dca/') ? `mix/${path}` : `strip/${path}`);
    });
    this.addEventListener('pointerdown', (event) => {
      this.swiped = false;
      const name = event.target instanceof Element && event.target.closest('.name');
      if (name) this.from = {x: event.clientX, id: event.pointerId};
    });
    this.addEventListener('pointerup', (event) => {
      if (this.from?.id !== event.pointerId) return;
      const by = event.clientX - this.from.x;
      this.from = undefined;
      if (Math.abs(by) < SWIPE_PX) return;
      this.swiped = true;
      setTimeout(() => (this.swiped = false), 300);
      page(this.given.bank.peek(), by < 0 ? 1 : -1);
    });
  }

  /** @param {string} bank */
  shown(bank) {
    const {strips: n} = room();
    const list = strips(bank);
    const first = Math.min(firsts.value[bank] ?? 0, Math.max(Math.ceil(list.length / n) - 1, 0) * n);
    return list.slice(first - (first % n), first - (first % n) + n);
  }

  draw() {
    const bank = this.given.bank.value;
    const member = this.given.member.value;
    const send = this.given.send.value;
    const {strips: n, main} = room();
    const shown = this.shown(bank);
    this.style.setProperty('--strips', String(n + (main && bank !== 'main' ? 1 : 0)));
    return html`<div class="strips">
        ${shown.length ? nothing : this.nothing(bank, main)}
        ${Array.from({length: shown.length && n}, (_, k) => html`<x-strip path=${shown[k] ?? 'none'} member=${member} send=${send}></x-strip>`)}
        ${main && bank !== 'main' ? html`<x-strip class="main" path="main" member=${member} send=${send}></x-strip>` : nothing}
      </div>
      ${this.banks(bank, n, main)}`;
  }

  /** What stands where there are no strips, once it is known that there are none. @param {string} bank @param {boolean} main */
  nothing(bank, main) {
    const [kind, index] = bank.split('/');
    const [words, to, way] = kind === 'dca' ? ['No members yet.', 'Choose members', `members/${bank}`] : ['Nothing in this layer yet.', 'Arrange', `layers/${index}`];
    return html`<div class=${`none${main ? '' : ' alone'}`}>
      ${desk.loading.value || !index ? nothing : html`<p>${words}</p><button type="button" @click=${() => go(way)}>${to}</button>`}
    </div>`;
  }

  /** @param {string} bank @param {number} n @param {boolean} main */
  banks(bank, n, main) {
    const [kind, index] = bank.split('/');
    const list = strips(bank);
    const first = Math.min(firsts.value[bank] ?? 0, Math.max(list.length - 1, 0));
    const at = first - (first % n);
    const layers = Array.from({length: LAYERS}, (_, k) => k + 1).filter((k) => desk.text(`surface/page/layer/${k}/name`) || `${k}` === (kind === 'layer' ? index : ''));
    /** @param {string} to @param {string} text */
    const tab = (to, text) => html`<button type="button" class=${to === bank ? 'on' : ''} aria-current=${to === bank ? 'page' : 'false'} @click=${() => go(`${this.base}/${to}`)}>${text}</button>`;
    const send = this.given.send.value;
    const kinds = KINDS.filter(([one]) => count(one) && !(send ? !SENT.includes(one) : this.given.member.value && one === 'dca'));
    if (send) last = send;
    return html`<nav class="banks" aria-label="Banks">
      <button type="button" aria-label="The strips before" ?disabled=${at === 0} @click=${() => page(bank, -1)}>◀</button>
      <span class="at" aria-live="polite">${list.length ? `${at + 1}\u2013${Math.min(at + n, list.length)} of ${list.length}` : 'none'}</span>
      <button type="button" aria-label="The strips after" ?disabled=${at + n >= list.length} @click=${() => page(bank, 1)}>▶</button>
      <span class="tabs">
        ${kinds.map(([one, text]) => tab(one, text))}
        ${layers.map((k) => tab(`layer/${k}`, desk.text(`surface/page/layer/${k}/name`) || `Layer ${k}`))}
        ${kind === 'layer' && this.base === 'mix' ? html`<button type="button" @click=${() => go(`layers/${index}`)}>Arrange</button>` : nothing}
        ${kind === 'dca' && index ? html`<button type="button" class="on">${named(bank)}</button>` : nothing}
        ${main ? nothing : tab('main', send ? 'Mix' : 'Main')}
        ${count('bus') && !this.given.member.value
          ? html`<button type="button" class=${`flip${send ? ' on' : ''}`} aria-pressed=${String(send !== '')} @click=${() => go(send ? `mix/${bank}` : `sends/${last}/${SENT.includes(kind) || kind === 'layer' ? bank : 'ch'}`)}>
              Sends on faders
            </button>`
          : nothing}
      </span>
    </nav>`;
  }
}

customElements.define('x-mixer', Mixer);

/** @type {import('./app.js').View} */
export const view = {
  title: (at) => {
    const [kind, index] = at;
    if (index) return kind === 'layer' ? desk.text(`surface/page/layer/${index}/name`) || `Layer ${index}` : `Members of ${named(`${kind}/${index}`)}`;
    return KINDS.find(([one]) => one === kind)?.[1] ?? 'Main';
  },
  patterns: () => ['surface/page/layer/*/name'],
  draw: (at) => html`<x-mixer bank=${at.join('/') || 'ch'} data-place=${place.peek()}></x-mixer>`,
};
