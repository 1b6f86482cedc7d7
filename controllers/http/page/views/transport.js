/** The multitrack: where the music is, markers, the loop, what is recorded and on what, takes, and moves of the desk. */

import {html, nothing} from '../lib/lit-html.js';
import {known} from '../line/about.js';
import * as desk from '../line/desk.js';
import {say} from '../line/line.js';
import {follow} from '../line/words.js';
import * as icons from '../parts/icons.js';
import {Live} from '../parts/live.js';
import {all, named} from '../parts/names.js';
import {dial, field, flip, fold, panel, press} from '../parts/panel.js';
import {sure} from '../parts/sure.js';
import '../parts/clock.js';
import '../parts/text.js';
import {draw as drawMarkers} from './markers.js';
import {draw as drawTakes} from './takes.js';

const LOW_S = 600; // of room on the disk, that is little
const ENDLESS_S = 1e8; // nothing is armed, or as good as
const AUTOMATED = ['ch', 'return', 'bus'];

/** @param {string} path @param {string} word */
const holds = (path, word) => desk.value(path) === word;

const transport = () =>
  panel(
    'Music',
    html`<x-clock path="transport/position" label="Position" rolls="transport/state"></x-clock>
      <div class="pair deck">
        ${press('locate', icons.start(), () => say('/locate', [0], 'f'), {kind: 'great', label: 'To the beginning'})}
        ${press('locate', icons.before(), () => say('/locate', ['previous']), {kind: 'great', label: 'To the marker before'})}
        ${press('=transport/state', holds('transport/state', 'play') ? icons.stop() : icons.play(), () => desk.set('transport/state', holds('transport/state', 'play') ? 'stop' : 'play'), {
          kind: 'great play', pressed: holds('transport/state', 'play'), label: holds('transport/state', 'play') ? 'Stop' : 'Play',
        })}
        ${press('locate', icons.after(), () => say('/locate', ['next']), {kind: 'great', label: 'To the next marker'})}
      </div>
      <div class="loop" role="group" aria-label="Loop">
        ${flip('transport/loop/on', 'Loop')}
        ${['in', 'out'].map(
          (end) => html`<x-clock path=${`transport/loop/${end}`} label=${`Loop ${end}`}></x-clock>${press(`=transport/loop/${end}`, end === 'in' ? 'In here' : 'Out here', () => desk.set(`transport/loop/${end}`, desk.number('transport/position')))}`,
        )}
      </div>
      ${flip('transport/soundcheck', 'Soundcheck', '', 'Soundcheck: channels hear their tracks')}
      ${desk.on('transport/soundcheck') ? html`<p class="faint" role="status">Channels hear their tracks, not their inputs.</p>` : nothing}`,
  );

/** How long the disk lasts, for people. @param {number} s */
function room(s) {
  if (!(s < ENDLESS_S)) return 'as long as you like';
  const minutes = Math.floor(s / 60);
  return minutes >= 60 ? `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min` : minutes ? `${minutes} min` : `${Math.floor(s)} s`;
}

function recorder() {
  const runs = holds('recorder/state', 'record');
  const left = desk.number('recorder/remaining');
  const armed = all('ch').filter((ch) => desk.on(`${ch}/arm`)).length;
  const alarm = desk.text('recorder/alarm');
  const lost = desk.number('recorder/lost');
  const end = () => sure('End the take?', () => desk.set('recorder/state', 'stop'), 'End it');
  return panel(
    'Recorder',
    html`${press('=recorder/state', html`${icons.record()} ${runs ? 'Recording' : 'Record'}`, () => (runs ? end() : desk.set('recorder/state', 'record')), {
        kind: `great record${runs ? ' runs' : ''}`, pressed: runs, label: runs ? 'Recording: end the take' : 'Record',
      })}
      ${alarm ? html`<p class="warning" role="alert">⚠ ${alarm}</p>` : nothing} ${lost ? html`<p class="warning" role="alert">⚠ ${lost} frames are missing</p>` : nothing}
      <p class="left"><b class=${armed && left < LOW_S ? 'little-left' : ''}>${room(left)}</b><small>${armed ? `${armed < 2 ? 'one track' : `${armed} tracks`}: so long the disk lasts` : 'nothing is armed'}</small></p>
      ${runs || desk.text('recorder/folder') ? html`<p class="faint">${runs ? 'Into' : 'Last'}: ${desk.text('recorder/folder') || '…'}</p>` : nothing}
      ${field('Next take', html`<x-text path="recorder/take" label="Name of the next take" hint="its name"></x-text>`)}
      ${field('Files', html`<x-pick path="recorder/format" label="Format of files"></x-pick>`)} ${dial('recorder/lookback', 'Lookback', 'Recorder')}
      ${flip('recorder/wastebasket', 'Keep deleted takes', '', 'Keep deleted takes until the disk needs their room')}`,
    runs ? 'recording' : '',
  );
}

const arms = () =>
  panel(
    'Arm',
    html`<div class="pair">
        ${press('=ch/1/arm', 'All', () => say('/ch/*/arm', [1], 'i'), {label: 'All channels armed'})}
        ${press('=ch/1/arm', 'None', () => say('/ch/*/arm', [0], 'i'), {label: 'None of the channels armed'})}
      </div>
      <div class="places" role="group" aria-label="Armed channels">${all('ch').map((ch) => flip(`${ch}/arm`, named(ch), 'arm', `Arm ${named(ch)}`))}</div>`,
  );

const automation = () =>
  panel(
    'Automation',
    html`${field('Moves', html`<x-pick path="automation/mode" label="Whether moves are played and written"></x-pick>`)}
      ${fold('Strips', () => html`<div class="pile">${['main', ...AUTOMATED.flatMap(all)].map((strip) => field(named(strip), html`<x-choice path=${`${strip}/automation`} label=${`Automation of ${named(strip)}`}></x-choice>`))}</div>`)}`,
  );

class Transport extends Live {
  begin() {
    this.ends.push(follow(['marker/list', 'take/list', 'take/deleted']));
  }

  draw() {
    known.value;
    return html`<div class="racks">
        <div class="pile">${transport()} ${panel('Markers', drawMarkers())}</div>
        <div class="pile">${recorder()} ${automation()}</div>
        <div class="pile">${panel('Takes', drawTakes())}</div>
      </div>
      <div class="racks">${arms()}</div>`;
  }
}

customElements.define('x-transport', Transport);

/** @type {import('./app.js').View} */
export const view = {
  title: () => 'Transport and recorder',
  patterns: () => ['transport/**', 'recorder/*', 'automation/*', 'ch/*/{name,arm,automation}', '{return,bus}/*/{name,automation}', 'main/{name,automation}'],
  roots: ['transport', 'recorder', 'automation', 'ch', 'return', 'bus', 'main'],
  draw: () => html`<x-transport></x-transport>`,
};
