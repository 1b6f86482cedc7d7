/** What must not happen by one tap asks, and the answer lies elsewhere than the question. */

import {html} from '../lib/lit-html.js';
import {state} from '../line/line.js';
import {close, open} from './over.js';

/** @param {string} question @param {() => void} yes @param {string} [word] on the button that does it */
export function sure(question, yes, word = 'Yes') {
  open(
    question,
    () => html`<div class="row end">
      <button type="button" @click=${close}>No</button>
      <button
        type="button"
        class="strong"
        aria-disabled=${String(state.value !== 'live')}
        @click=${() => {
          if (state.peek() !== 'live') return;
          close();
          yes();
        }}
      >
        ${word}
      </button>
    </div>`,
    'sure',
  );
}
