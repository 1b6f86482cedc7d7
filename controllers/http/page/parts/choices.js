/** What each device chooses for itself, and keeps. */

import {signal} from '../lib/signals-core.module.js';

/** A value that this device keeps under a name. @template T @param {string} name @param {T} first @returns {import('../lib/signals-core.module.js').Signal<T>} */
export function choice(name, first) {
  const key = `studiod.${name}`;
  let held = first;
  try {
    const found = localStorage.getItem(key);
    if (found !== null) held = JSON.parse(found);
  } catch {
    // as it is by itself
  }
  const made = signal(held);
  made.subscribe((now) => {
    try {
      if (now !== first || localStorage.getItem(key) !== null) localStorage.setItem(key, JSON.stringify(now));
    } catch {
      // it holds for this visit
    }
  });
  return made;
}

/** Whether a fader jumps to the finger. */
export const jumps = choice('jumps', false);
/** dark light contrast */
export const theme = choice('theme', 'dark');
/** Size of letters, % */
export const letters = choice('letters', 100);
/** Least width of a strip, px */
export const width = choice('width', 104);
/** Whether the screen is locked: nothing is moved until a slide. */
export const locked = choice('locked', false);
/** Whether the screen is kept from going to sleep. */
export const awake = choice('awake', true);
