/** What a strip has, as tiles in the order of the signal, each small beside the others and large by itself. */

import {html, nothing, svg} from '../lib/lit-html.js';
import {count} from '../line/about.js';
import * as desk from '../line/desk.js';
import {role, state} from '../line/line.js';
import {listens, take} from '../parts/analyser.js';
import {called, chosen, lifts, paths} from '../parts/eq-handle.js';
import {parts} from '../parts/eq.js';
import * as position from '../parts/goal.js';
import {named, pair} from '../parts/names.js';
import {may} from '../parts/rights.js';
import '../parts/choice.js';
import '../parts/curve.js';
import '../parts/fader.js';
import '../parts/knob.js';
import '../parts/meter.js';
import '../parts/number.js';
import '../parts/squeeze.js';
import '../parts/switch.js';
import {dial, flip, has, list, row, side} from './pieces.js';

/**
 * @typedef {object} Tile
 * @property {string} name its word in the address
 * @property {string} title
 * @property {string} [on] what switches it, below the strip
 * @property {string[]} parts what of a strip it is, for copies
 * @property {(strip: string) => boolean} has
 * @property {(strip: string, large: boolean) => unknown} draw
 */

/** @param {string} strip */
function eqLarge(strip) {
  const there = parts(strip);
  const band = there.includes(chosen.value) ? chosen.value : (there[0] ?? '1');
  const of = paths(strip, band);
  const rta = listens(strip);
  const need = may(role.value, 'meter/rta');
  return html`<x-eq path=${strip}></x-eq>
    <div class="bands" role="group" aria-label="Bands">
      ${there.map(
        (one) => html`<button type="button" class=${`${one === band ? 'on' : ''}${desk.on(paths(strip, one).on) ? '' : ' out'}`}
          aria-pressed=${one === band ? 'true' : 'false'} @click=${() => (chosen.value = one)}>${called(one)}</button>`,
      )}
      <button type="button" class=${rta ? 'on' : ''} aria-pressed=${rta ? 'true' : 'false'} aria-disabled=${state.value !== 'live' || need ? 'true' : 'false'}
        title=${need ? `needs the role ${need}` : nothing} @click=${() => need || take(strip)}>Analyser</button>
    </div>
    <div class="line dials">
      ${flip(of.on, 'In')} ${list(of.type, of.filter ? 'Slope' : 'Type')} ${dial(of.freq, 'Frequency', true)}
      ${lifts(strip, band) ? dial(of.gain, 'Gain', true) : nothing} ${dial(of.q, 'Q', true)}
    </div>`;
}

/** What a gate or compressor listens to. @param {string} at */
function key(at) {
  return html`<fieldset><legend>Key</legend>
    <div class="line dials">${list(`${at}/key`, 'Listens to')} ${flip(`${at}/listen`, 'Hear it')}</div>
    <div class="line dials">${flip(`${at}/filter/on`, 'Filter')} ${list(`${at}/filter/type`, 'Shape')} ${dial(`${at}/filter/freq`, 'Frequency')} ${dial(`${at}/filter/q`, 'Q')}</div>
  </fieldset>`;
}

const KNOBS = /** @type {Record<string, [string, string][]>} */ ({
  gate: [['threshold', 'Threshold'], ['range', 'Range'], ['hysteresis', 'Hysteresis'], ['attack', 'Attack'], ['hold', 'Hold'], ['release', 'Release']],
  comp: [['threshold', 'Threshold'], ['ratio', 'Ratio'], ['knee', 'Knee'], ['attack', 'Attack'], ['hold', 'Hold'], ['release', 'Release'], ['makeup', 'Make-up'], ['mix', 'Mix']],
}); // prettier-ignore

/** @param {string} strip @param {string} unit @param {boolean} large */
function squeeze(strip, unit, large) {
  const at = `${strip}/${unit}`;
  const taken = html`<x-meter kind="taken" bank=${unit} name=${strip} aria-label=${`What the ${unit} takes away`}></x-meter>`;
  if (!large) {
    return html`<div class="view"><x-squeeze path=${strip} unit=${unit}></x-squeeze>${taken}</div>
      ${row(...KNOBS[unit].slice(0, 2).map(([name, text]) => dial(`${at}/${name}`, text)))}`;
  }
  return html`<div class="beside"><div class="view"><x-squeeze path=${strip} unit=${unit} handles="yes"></x-squeeze>${taken}</div>
    <div class="controls">
      <div class="line dials">${list(`${at}/mode`, 'Mode')} ${list(`${at}/detector`, 'Measures')} ${list(`${at}/position`, 'Place')}</div>
      <div class="line dials">${KNOBS[unit].map(([name, text]) => dial(`${at}/${name}`, text, true))}</div>
      ${key(at)}</div></div>`;
}

/** Where the sends of a strip go: buses or matrices. @param {string} strip */
export const goal = (strip) => (/^(bus|main)/.test(strip) ? 'matrix' : 'bus');

/** @param {string} strip */
const sends = (strip) => Array.from({length: count(goal(strip))}, (_, k) => k + 1).filter((n) => has(`${strip}/send/${n}/level`));

/** Whether a bus has a partner: then a send has a place between them. @param {string} kind @param {number} n */
const linked = (kind, n) => desk.on(pair(`${kind}/${n}`));

/** How much goes where, at a glance. @param {string} strip @param {number[]} levels */
const bars = (strip, levels) => levels.map((n, k) => {
  const at = `${strip}/send/${n}`;
  const high = 40 * position.turn(`${at}/level`);
  return svg`<path class="way" d=${`M${10 * k + 5} 40V0`}></path><path class=${desk.on(`${at}/on`) ? 'bar' : 'bar out'} d=${`M${10 * k + 5} 40V${(40 - high).toFixed(1)}`}></path>`;
}); // prettier-ignore

/** @param {string} strip @param {boolean} large */
function sendRow(strip, large) {
  const kind = goal(strip);
  const levels = sends(strip);
  if (!large) return html`<div class="view bars"><svg viewBox=${`0 0 ${10 * levels.length} 40`} preserveAspectRatio="none" aria-hidden="true">${bars(strip, levels)}</svg></div>`;
  const pairs = levels.some((n) => linked(kind, n));
  return html`<div class="send-row">${levels.map((n) => {
    const at = `${strip}/send/${n}`;
    const name = named(`${kind}/${n}`);
    const label = `${named(strip)} into ${name}`;
    return html`<section class="into" aria-label=${label}>
      <h3 class=${`colour-${desk.text(`${kind}/${n}/colour`) || 'off'}`}>${name}</h3>
      <x-switch path=${`${at}/on`} kind="send" label=${`${label}: on`} text="On"></x-switch>
      <x-choice path=${`${at}/tap`} label=${`${label}: taps`}></x-choice>
      ${linked(kind, n)
        ? html`<x-switch path=${`${at}/follow`} label=${`${label}: pan follows the strip`} text="Follow"></x-switch>
            ${desk.on(`${at}/follow`) ? html`<div class="gap"></div>` : dial(`${at}/pan`, 'Pan')}`
        : pairs
          ? html`<div class="gap two"></div>`
          : nothing}
      <x-fader path=${`${at}/level`} label=${label}></x-fader><x-number path=${`${at}/level`} label=${label}></x-number></section>`;
  })}</div>`;
}

/** @param {string} strip @param {string} kind @param {string} text @param {boolean} large */
function members(strip, kind, text, large) {
  const numbers = Array.from({length: count(kind)}, (_, k) => k + 1).filter((n) => has(`${strip}/${kind}/${n}`));
  if (!large) {
    const of = numbers.filter((n) => desk.on(`${strip}/${kind}/${n}`)).map((n) => desk.text(`${kind}/${n}/name`) || n);
    return html`<p class="says"><small>${text}</small>${of.join(', ') || 'none'}</p>`;
  }
  return html`<fieldset><legend>${text}</legend><div class="line">${numbers.map((n) => {
    const name = desk.text(`${kind}/${n}/name`) || `${text} ${n}`;
    return html`<x-switch path=${`${strip}/${kind}/${n}`} label=${`Member of ${name}`} text=${desk.text(`${kind}/${n}/name`) || `${n}`} kind="member"></x-switch>`;
  })}</div></fieldset>`;
}

/** @type {Tile[]} */
export const TILES = [
  {
    name: 'input', title: 'Input', parts: ['trim', 'polarity'],
    has: (strip) => ['source', 'trim', 'polarity'].some((part) => has(`${strip}/${part}`)) || has(pair(strip)),
    draw: (strip, large) => html`${list(`${strip}/source`, 'Source')}${row(
      dial(`${strip}/trim`, 'Trim', large),
      flip(`${strip}/polarity`, large ? 'Ø Polarity' : 'Ø', 'Ø Polarity turned over'),
      flip(pair(strip), large ? 'Stereo link' : 'Link', 'Stereo link'),
    )}`,
  },
  {
    name: 'delay', title: 'Delay', on: 'delay/on', parts: ['delay'],
    has: (strip) => has(`${strip}/delay/on`),
    draw: (strip, large) => row(dial(`${strip}/delay/time`, 'Time', large)),
  },
  {
    name: 'filters', title: 'Filters', parts: ['hpf', 'lpf'],
    has: (strip) => has(`${strip}/hpf/on`),
    draw: (strip, large) => html`${large ? html`<x-eq path=${strip}></x-eq>` : nothing}
      ${[['hpf', 'Low cut'], ['lpf', 'High cut']].map(([part, text]) => row(flip(`${strip}/${part}/on`, text), dial(`${strip}/${part}/freq`, 'Frequency', large), large ? list(`${strip}/${part}/slope`, 'Slope') : nothing))}`,
  },
  {
    name: 'gate', title: 'Gate', on: 'gate/on', parts: ['gate'],
    has: (strip) => has(`${strip}/gate/on`),
    draw: (strip, large) => squeeze(strip, 'gate', large),
  },
  {
    name: 'eq', title: 'EQ', on: 'eq/on', parts: ['eq'],
    has: (strip) => has(`${strip}/eq/on`),
    draw: (strip, large) => (large ? eqLarge(strip) : html`<x-curve class="view" path=${strip}></x-curve>`),
  },
  {
    name: 'comp', title: 'Compressor', on: 'comp/on', parts: ['comp'],
    has: (strip) => has(`${strip}/comp/on`),
    draw: (strip, large) => squeeze(strip, 'comp', large),
  },
  {
    name: 'insert', title: 'Insert', parts: ['insert'],
    has: (strip) => has(`${strip}/insert/fx`),
    draw: (strip) => row(list(`${strip}/insert/fx`, 'Effect'), list(`${strip}/insert/position`, 'Place')),
  },
  {
    name: 'sends', title: 'Sends', parts: ['send'],
    has: (strip) => sends(strip).length > 0,
    draw: sendRow,
  },
  {
    name: 'groups', title: 'Groups', parts: ['dca', 'mutegroup'],
    has: (strip) => has(`${strip}/dca/1`) || has(`${strip}/mutegroup/1`),
    draw: (strip, large) => html`${members(strip, 'dca', 'DCA', large)}${members(strip, 'mutegroup', 'Mute group', large)}`,
  },
  {
    name: 'limiter', title: 'Limiter', on: 'limiter/on', parts: ['limiter'],
    has: (strip) => has(`${strip}/limiter/on`),
    draw: (strip, large) => html`<div class="view"><x-meter kind="taken" bank="main" name="limiter" aria-label="What the limiter takes away"></x-meter><div class="line dials">
      ${dial(`${strip}/limiter/gain`, 'Drive', large)}${dial(`${strip}/limiter/ceiling`, 'Ceiling', large)}
      ${large ? [dial(`${strip}/limiter/release`, 'Release', true), dial(`${strip}/limiter/lookahead`, 'Look-ahead', true)] : nothing}</div></div>`,
  },
  {
    name: 'route', title: 'Route', parts: [],
    has: () => true,
    draw: (strip, large) => html`${row(flip(`${strip}/main/on`, 'To main'), side(strip, large), dial(`${strip}/width`, 'Width', large))}
      ${row(flip(`${strip}/solo_safe`, 'Solo safe'), flip(`${strip}/safe`, 'Scene safe'), flip(`${strip}/automix/on`, 'Automix'))}
      ${large ? row(dial(`${strip}/automix/weight`, 'Weight', true), list(`${strip}/automation`, 'Automation')) : nothing}`,
  },
];
