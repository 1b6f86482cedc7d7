/** Letting others in: a code to scan, up to one's own role; and those that were given, to be taken back. */

import {effect, signal} from '../lib/signals-core.module.js';
import {html, nothing} from '../lib/lit-html.js';
import {need} from '../line/about.js';
import {ask} from '../line/ask.js';
import {role, state} from '../line/line.js';
import {Live} from '../parts/live.js';
import {all, named} from '../parts/names.js';
import {qr} from '../parts/qr.js';
import {mayAsk, reaches} from '../parts/rights.js';
import {sure} from '../parts/sure.js';
import {day} from '../parts/when.js';
import {who} from '../parts/who.js';

/** @typedef {import('../line/ask.js').Told} Told */

const HOURS = /** @type {[number, string][]} */ ([[0, 'a day, or as long as yours'], [1, 'an hour'], [4, 'four hours'], [12, 'twelve hours'], [168, 'a week'], [720, '30 days']]); // prettier-ignore
const ROLES = /** @type {[string, string, string][]} */ ([['bus', 'A musician', 'his own mix'], ['view', 'A guest', 'sees, and moves nothing'], ['mix', 'A mixer', 'works the desk'], ['admin', 'An admin', 'may everything']]); // prettier-ignore

/** Whether one's own role may give another: none that is more, and of the buses only one's own. @param {string} mine @param {string} given */
function gives(mine, given) {
  if (mayAsk(mine, 'token/new')) return false;
  return mine.startsWith('bus:') ? given === 'view' || given === mine : reaches(mine, given.split(':')[0]);
}

class Invite extends Live {
  constructor() {
    super();
    this.kind = signal('bus');
    this.bus = signal('1');
    this.name = signal('');
    this.hours = signal(0);
    this.lines = signal(/** @type {Told[]} */ ([]));
    this.at = signal(0);
    this.tokens = signal(/** @type {Told[]} */ ([]));
  }

  begin() {
    need(['bus']);
    this.ends.push(
      effect(() => {
        const mine = role.value;
        if (mine.startsWith('bus:')) this.bus.value = mine.slice(4);
        if (state.value === 'live') void this.list();
      }),
    );
  }

  get wanted() {
    return this.kind.value === 'bus' ? `bus:${this.bus.value}` : this.kind.value;
  }

  async list() {
    if (mayAsk(role.peek(), 'token/list')) return;
    const lines = await ask('token/list', [], 'token/list/end');
    if (lines) this.tokens.value = lines.slice(0, -1).reverse();
  }

  async make() {
    const hours = this.hours.peek();
    const name = this.name.peek().trim() || (this.kind.peek() === 'bus' ? named(`bus/${this.bus.peek()}`) : (ROLES.find(([one]) => one === this.kind.peek())?.[1] ?? ''));
    const lines = await ask('token/new', hours ? [this.wanted, name, hours] : [this.wanted, name]);
    if (!lines) return;
    this.at.value = 0;
    this.lines.value = lines;
    this.name.value = '';
    await this.list();
  }

  /** @param {string} id @param {string} name */
  revoke(id, name) {
    sure(
      `Revoke ${name}? It ends at once, and with it all that its holder gave.`,
      () => void ask('token/revoke', [id]).then(() => this.list()),
      'Revoke',
    );
  }

  draw() {
    const needed = mayAsk(role.value, 'token/new');
    return html`<div class="panels">
      ${needed ? html`<p class="needs wide">To invite others needs the role ${needed}.</p>` : nothing} ${this.form(needed)} ${this.code()} ${this.held(needed)}
    </div>`;
  }

  /** @param {string} needed */
  form(needed) {
    const mine = role.value;
    const off = state.value !== 'live' || needed !== '' || !gives(mine, this.wanted);
    /** @param {Event} event */
    const value = (event) => /** @type {HTMLInputElement} */ (event.target).value;
    return html`<form class="panel" aria-label="An invitation" @submit=${(/** @type {Event} */ event) => {
      event.preventDefault();
      if (!off) void this.make();
    }}>
      <h2>Invite</h2>
      <div class="few" role="group" aria-label="Role">
        ${ROLES.map(([kind, text, words]) => {
          const may = kind === 'bus' ? gives(mine, `bus:${this.bus.value}`) : gives(mine, kind);
          const on = this.kind.value === kind;
          return html`<button type="button" class=${`two ${on ? 'on' : ''}`} aria-pressed=${on ? 'true' : 'false'} aria-disabled=${may ? 'false' : 'true'}
            title=${may ? nothing : `needs the role ${needed || kind}`} @click=${() => may && (this.kind.value = kind)}>${text}<small>${words}</small></button>`;
        })}
      </div>
      ${this.kind.value === 'bus'
        ? html`<label class="field wide"><span>Mix</span>
            <select aria-label="Which mix" ?disabled=${mine.startsWith('bus:') || needed !== ''} @change=${(/** @type {Event} */ event) => (this.bus.value = value(event))}>
              ${all('bus').map((path) => html`<option value=${path.slice(4)} .selected=${path.slice(4) === this.bus.value}>${path.slice(4)} · ${named(path)}</option>`)}
            </select></label>`
        : nothing}
      <label class="field wide"><span>For whom</span>
        <input type="text" class="text" maxlength="32" placeholder="Anna" autocomplete="off" spellcheck="false" ?disabled=${needed !== ''} .value=${this.name.value}
          @input=${(/** @type {Event} */ event) => (this.name.value = value(event))} /></label>
      <label class="field wide"><span>For how long</span>
        <select ?disabled=${needed !== ''} @change=${(/** @type {Event} */ event) => (this.hours.value = Number(value(event)))}>
          ${HOURS.map(([hours, text]) => html`<option value=${hours} .selected=${hours === this.hours.value}>${text}</option>`)}
        </select></label>
      <button type="submit" class="strong" aria-disabled=${off ? 'true' : 'false'} title=${needed ? `needs the role ${needed}` : nothing}>Make a code</button>
    </form>`;
  }

  code() {
    const lines = this.lines.value;
    if (!lines.length) return nothing;
    const addresses = lines.filter(([word]) => word === 'token/new/address');
    const shut = lines.find(([word]) => word === 'token/new/shut');
    const made = lines[lines.length - 1];
    const at = Math.min(this.at.value, addresses.length - 1);
    const [, url, drawn] = addresses[at];
    return html`<section class="panel" aria-label="The code">
      <h2>${made[2]} <span class="role">${made[3]}</span></h2>
      ${shut ? html`<p class="needs" role="alert">${shut[1]}</p>` : nothing} ${qr(String(drawn), `QR code of ${url}`)}
      <p class="address">${url}</p>
      ${addresses.length > 1
        ? html`<div class="few" role="group" aria-label="By which address">
            ${addresses.map(([, one], k) => html`<button type="button" class=${k === at ? 'on' : ''} aria-pressed=${k === at ? 'true' : 'false'} @click=${() => (this.at.value = k)}>${new URL(String(one)).host}</button>`)}
          </div>`
        : nothing}
      <p class="dim">It holds until ${day(String(made[4]))}, and is not shown again.</p>
      <button type="button" @click=${() => (this.lines.value = [])}>Hide it</button>
    </section>`;
  }

  /** @param {string} needed */
  held(needed) {
    if (needed) return nothing;
    return html`<section class="panel" aria-label="Given">
      <h2>Given</h2>
      ${this.tokens.value.length ? nothing : html`<p class="dim">None yet.</p>`}
      <ul class="lines">
        ${this.tokens.value.map(([, id, name, has, , ends, by]) => html`<li class="given">
          <span><b>${name}</b> <span class="role">${has}</span> <span class="dim">until ${day(String(ends))}, by ${who(by)}</span></span>
          <button type="button" aria-label=${`Revoke ${name}`} @click=${() => this.revoke(String(id), String(name))}>Revoke</button>
        </li>`)}
      </ul>
    </section>`;
  }
}

customElements.define('x-invite', Invite);

/** @type {import('./app.js').View} */
export const view = {
  title: () => 'Invite',
  roots: ['bus'],
  patterns: () => ['bus/*/name'],
  draw: () => html`<x-invite></x-invite>`,
};
