/** Who is connected, who moved what, and what undo and redo would do. */

import {signal} from '../lib/signals-core.module.js';
import {html, nothing} from '../lib/lit-html.js';
import {about, need} from '../line/about.js';
import {ask} from '../line/ask.js';
import {role, say, state} from '../line/line.js';
import {whole} from '../line/shown.js';
import {Live} from '../parts/live.js';
import {named} from '../parts/names.js';
import {mayAsk} from '../parts/rights.js';
import {clock} from '../parts/when.js';
import {who} from '../parts/who.js';

/** @typedef {import('../line/ask.js').Told} Told */

const LOOK_MS = 2000;
const LOG_LINES = 60;
const STEPS = 8;

/** A path for people: how its strip is called, and what of it. @param {string} path */
function worded(path) {
  const [kind, index, ...rest] = path.split('/');
  if (/^\d+$/.test(index ?? '')) return `${named(`${kind}/${index}`)} ${rest.join(' ')}`;
  return [kind, index, ...rest].join(' ').replace(/_/g, ' ').trim();
}

/** @param {string} path @param {import('../line/osc.js').Arg} held */
function value(path, held) {
  return typeof held === 'string' ? held || '(nothing)' : whole(about(path), held);
}

class People extends Live {
  constructor() {
    super();
    this.here = signal(/** @type {Told[]} */ ([]));
    this.log = signal(/** @type {Told[]} */ ([]));
    this.back = signal(/** @type {Record<string, Told[]>} */ ({undo: [], redo: []}));
    this.me = signal('');
    this.mine = signal('');
  }

  begin() {
    const timer = setInterval(() => void this.look(), LOOK_MS);
    this.ends.push(() => clearInterval(timer));
    this.ends.push(state.subscribe((now) => now === 'live' && void this.look()));
  }

  async look() {
    if (document.hidden || state.peek() !== 'live') return;
    const mine = role.peek();
    const me = await ask('iam');
    if (me) {
      this.me.value = String(me[0][1]);
      this.mine.value = String(me[0][2]);
    }
    this.here.value = (await ask('clients', [], 'clients/end'))?.slice(0, -1) ?? this.here.peek();
    if (!mayAsk(mine, 'gestures')) await this.steps();
    if (mayAsk(mine, 'log')) return;
    const lines = (await ask('log', [LOG_LINES], 'log/end', 'i'))?.slice(0, -1).reverse();
    if (!lines) return;
    need([...new Set(lines.map((line) => String(line[3]).split('/')[0]))]);
    this.log.value = lines;
  }

  async steps() {
    const undo = (await ask('gestures', ['undo', STEPS], 'gestures/end', 'si'))?.slice(0, -1);
    const redo = (await ask('gestures', ['redo', STEPS], 'gestures/end', 'si'))?.slice(0, -1);
    if (!undo || !redo) return;
    need([...new Set([...undo, ...redo].map((line) => String(line[2]).split('/')[0]))]);
    this.back.value = {undo, redo};
  }

  /** @param {string} word undo or redo */
  turn(word) {
    say(`/${word}`);
    void this.steps();
  }

  draw() {
    return html`<div class="panels two">${this.people()} ${this.piles()} ${this.moves()}</div>`;
  }

  people() {
    const all = this.here.value;
    const latest = all.map((line) => String(line[5])).sort().pop() ?? '';
    return html`<section class="panel" aria-label="Who is connected">
      <h2>Here now</h2>
      <ul class="lines">
        ${all.map(([, name, address, has, tongue, since, dropped]) => html`<li>
          <b>${name || 'somebody without a name'}</b> <span class="role">${has}</span>
          <span class="dim">${tongue}${address ? `, ${address}` : ''}, since ${clock(String(since), latest)}${Number(dropped) ? `, ${dropped} packets lost` : ''}</span>
        </li>`)}
      </ul>
      <p>You are <b>${this.me.value || 'somebody without a name'}</b>, with the role <b>${role.value}</b>.</p>
    </section>`;
  }

  piles() {
    const needed = mayAsk(role.value, 'undo');
    return html`<section class="panel" aria-label="Undo and redo">
      <h2>Your steps</h2>
      ${needed ? html`<p class="needs">Needs the role ${needed}.</p>` : nothing}
      ${[['undo', 'Undo'], ['redo', 'Redo']].map(([word, text]) => {
        const steps = this.back.value[word];
        const off = needed !== '' || !steps.length || state.value !== 'live';
        return html`<div class="steps">
          <button type="button" aria-disabled=${off ? 'true' : 'false'} title=${needed ? `needs the role ${needed}` : nothing} @click=${() => !off && this.turn(word)}>${text}</button>
          ${steps.length ? html`<ol class="lines">${steps.map((step) => this.step(step))}</ol>` : html`<p class="dim">Nothing to ${word}.</p>`}
        </div>`;
      })}
    </section>`;
  }

  /** @param {Told} step */
  step([, , path, before, after, changed, left, command]) {
    const at = String(path);
    return html`<li>
      <b>${worded(at)}</b> ${value(at, before)} → ${value(at, after)}
      <span class="dim">${command ? `by ${command} ` : ''}${Number(changed) > 1 ? `and ${Number(changed) - 1} more ` : ''}${Number(left) ? `(${left} were changed by others since, and stay)` : ''}</span>
    </li>`;
  }

  moves() {
    const needed = mayAsk(role.value, 'log');
    const latest = String(this.log.value[0]?.[1] ?? '');
    return html`<section class="panel wide" aria-label="Who moved what">
      <h2>Who moved what</h2>
      ${needed ? html`<p class="needs">Needs the role ${needed}.</p>` : nothing}
      <ol class="lines">
        ${this.log.value.map(([, when, by, path, before, after, paths]) => html`<li>
          <span class="dim">${clock(String(when), latest)}</span> <b>${who(by, this.mine.value)}</b>
          ${worded(String(path))} ${value(String(path), before)} → ${value(String(path), after)}
          ${Number(paths) > 1 ? html`<span class="dim">and ${Number(paths) - 1} more</span>` : nothing}
        </li>`)}
      </ol>
    </section>`;
  }
}

customElements.define('x-people', People);

/** @type {import('./app.js').View} */
export const view = {
  title: () => 'People',
  patterns: () => ['{ch,return,bus,matrix,dca}/*/name', 'main/name'],
  draw: () => html`<x-people></x-people>`,
};
