/** Banks of meters, each asked for once while somebody shows it; none while the page is hidden. */

import {about, known, need} from './about.js';
import * as line from './line.js';

/** @typedef {{bank: string, name: string, level: (db: number) => void}} Eye */

const HZ = 30;
const LEASE_S = 86400;
const LINGER_MS = 1500;

/** @type {Map<string, Set<Eye>>} by bank */
const eyes = new Map();
/** @type {Map<string, Map<string, number>>} by bank: where each meter stands */
const places = new Map();
/** @type {Set<string>} */
const asked = new Set();

/**
 * Be told the level of one meter, frame by frame, until the function that comes back is called.
 * @param {string} bank
 * @param {string} name as the desk calls it: ch/1, return/1/l, peak_l
 * @param {(db: number) => void} level
 */
export function watch(bank, name, level) {
  need(['meters']);
  const eye = {bank, name, level};
  const all = eyes.get(bank) ?? new Set();
  eyes.set(bank, all.add(eye));
  ask(bank);
  return () => {
    all.delete(eye);
    setTimeout(() => rest(bank), LINGER_MS);
  };
}

/** @param {string} bank */
function ask(bank) {
  if (document.hidden || asked.has(bank) || !eyes.get(bank)?.size) return;
  if (line.say('/meters/subscribe', [bank, HZ, LEASE_S])) asked.add(bank);
}

/** @param {string} bank */
function rest(bank) {
  if (asked.has(bank) && (document.hidden || !eyes.get(bank)?.size)) {
    asked.delete(bank);
    line.say('/meters/unsubscribe', [bank]);
  }
}

/** @param {string} bank */
function order(bank) {
  let found = places.get(bank);
  if (!found) {
    const names = about(`meters/${bank}`)?.names;
    if (!names) return undefined;
    found = new Map(names.map((name, k) => [name, k]));
    places.set(bank, found);
  }
  return found;
}

known.subscribe(() => places.clear());

line.onLive(() => {
  asked.clear();
  for (const bank of eyes.keys()) ask(bank);
});

line.onLost(() => {
  for (const all of eyes.values()) for (const eye of all) eye.level(-Infinity);
});

document.addEventListener('visibilitychange', () => {
  for (const bank of eyes.keys()) {
    if (document.hidden) rest(bank);
    else ask(bank);
  }
});

line.hear((address, args) => {
  if (!address.startsWith('/meters/')) return;
  const bank = address.slice(8);
  const all = eyes.get(bank);
  const at = all?.size ? order(bank) : undefined;
  if (!all || !at) return;
  for (const eye of all) {
    const place = at.get(eye.name);
    if (place !== undefined && place < args.length) eye.level(/** @type {number} */ (args[place]));
  }
});
