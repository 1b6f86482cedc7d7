/** Where in the page one is: the words after the # of the address, so that a bookmark, a reload and Back lead there. */

import {signal} from '../lib/signals-core.module.js';

function read() {
  try {
    return decodeURI(location.hash.replace(/^#/, '')) || 'mix/ch';
  } catch {
    return 'mix/ch'; // an address that somebody has mistyped: mix/%zz
  }
}

/** Such as mix/ch, mix/dca/3, strip/ch/5, sends/3, scenes. */
export const place = signal(read());

addEventListener('hashchange', () => (place.value = read()));

/** @param {string} to */
export function go(to) {
  if (to !== place.peek()) location.hash = to;
}
