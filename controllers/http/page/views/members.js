/** The members of a DCA or of a mute group: a tap on a strip puts it in or out. */

import {html} from '../lib/lit-html.js';
import {count} from '../line/about.js';
import {go} from '../line/place.js';
import {colour, named} from '../parts/names.js';
import './mixer.js';

/** @param {string[]} at */
function groupOf(at) {
  const kind = at[0] === 'mutegroup' ? 'mutegroup' : 'dca';
  const index = Math.round(Number(at[1]));
  return `${kind}/${index >= 1 && index <= count(kind) ? index : 1}`;
}

/** @type {import('./app.js').View} */
export const view = {
  title: (at) => `Who belongs to ${named(groupOf(at))}`,
  colour: (at) => `tint ${colour(groupOf(at))}`,
  patterns: (at) => [`${groupOf(at)}/{name,colour}`, 'surface/page/layer/*/name'],
  roots: ['ch', 'return', 'bus', 'matrix', 'main', 'dca', 'mutegroup'],
  draw: (at) => {
    const group = groupOf(at);
    return html`<div class="members">
      <p class="hint">
        <span>A tap on ${named(group)} in a strip puts the strip in, or out.</span>
        <button type="button" class="strong" @click=${() => go('groups')}>Done</button>
      </p>
      <x-mixer bank=${at.slice(2).join('/') || 'ch'} member=${group}></x-mixer>
    </div>`;
  },
};
