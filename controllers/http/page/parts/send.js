/** What a strip has when its fader is its send into a bus: where it leaves the strip, whether, its place, its level. */

import {html, nothing} from '../lib/lit-html.js';
import {about} from '../line/about.js';
import * as desk from '../line/desk.js';
import {role, state} from '../line/line.js';
import {go} from '../line/place.js';
import {side} from '../line/shown.js';
import {all, colour, named} from './names.js';
import {close, open} from './over.js';
import {may, mixes} from './rights.js';
import './knob.js';
import './switch.js';

const TAPS = /** @type {Record<string, [text: string, words: string]>} */ ({
  input: ['Input', 'as it comes in'],
  pre_eq: ['Pre EQ', 'before the EQ'],
  pre_fader: ['Pre', 'before the fader'],
  post_fader: ['Post', 'after the fader'],
  group: ['Group', 'as a group: after the fader, with no level of its own'],
});

/** The bus whose sends a mix has: of a linked pair the odd one. @param {string | number} bus */
export const firstBus = (bus) => mixes(Number(bus))[0];

/** Whether a mix has two sides. @param {string | number} bus */
export const stereo = (bus) => mixes(Number(bus)).length > 1;

/** What a mix is called; a pair by its first. @param {string | number} bus */
export const mixName = (bus) => named(`bus/${firstBus(bus)}`);

/** Whether something can be set now. @param {string} path */
const free = (path) => state.value === 'live' && may(role.value, path) === '';

/** The choice of where a send leaves its strip. @param {string} path of the tap @param {string} title */
function choose(path, title) {
  open(
    title,
    () => html`<div class="taps">
      ${(about(path)?.items ?? []).map(
        (item) => html`<button
          type="button"
          aria-pressed=${String(desk.text(path) === item)}
          class=${desk.text(path) === item ? 'on' : ''}
          @click=${() => {
            desk.set(path, item);
            close();
          }}
        >
          <b>${TAPS[item]?.[0] ?? item}</b> ${TAPS[item]?.[1] ?? ''}
        </button>`,
      )}
    </div>`,
  );
}

/** @param {string} strip @param {string} send @param {string} label */
function tap(strip, send, label) {
  const path = `${send}/tap`;
  const held = desk.text(path) || String(about(path)?.rest ?? '');
  const off = !free(path);
  return html`<button
    type="button"
    class=${`tap ${/^(input|pre_)/.test(held) ? 'pre' : 'post'}`}
    aria-label=${`${TAPS[held]?.[0] ?? held}: ${label} ${TAPS[held]?.[1] ?? ''}`}
    aria-disabled=${String(off)}
    @click=${() => !off && choose(path, `Where ${named(strip)} goes off`)}
  >
    ${TAPS[held]?.[0] ?? held}
  </button>`;
}

/** Where the strip itself stands between left and right. @param {string} strip */
const own = (strip) => (about(`${strip}/pan`) ? `${strip}/pan` : `${strip}/balance`);

/** The place in a pair of buses: the strip's own, which a tap lets go, or another. @param {string} strip @param {string} send @param {string} label */
function place(strip, send, label) {
  const off = !free(`${send}/follow`);
  if (!desk.on(`${send}/follow`)) return html`<x-knob path=${`${send}/pan`} label=${`Pan of ${label}`} short="Pan"></x-knob>`;
  const now = side(desk.number(own(strip)));
  const apart = () => desk.setAll([[`${send}/follow`, 0], [`${send}/pan`, desk.number(own(strip))]]); // prettier-ignore
  return html`<button type="button" class="follow" aria-label=${`Pan as strip ${now}: ${label}. Give it its own pan`} aria-disabled=${String(off)} @click=${() => !off && apart()}>
    <small>Pan as strip</small> ${now}
  </button>`;
}

/** @param {string} send @param {string} label */
function follow(send, label) {
  const path = `${send}/follow`;
  const off = !free(path);
  if (desk.on(path)) return nothing;
  return html`<button type="button" class="follow" aria-label=${`Pan= : ${label} as the strip again`} aria-disabled=${String(off)} @click=${() => !off && desk.set(path, 1)}>
    Pan=
  </button>`;
}

/** A strip's send into a mix. @param {string} strip @param {string} bus */
export function send(strip, bus) {
  const at = `${strip}/send/${firstBus(bus)}`;
  const label = `${named(strip)} into ${mixName(bus)}`;
  if (!about(`${at}/level`)) return {label, parts: html`<p class="no-send">has no send here</p>`, fader: ''};
  const group = desk.text(`${at}/tap`) === 'group';
  return {
    label,
    parts: html`${tap(strip, at, label)} ${stereo(bus) ? place(strip, at, label) : nothing}
      <div class="pair">
        <x-switch kind="send" path=${`${at}/on`} label=${`On: ${named(strip)} goes into ${mixName(bus)}`} text="On"></x-switch>
        ${stereo(bus) ? follow(at, label) : nothing}
      </div>
      ${group ? html`<p class="no-send">As a group: the strip’s own fader is its level.</p>` : nothing}`,
    fader: group ? '' : `${at}/level`,
  };
}

/** The mix itself beside its sends. @param {string} bus */
export function mix(bus) {
  const at = `bus/${firstBus(bus)}`;
  const label = mixName(bus);
  return {
    label,
    parts: html`<p class="as-strip"><small>the mix itself</small></p>
      ${stereo(bus) ? html`<x-knob path=${`${at}/balance`} label=${`Balance of ${label}`} short="Bal"></x-knob>` : nothing}
      <div class="pair"><x-switch kind="mute" path=${`${at}/mute`} label=${`Mute ${label}`} text="M"></x-switch></div>`,
    fader: `${at}/fader`,
  };
}

/** All mixes in a row, a pair as one. @param {string} bus the one that is shown @param {(number: string) => string} to where each is */
export function mixRow(bus, to) {
  const firsts = all('bus').filter((path) => firstBus(path.slice(4)) === Number(path.slice(4)));
  return html`<nav class="mixes" aria-label="Mixes">
    ${firsts.map((path) => {
      const number = path.slice(4);
      return html`<button type="button" class=${`tint ${colour(path)}`} aria-current=${number === bus ? 'page' : 'false'} @click=${() => go(to(number))}>
        <small>${mixes(Number(number)).join('+')}</small> ${named(path)}
      </button>`;
    })}
  </nav>`;
}
