/** What this device chooses for itself: lock, light, sizes, how faders begin, its name. */

import {signal} from '../lib/signals-core.module.js';
import {html, nothing} from '../lib/lit-html.js';
import * as line from '../line/line.js';
import {kept} from '../parts/awake.js';
import {awake, jumps, letters, locked, theme, width} from '../parts/choices.js';
import '../parts/slide.js';

const THEMES = /** @type {[string, string][]} */ ([['dark', 'Dark'], ['light', 'Light'], ['contrast', 'High contrast']]); // prettier-ignore
const LETTERS = /** @type {[number, string][]} */ ([[85, 'Small'], [100, 'Middle'], [125, 'Large'], [150, 'Huge']]); // prettier-ignore
const STRIPS = /** @type {[number, string][]} */ ([[84, 'Narrow'], [104, 'Middle'], [132, 'Wide']]); // prettier-ignore
const JUMPS = /** @type {[boolean, string][]} */ ([[false, 'Stays where it is'], [true, 'Jumps to the finger']]); // prettier-ignore
const AWAKE = /** @type {[boolean, string][]} */ ([[true, 'Stays awake'], [false, 'Sleeps as the device does']]); // prettier-ignore
const NAME_MOST = 32;

const KEPT = /** @type {Record<string, string>} */ ({
  lock: 'It is kept awake now.',
  video: 'It is kept awake now, by a silent video.',
  '': 'It is kept awake from the next touch on.',
});

/** Whether the address shows the token, to be kept on the home screen. */
const inviting = signal(false);

/**
 * One of a few, each a button.
 * @template T
 * @param {string} title @param {[T, string][]} all @param {import('../lib/signals-core.module.js').Signal<T>} held
 */
const few = (title, all, held) => html`<div class="few" role="group" aria-label=${title}>
  ${all.map(
    ([value, text]) => html`<button type="button" class=${held.value === value ? 'on' : ''} aria-pressed=${held.value === value ? 'true' : 'false'}
      @click=${() => (held.value = value)}>${text}</button>`,
  )}
</div>`;

/** @param {string} title @param {unknown} what @param {unknown} [words] */
const part = (title, what, words) => html`<section class="panel">
  <h2>${title}</h2>
  ${words ? html`<p>${words}</p>` : nothing} ${what}
</section>`;

function toHome() {
  inviting.value = true;
  history.replaceState(null, '', line.invitation() || '#mix');
}

function home() {
  return html`<p>
      In Safari: Share, <em>Add to Home Screen</em>. In Chrome and Firefox: the menu, <em>Add to Home screen</em>. It then opens without the
      browser's bars.
    </p>
    ${line.invitation()
      ? html`<button type="button" aria-pressed=${inviting.value ? 'true' : 'false'} class=${inviting.value ? 'on' : ''} @click=${toHome}>
            Take my invitation along
          </button>
          <p role="status">
            ${inviting.value
              ? 'The address holds your invitation now: add it to the home screen, and show it to nobody.'
              : 'A page on the home screen knows nothing of this one: first let the address hold your invitation.'}
          </p>`
      : nothing}`;
}

/** @type {import('./app.js').View} */
export const view = {
  title: () => 'Screen',
  draw: () => html`<div class="panels">
    ${part('Lock', html`<x-slide label="Slide to lock" @slid=${() => (locked.value = true)}></x-slide>`, 'Everything is seen, and nothing is moved by accident.')}
    ${part('Light', few('Light', THEMES, theme))} ${part('Letters', few('Size of letters', LETTERS, letters))}
    ${part('Strips', few('Width of strips', STRIPS, width), 'Narrow ones are more at once.')}
    ${part('A touched fader', few('A touched fader', JUMPS, jumps))} ${part('The screen', few('The screen', AWAKE, awake), awake.value ? KEPT[kept.value] : nothing)}
    ${part(
      'Name of this device',
      html`<input type="text" class="text" maxlength=${NAME_MOST} autocomplete="off" autocapitalize="words" spellcheck="false" aria-label="Name of this device"
        placeholder="Tablet at the drums" .value=${line.name()} @change=${(/** @type {Event} */ event) => line.rename(/** @type {HTMLInputElement} */ (event.target).value.trim())} />`,
      'Others see it beside what you have moved.',
    )}
    ${part('On the home screen', home())}
  </div>`,
};
