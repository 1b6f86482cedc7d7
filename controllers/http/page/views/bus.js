/** A musician's page: his mix and nothing else, with what is sent there on big faders, and one wheel for more of himself. */

import {effect, signal, untracked} from '../lib/signals-core.module.js';
import {html, nothing} from '../lib/lit-html.js';
import {about, count, known} from '../line/about.js';
import * as desk from '../line/desk.js';
import * as line from '../line/line.js';
import {Live} from '../parts/live.js';
import {byUse, inOrder, isSent, isTold, mine, senders} from '../parts/mine.js';
import {openEq} from '../parts/easy_eq.js';
import {colour} from '../parts/names.js';
import {mayAsk, mixes} from '../parts/rights.js';
import {mixName, mixRow} from '../parts/send.js';
import {sure} from '../parts/sure.js';
import '../parts/more.js';
import '../parts/strip.js';

/** The copy of the main mix that can be taken back. @type {import('../lib/signals-core.module.js').Signal<{bus: string, text: string, left: string[]} | null>} */
const copied = signal(null);
/** @type {string[]} why strips could not be copied as they are, until the copy is answered */
let left = [];

line.hear((address, args) => {
  if (address === '/mix/copy/left') left.push(`${args[0]}: ${args[1]}`);
  if (address !== '/mix/copy') return;
  const bus = String(args[1]).replace('bus/', '');
  mine(Number(bus)).lowered.value = {by: 0, each: {}};
  copied.value = {bus, text: `The main mix is copied: ${args[2]} values changed.`, left};
  left = [];
});
line.onLost(() => {
  copied.value = null;
  left = [];
});

/** The most that the outputs which play a mix let out. @param {number[]} buses */
function ceilings(buses) {
  const points = buses.map((bus) => `bus/${bus}`);
  /** @type {Map<string, number[]>} outputs by their ceiling */
  const by = new Map();
  for (let output = 1; output <= count('output'); output++) {
    const path = `output/${output}`;
    if (!points.includes(desk.text(`${path}/source`))) continue;
    const level = dbfs(desk.number(`${path}/ceiling`));
    by.set(level, [...(by.get(level) ?? []), output]);
  }
  if (!by.size) return html`<span class="ceiling">No output plays it</span>`;
  const parts = [...by].map(([level, outputs]) => `${level} dBFS at output ${outputs.join(', ')}`);
  return html`<span class="ceiling" title=${about('output/1/ceiling')?.words ?? ''}>Ceiling: ${parts.join('; ')}</span>`;
}

/** @param {number} db */
const dbfs = (db) => db.toFixed(1).replace('-', '\u2212');

/** `<x-own-mix bus="3">`, of a linked pair the odd one. */
class OwnMix extends Live {
  static observedAttributes = ['bus'];

  get bus() {
    return Number(this.given.bus.value);
  }

  begin() {
    let told = 0; // the bus whose sends are in the list
    this.ends.push(
      effect(() => {
        const bus = this.bus;
        if (!isTold(bus)) return;
        if (told !== bus || copied.value?.bus === String(bus)) this.bring(bus);
        told = bus;
      }),
    );
    /** @param {Event} event */
    const use = (event) => this.use(event);
    this.addEventListener('pointerdown', use, {capture: true});
    this.ends.push(() => this.removeEventListener('pointerdown', use, {capture: true}));
  }

  /** What is sent now is seen from now on. @param {number} bus */
  bring(bus) {
    const sent = senders.value.filter((strip) => isSent(strip, bus));
    untracked(() => {
      const {list} = mine(bus);
      const more = sent.filter((strip) => !list.value.includes(strip));
      if (more.length) list.value = [...list.value, ...more];
    });
  }

  /** @param {Event} event */
  use(event) {
    const fader = event.target instanceof Element ? event.target.closest('x-fader, .wheel') : null;
    if (!fader) return;
    copied.value = null; // an undo would now take back something else
    const strip = fader.closest('[data-path]')?.getAttribute('data-path');
    if (!strip || strip === 'main') return;
    const {used} = mine(this.bus);
    used.value = {...used.peek(), [strip]: (used.peek()[strip] ?? 0) + 1};
  }

  draw() {
    known.value;
    const bus = this.bus;
    const {list, every, order} = mine(bus);
    const sent = senders.value.filter((strip) => isSent(strip, bus));
    const shown = inOrder(every.value || !list.value.length ? senders.value : senders.value.filter((strip) => list.value.includes(strip)), bus);
    const fresh = every.value || !list.value.length ? [] : sent.filter((strip) => !list.value.includes(strip));
    /** @param {boolean} on @param {string} text @param {() => void} press */
    const tab = (on, text, press) => html`<button type="button" class=${on ? 'on' : ''} aria-pressed=${String(on)} @click=${press}>${text}</button>`;
    const helps = !line.role.value.startsWith('bus:'); // somebody else's mix is opened to help
    return html`<div class=${`own tint ${colour(`bus/${bus}`)}`}>
      ${helps ? mixRow(String(bus), (number) => `bus/${number}`) : nothing}
      <div class="tools">
        ${tab(!every.value, 'Sent here', () => {
          if (!every.peek()) list.value = senders.peek().filter((strip) => isSent(strip, bus)); // asked for again: as it is now
          every.value = false;
        })}
        ${tab(every.value, 'All', () => (every.value = true))}
        ${tab(order.value.length > 0, 'Most used first', () => byUse(bus))}
        ${order.value.length ? tab(false, 'Desk’s order', () => (order.value = [])) : nothing}
        <button type="button" @click=${() => openEq(`bus/${bus}`, `EQ of ${mixName(bus)}`)}>EQ</button>
        ${this.copies(bus)}
        ${fresh.length ? html`<button type="button" class="strong" @click=${() => this.bring(bus)}>+${fresh.length} more sent here</button>` : nothing}
        ${ceilings(mixes(bus))}
      </div>
      ${copied.value?.bus === String(bus) ? this.undo(copied.value) : nothing}
      <div class="sent-here" role="group" aria-label=${`What plays in ${mixName(bus)}`} tabindex="-1">
        ${shown.map((strip) => html`<x-strip path=${strip} send=${String(bus)} plain></x-strip>`)}
      </div>
      <x-strip class="main" path="main" send=${String(bus)} plain></x-strip>
      <x-more bus=${String(bus)}></x-more>
    </div>`;
  }

  /** @param {number} bus */
  copies(bus) {
    const need = mayAsk(line.role.value, 'mix/copy');
    const off = line.state.value !== 'live' || need !== '';
    const copy = () => sure(`Copy the main mix into ${mixName(bus)}? Its faders are set anew.`, () => line.say('/mix/copy', ['main', `bus/${bus}`]), 'Copy it');
    return html`<button type="button" aria-disabled=${String(off)} title=${need ? `needs the role ${need}` : nothing} @click=${() => !off && copy()}>Copy the main mix</button>`;
  }

  /** @param {{text: string, left: string[]}} done */
  undo(done) {
    return html`<div class="copied" role="status">
      <span>${done.text}${done.left.length ? ` Not quite as in the mains: ${done.left.join('; ')}.` : ''}</span>
      <button type="button" class="strong" @click=${() => {
        line.say('/undo');
        copied.value = null;
      }}>Take it back</button>
      <button type="button" aria-label="It is good so" @click=${() => (copied.value = null)}>×</button>
    </div>`;
  }
}

customElements.define('x-own-mix', OwnMix);

/** @param {string[]} at */
const busOf = (at) => {
  const bus = Math.round(Number(at[0]));
  return bus >= 1 && bus <= Math.max(count('bus'), 1) ? bus : 1;
};

/** @type {import('./app.js').View} */
export const view = {
  title: (at) => `Mix: ${mixName(busOf(at))}`,
  colour: (at) => `tint ${colour(`bus/${mixes(busOf(at))[0]}`)}`,
  patterns: (at) => {
    const both = mixes(busOf(at));
    return [
      '{ch,return}/*/{name,colour,pan,balance,link}',
      `{ch,return}/*/send/${both[0]}/**`,
      'bus/*/{name,colour}',
      `bus/{${both.join(',')}}/{fader,mute,balance}`,
      `bus/{${both.join(',')}}/{eq,hpf,lpf}/**`,
      'output/*/{source,ceiling}',
    ];
  },
  roots: ['ch', 'return', 'bus', 'output', 'main'],
  draw: (at) => html`<x-own-mix bus=${String(mixes(busOf(at))[0])}></x-own-mix>`,
};
