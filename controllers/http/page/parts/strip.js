/**
 * One strip of the mixer: `<x-strip path="ch/3">`; `send="5"`: its fader is the send into bus 5, and that of `main` the
 * bus itself; `member="dca/3"`: a tap makes it one of the members; `plain`: its name opens nothing.
 *
 * What a strip is called, its colour, what it takes away and its curve; then solo and mute, fader and meter.
 */

import {html, nothing} from '../lib/lit-html.js';
import {about, known} from '../line/about.js';
import {go} from '../line/place.js';
import {Live} from './live.js';
import {colour, named, sideOf} from './names.js';
import {mixes} from './rights.js';
import {firstBus, mix, mixName, send} from './send.js';
import './curve.js';
import './fader.js';
import './knob.js';
import './meter.js';
import './number.js';
import './switch.js';

/** What its meters are called by the desk. @param {string} path @returns {[bank: string, name: string][]} */
export function levels(path) {
  const [kind, index] = path.split('/');
  if (kind === 'return') return ['l', 'r'].map((side) => ['return', `return/${index}/${side}`]);
  if (kind === 'main') return [['main', 'peak_l'], ['main', 'peak_r']]; // prettier-ignore
  return kind === 'dca' ? [] : [[kind, path]];
}

/** Whether a strip has something. @param {string} path */
const has = (path) => about(path) !== undefined;

class Strip extends Live {
  static observedAttributes = ['path', 'send', 'member', 'plain'];

  begin() {
    this.addEventListener('keydown', (event) => {
      if (event.target instanceof HTMLInputElement || event.ctrlKey || event.metaKey || event.altKey) return;
      const word = event.key === 'm' ? 'mute' : event.key === 's' ? 'solo' : '';
      const button = word && this.querySelector(`x-switch[kind="${word}"] button`);
      if (button instanceof HTMLElement) button.click();
    });
  }

  draw() {
    known.value;
    const path = this.path;
    if (!path || path === 'none') return html`<div class="strip empty"></div>`;
    const bus = this.given.send.value;
    if (bus) return this.sends(path, bus);
    const member = this.given.member.value;
    const name = named(path);
    const place = has(`${path}/pan`) ? `${path}/pan` : `${path}/balance`;
    return html`<section class="strip" aria-label=${name} data-path=${path}>
      ${this.name(path, name)}
      ${member ? this.member(path, member) : this.little(path)}
      ${has(place) ? html`<x-knob path=${place} label=${`Pan of ${name}`} short="Pan"></x-knob>` : html`<div class="gap"></div>`}
      <div class="pair">
        ${has(`${path}/solo`) ? html`<x-switch kind="solo" path=${`${path}/solo`} label=${`Solo ${name}`} text="S"></x-switch>` : nothing}
        <x-switch kind="mute" path=${`${path}/mute`} label=${`Mute ${name}`} text="M" ask=${path === 'main' ? 'Mute the mains?' : ''}></x-switch>
      </div>
      <div class="way">
        <x-fader path=${`${path}/fader`} label=${`Level of ${name}`}></x-fader>
        ${this.meters(levels(path))}
        ${['gate', 'comp'].map((unit) => (has(`${path}/${unit}/on`) ? html`<x-meter kind="taken" bank=${unit} name=${path} aria-label=${`${unit} of ${name} takes away`}></x-meter>` : nothing))}
      </div>
      <x-number path=${`${path}/fader`} label=${`Level of ${name}`}></x-number>
    </section>`;
  }

  /** @param {string} path @param {string} bus */
  sends(path, bus) {
    const main = path === 'main';
    const {label, parts, fader} = main ? mix(bus) : send(path, bus);
    const metered = main ? mixes(Number(bus)).flatMap((one) => levels(`bus/${one}`)) : levels(path);
    return html`<section class="strip sent" aria-label=${label} data-path=${path}>
      ${main ? this.name(`bus/${firstBus(bus)}`, mixName(bus)) : this.name(path, named(path))} ${parts}
      ${fader
        ? html`<div class="way"><x-fader path=${fader} label=${`Level of ${label}`}></x-fader>${this.meters(metered)}</div>
            <x-number path=${fader} label=${`Level of ${label}`}></x-number>`
        : nothing}
    </section>`;
  }

  /** @param {string} path @param {string} name */
  name(path, name) {
    const side = sideOf(path);
    const number = [path.split('/')[1], side].filter(Boolean).join(' ');
    const parts = html`<small title=${side ? 'one side of a linked pair' : nothing}>${number}</small> <span>${name}</span>`;
    if (this.hasAttribute('plain')) return html`<h2 class=${`name ${colour(path)}`}>${parts}</h2>`;
    return html`<button
      type="button"
      class=${`name ${colour(path)}`}
      aria-label=${`${number} ${name}: open`.trim()}
      @click=${() => this.dispatchEvent(new CustomEvent('open-strip', {bubbles: true, detail: path}))}
    >
      ${parts}
    </button>`;
  }

  /** @param {string} path @param {string} member */
  member(path, member) {
    if (!has(`${path}/${member}`)) return html`<div class="little"></div>`;
    return html`<x-switch class="member" kind="member" path=${`${path}/${member}`} label=${`${named(path)} belongs to ${named(member)}`} text=${named(member)}></x-switch>`;
  }

  /** What stands between name and pan: the curve; of a bus, with the way to its sends; of a DCA, to its members. @param {string} path */
  little(path) {
    const [kind, index] = path.split('/');
    const curve = has(`${path}/eq/on`) ? html`<x-curve class="little" path=${path}></x-curve>` : nothing;
    if (kind === 'bus') return html`<button type="button" class="to-sends" aria-label=${`Sends into ${named(path)}`} @click=${() => go(`sends/${index}`)}>${curve}<span>Sends</span></button>`;
    if (kind === 'dca') return html`<button type="button" class="to-members" aria-label=${`Choose the members of ${named(path)}`} @click=${() => go(`members/${path}`)}>Members</button>`;
    return curve === nothing ? html`<div class="little"></div>` : curve;
  }

  /** @param {[bank: string, name: string][]} names */
  meters(names) {
    return names.map(([bank, meter]) => html`<x-meter bank=${bank} name=${meter} aria-label=${`Level of ${meter}`}></x-meter>`);
  }
}

customElements.define('x-strip', Strip);
