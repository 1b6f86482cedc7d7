/** One parameter under a hand: its position, what moves it, and what each key does to it. */

import {about} from '../line/about.js';
import * as desk from '../line/desk.js';
import {fromTurn, toTurn} from '../line/laws.js';
import {side, whole} from '../line/shown.js';

/** @param {string} path */
export function turn(path) {
  const known = about(path);
  const held = desk.value(path);
  if (!known) return 0;
  if (known.kind === 'number') return toTurn(known.law, known.low, known.high, Number(held ?? known.rest));
  if (known.kind === 'switch') return held === 1 ? 1 : 0;
  return Math.max(known.items.indexOf(String(held)), 0) / Math.max(known.items.length - 1, 1);
}

/** @param {string} path @param {number} to */
export function move(path, to) {
  const known = about(path);
  if (!known || known.fixed) return;
  if (known.kind === 'number') desk.set(path, fromTurn(known.law, known.low, known.high, to));
  else if (known.kind === 'switch') desk.set(path, to >= 0.5 ? 1 : 0);
  else desk.set(path, known.items[Math.floor(Math.min(Math.max(to, 0), 1) * (known.items.length - 1) + 0.5)]);
}

/** Where a double tap brings it: 0 dB, the centre, its default. @param {string} path */
export function home(path) {
  const known = about(path);
  if (!known) return;
  desk.set(path, known.law === 'fader' ? 0 : known.rest);
}

/** A number, held within its range. @param {string} path @param {number} to */
export function put(path, to) {
  const known = about(path);
  if (known) desk.set(path, Math.min(Math.max(to, known.low), known.high));
}

const STEPS = /** @type {Record<string, [number, number]>} */ ({
  ArrowUp: [0.5, 1], ArrowRight: [0.5, 1], ArrowDown: [-0.5, -1], ArrowLeft: [-0.5, -1], PageUp: [3, 10], PageDown: [-3, -10],
}); // prettier-ignore

/**
 * What a key does to it: dB by 0.5, with Shift 0.1, whole pages by 3; all else by hundredths of its travel.
 * @param {string} path @param {KeyboardEvent} event @returns {boolean} whether the key was meant
 */
export function key(path, event) {
  const known = about(path);
  if (!known || event.ctrlKey || event.metaKey || event.altKey) return false;
  const step = STEPS[event.key];
  if (step) {
    const fine = event.shiftKey && event.key.startsWith('Arrow') ? 0.2 : 1;
    nudge(path, step[0] * fine, step[1] * fine);
    return true;
  }
  if (event.key === 'Home') put(path, known.low);
  else if (event.key === 'End') put(path, known.high);
  else if (event.key === '0') home(path);
  else return false;
  return true;
}

/** So many dB, or where it has another unit so many hundredths. @param {string} path @param {number} db @param {number} parts */
export function nudge(path, db, parts) {
  const known = about(path);
  if (!known) return;
  if (known.kind === 'number' && known.unit === 'gain.db') {
    const held = desk.number(path);
    put(path, held <= known.low && db > 0 && known.law === 'fader' ? -60 : Math.round((held + db) * 10) / 10);
  } else if (known.kind === 'number' && known.law === 'whole') {
    put(path, desk.number(path) + Math.sign(parts) * Math.max(Math.round(Math.abs(parts) / 5), 1));
  } else if (known.kind === 'number') {
    move(path, Math.min(Math.max(turn(path) + parts / 100, 0), 1));
  } else {
    move(path, Math.min(Math.max(turn(path) + Math.sign(parts) / Math.max(known.items.length - 1, 1), 0), 1));
  }
}

/** What it holds, for people. @param {string} path */
export function said(path) {
  return /\/(pan|balance)$/.test(path) ? side(desk.number(path)) : whole(about(path), desk.value(path));
}

/** The wheel, where it is meant: over what has the focus. @param {HTMLElement} element @param {() => string} path */
export function wheel(element, path) {
  element.addEventListener(
    'wheel',
    (event) => {
      if (document.activeElement !== element || element.getAttribute('aria-disabled') === 'true') return;
      event.preventDefault();
      const way = event.deltaY < 0 ? 1 : -1;
      nudge(path(), way * (event.shiftKey ? 0.1 : 0.5), way * (event.shiftKey ? 0.2 : 1));
    },
    {passive: false},
  );
}
