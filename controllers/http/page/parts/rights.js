/** What a role may do, by the desk's own table: this only says what to offer, and the desk refuses the rest. */

import * as desk from '../line/desk.js';
import {above, bus as ofBus, ranks, words} from '../roles.js';

/** @param {string} pattern @returns {RegExp} */
function fits(pattern) {
  return new RegExp(`^${pattern.replace(/\/\*\*$/, '(/.*)?').replace(/\*(?!\))/g, '[^/]+')}$`);
}

const ABOVE = above.map(([need, pattern]) => /** @type {[string, RegExp]} */ ([need, fits(pattern)]));
/** @type {Map<number, RegExp[]>} */
const own = new Map();

/** Whether a path belongs to a musician's own mix. @param {string} path @param {number} bus */
function ownMix(path, bus) {
  let found = own.get(bus);
  if (!found) own.set(bus, (found = ofBus.map((pattern) => fits(pattern.replace(/\bN\b/, String(bus))))));
  return found.some((pattern) => pattern.test(path));
}

/** The buses of a musician: his own, and its linked partner. @param {number} bus */
export function mixes(bus) {
  const odd = bus - ((bus + 1) % 2);
  return desk.value(`bus/${odd}/link`) === 1 ? [odd, odd + 1] : [bus];
}

/** Whether a role is at least another. @param {string} role @param {string} need */
export const reaches = (role, need) => ranks.indexOf(role.split(':')[0]) >= ranks.indexOf(need);

/**
 * The role that is missing for setting a path; '' where none is.
 * @param {string} role none view bus:N mix admin
 * @param {string} path
 * @returns {string}
 */
export function may(role, path) {
  if (role === 'admin' || !path) return '';
  if (role.startsWith('bus:') && mixes(Number(role.slice(4))).some((bus) => ownMix(path, bus))) return '';
  const need = ABOVE.find(([, pattern]) => pattern.test(path))?.[0] ?? 'mix';
  return reaches(role, need) ? '' : need;
}

/** The role that is missing for saying a word such as scene/recall; '' where none is. @param {string} role @param {string} word */
export function mayAsk(role, word) {
  const need = words[word] ?? 'admin';
  return reaches(role, need) ? '' : need;
}
