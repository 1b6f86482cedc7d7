/** What lies over the page for a moment: one at a time, closed by Escape or by a tap beside it. */

import {effect, signal} from '../lib/signals-core.module.js';
import {html, nothing, render} from '../lib/lit-html.js';

/** @typedef {{title: string, draw: () => unknown, kind: string, closed?: () => void}} Over */

/** @type {import('../lib/signals-core.module.js').Signal<Over | null>} */
const now = signal(null);
/** @type {Element | null} where the focus was */
let before = null;

/**
 * Lay something over the page.
 * @param {string} title
 * @param {() => unknown} draw what is in it, drawn again when a value that it reads has changed
 * @param {string} [kind] a class of the style sheet: sheet, sure
 * @param {() => void} [closed]
 */
export function open(title, draw, kind = 'sheet', closed) {
  if (now.peek() === null) before = document.activeElement;
  now.value = {title, draw, kind, closed};
  requestAnimationFrame(() => {
    const first = document.querySelector('#over [autofocus]') ?? document.querySelector('#over button, #over input, #over [tabindex]');
    if (first instanceof HTMLElement) first.focus({preventScroll: true});
  });
}

export function close() {
  const was = now.peek();
  if (!was) return;
  now.value = null;
  was.closed?.();
  if (before instanceof HTMLElement && before.isConnected) before.focus({preventScroll: true});
}

/** Whether something lies over the page. */
export const isOpen = () => now.value !== null;

/** The focus stays within. @param {KeyboardEvent} event */
function keys(event) {
  if (event.key !== 'Tab') return;
  const all = [.../** @type {HTMLElement} */ (event.currentTarget).querySelectorAll('button, input, select, a[href], [tabindex="0"]')];
  const at = all.indexOf(/** @type {Element} */ (document.activeElement));
  const next = event.shiftKey ? (at <= 0 ? all.length - 1 : -1) : at === all.length - 1 ? 0 : -1;
  if (next < 0 || !all.length) return;
  event.preventDefault();
  /** @type {HTMLElement} */ (all[next]).focus();
}

/** @param {HTMLElement} place */
export function mount(place) {
  addEventListener('keydown', (event) => event.key === 'Escape' && close()); // wherever the focus is
  effect(() => {
    const over = now.value;
    render(
      over
        ? html`<div class="shade" @click=${(/** @type {Event} */ event) => event.target === event.currentTarget && close()}>
            <div class=${`over ${over.kind}`} role="dialog" aria-modal="true" aria-label=${over.title} @keydown=${keys}>
              <header>
                <h2>${over.title}</h2>
                <button type="button" class="close" aria-label="Close" @click=${close}>×</button>
              </header>
              ${over.draw()}
            </div>
          </div>`
        : nothing,
      place,
    );
  });
}
