/** Strips by kind, how many there are, and how each is called. */

import {count} from '../line/about.js';
import * as desk from '../line/desk.js';

const SHORT = /** @type {Record<string, string>} */ ({ch: 'Ch', return: 'FX', bus: 'Bus', matrix: 'Mtx', dca: 'DCA', mutegroup: 'Mute group', main: 'Main'});

/** @param {string} kind @returns {string[]} */
export const all = (kind) => Array.from({length: count(kind)}, (_, k) => `${kind}/${k + 1}`);

/** How a strip is called; by its number where it has no name. @param {string} path */
export function named(path) {
  const given = desk.text(`${path}/name`);
  if (given) return given;
  const [kind, index] = path.split('/');
  return index ? `${SHORT[kind] ?? kind} ${index}` : (SHORT[kind] ?? kind);
}

/** @param {string} path */
export const colour = (path) => `colour-${desk.text(`${path}/colour`) || 'off'}`;

/** What makes a pair of a strip and its neighbour: the odd one of the two says it. @param {string} strip */
export function pair(strip) {
  const [kind, n] = strip.split('/');
  return `${kind}/${Number(n) - ((Number(n) + 1) % 2)}/link`;
}

/** Its side of a linked pair, L or R; '' of a strip that stands alone. @param {string} path */
export function sideOf(path) {
  const [, n] = path.split('/');
  if (!n || !desk.on(pair(path))) return '';
  return Number(n) % 2 ? 'L' : 'R';
}
