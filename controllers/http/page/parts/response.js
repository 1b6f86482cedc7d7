/** What a strip's filters and EQ do to a frequency, from its real parameters. */

import {console as desk, about} from '../line/about.js';
import {butterworth, design, power} from './design.js';

/** @typedef {import('./design.js').Five} Five */
/** @typedef {{on: boolean, sections: Five[], rate: number}} Eq */
/** @typedef {(path: string) => number | string | undefined} Read */

export const FLAT = ['bell', 'low_shelf', 'high_shelf']; // at 0 dB these are wires

/** How many bands the EQ of a strip has. @param {string} strip */
export function bands(strip) {
  let count = 0;
  while (about(`${strip}/eq/${count + 1}/freq`)) count++;
  return count;
}

/** The rate that the desk computes at, Hz. */
export const rate = () => Number(desk.value.rate_hz ?? 48000);

/** A value, or its default as long as the desk has not said it. @param {Read} read @param {string} path */
const held = (read, path) => read(path) ?? about(path)?.rest ?? 0;

/** One band by itself. @param {string} strip @param {number} band @param {Read} read @returns {Five | null} */
export function bandOf(strip, band, read) {
  const at = `${strip}/eq/${band}`;
  const kind = String(held(read, `${at}/type`));
  const db = Number(held(read, `${at}/gain`));
  if (!held(read, `${at}/on`) || (db === 0 && FLAT.includes(kind))) return null;
  return design(kind, Number(held(read, `${at}/freq`)), Number(held(read, `${at}/q`)), db, rate());
}

/** One filter by itself: hpf or lpf. @param {string} strip @param {string} filter @param {Read} read @returns {Five[] | null} */
export function filterOf(strip, filter, read) {
  const at = `${strip}/${filter}`;
  if (!about(`${at}/on`) || !held(read, `${at}/on`)) return null;
  return butterworth(String(held(read, `${at}/slope`)), Number(held(read, `${at}/freq`)), rate(), filter === 'lpf');
}

/** Filters and EQ of a strip as they are now. @param {string} strip @param {Read} read @returns {Eq} */
export function eqOf(strip, read) {
  /** @type {Five[]} */
  const sections = [];
  for (const filter of ['hpf', 'lpf']) sections.push(...(filterOf(strip, filter, read) ?? []));
  const on = Boolean(held(read, `${strip}/eq/on`));
  for (let band = 1; band <= bands(strip); band++) {
    const five = bandOf(strip, band, read);
    if (five && on) sections.push(five);
  }
  return {on, sections, rate: rate()};
}

/** dB at a frequency. @param {Eq} eq @param {number} hz */
export function response(eq, hz) {
  let all = 1;
  for (const five of eq.sections) all *= power(five, hz, eq.rate);
  return 10 * Math.log10(Math.max(all, 1e-12));
}
