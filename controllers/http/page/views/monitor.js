/** What the one at the desk hears, and says to others: the monitor, its speakers, solo, talkback, click, test signal. */

import {html} from '../lib/lit-html.js';
import {about, known} from '../line/about.js';
import * as desk from '../line/desk.js';
import {say} from '../line/line.js';
import {called, dial, field, flip, fold, panel, press} from '../parts/panel.js';
import {Live} from '../parts/live.js';
import {all, named} from '../parts/names.js';
import '../parts/fader.js';
import '../parts/hold.js';
import '../parts/meter.js';

const KINDS = ['bus', 'matrix', 'return', 'ch'];

const level = () =>
  panel(
    'Monitor',
    html`<div class="sides">
        <div class="way tall">
          <x-fader path="monitor/level" label="Level of the monitor"></x-fader>
          ${['l', 'r'].map((side) => html`<x-meter bank="monitor" name=${`monitor/${side}`} aria-label=${`Monitor ${side}`}></x-meter>`)}
        </div>
        <div class="pile">
          ${flip('monitor/mute', 'Mute', 'mute', 'Mute the monitor')} ${flip('monitor/dim', 'Dim', '', 'Dim the monitor')}
          ${flip('monitor/mono', 'Mono')} ${flip('monitor/swap', 'Swap L R')}
        </div>
      </div>
      <x-number path="monitor/level" label="Level of the monitor"></x-number>
      ${field('Source', html`<x-choice path="monitor/source" label="Source of the monitor"></x-choice>`)}
      ${dial('monitor/dim_level', 'Dim by', 'Monitor')}`,
    'high',
  );

const speakers = () =>
  panel(
    'Speakers',
    html`${field('Speakers', html`<x-pick path="monitor/speaker" label="Speakers"></x-pick>`)}
      ${(about('monitor/speaker')?.items ?? []).map((one) => dial(`monitor/trim/${one}`, `Trim ${one.toUpperCase()}`, 'Speakers'))}
      ${field('Sounds as on', html`<x-pick path="monitor/translate" label="Sounds as on"></x-pick>`)}`,
  );

const solo = () =>
  panel(
    'Solo',
    html`${press('=solo/clear', desk.on('solo/any') ? 'Clear solo' : 'No solo', () => say('/solo/clear', [1], 'i'), {
        kind: desk.on('solo/any') ? 'clear-solo wide' : 'wide',
      })}
      ${field('Channels', html`<x-pick path="solo/ch_mode" label="How channels solo"></x-pick>`)}
      ${field('Buses', html`<x-pick path="solo/bus_mode" label="How buses solo"></x-pick>`)}
      ${flip('solo/exclusive', 'One at a time', '', 'One at a time: a new solo takes all others off')}
      ${dial('monitor/solo_trim', 'Solo trim', 'Monitor')}`,
  );

/** Where a sound goes: a switch for each place that the desk has. @param {string} of talkback click generator @param {string[]} kinds */
function places(of, kinds) {
  const to = ['main', ...kinds.flatMap(all)].filter((strip) => about(`${of}/to/${strip}`));
  return html`<div class="places" role="group" aria-label=${`${called(of)} goes to`}>
    ${to.map((strip) => flip(`${of}/to/${strip}`, named(strip), '', `${called(of)} to ${named(strip)}`))}
  </div>`;
}

const talk = () =>
  panel(
    'Talk',
    html`<x-hold path="talkback/on" label=${desk.on('talkback/on') ? 'Talking' : 'Hold to talk'}></x-hold>
      <div class="pair">${flip('talkback/on', 'Keep open', '', 'Keep open: the talkback')} ${flip('talkback/dim', 'Dim', '', 'Dim the monitor while talking')}</div>
      ${field('Microphone', html`<x-choice path="talkback/source" label="Microphone"></x-choice>`)} ${dial('talkback/level', 'Level', 'Talkback')}
      ${places('talkback', ['bus'])}`,
  );

const click = () =>
  panel(
    'Click',
    html`<div class="pair">${flip('click/on', 'Click')}${press('=tap', 'Tap', () => say('/tap', [1], 'i'), {label: 'Tap the tempo'})}</div>
      ${dial('tempo', 'Tempo')} ${dial('click/level', 'Level', 'Click')} ${dial('click/accent', 'Accent', 'Click')}
      ${fold('Where it goes', () => places('click', ['bus']), 'click')}`,
  );

const generator = () =>
  panel(
    'Test signal',
    html`${flip('generator/on', 'Signal', '', 'Test signal')}
      ${field('Kind', html`<x-pick path="generator/type" label="Kind of test signal"></x-pick>`)} ${dial('generator/freq', 'Frequency', 'Test signal')}
      ${dial('generator/level', 'Level', 'Test signal')} ${fold('Where it goes', () => places('generator', KINDS), 'generator')}`,
  );

class Monitor extends Live {
  draw() {
    known.value;
    return html`<div class="racks">
      <div class="pile">${level()} ${solo()}</div>
      <div class="pile">${talk()} ${generator()}</div>
      <div class="pile">${speakers()} ${click()}</div>
    </div>`;
  }
}

customElements.define('x-monitor', Monitor);

/** @type {import('./app.js').View} */
export const view = {
  title: () => 'Monitor and talk',
  patterns: () => ['{monitor,talkback,click,generator,solo}/**', 'tempo', '{ch,return,bus,matrix}/*/name', 'main/name'],
  roots: ['monitor', 'talkback', 'click', 'generator', 'solo', 'tempo', 'tap'],
  draw: () => html`<x-monitor></x-monitor>`,
};
