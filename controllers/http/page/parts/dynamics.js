/**
 * What a gate and a compressor do to a steady level, from their real parameters: the same sums as dsp/gate.py and
 * dsp/comp.py; a test holds both against stepped sines.
 *
 * A level is that of a sine that the unit listens to, dBFS.  Taken: dB that the unit takes away, as its meter says.
 */

import {about} from '../line/about.js';

/** @typedef {(path: string) => number | string | undefined} Read */
/**
 * @typedef {object} Dynamics
 * @property {boolean} on
 * @property {(db: number) => number} taken at a level that has risen to there
 * @property {(taken: number) => number} lift dB that are added where so much is taken away: make-up and mix
 * @property {(taken: number) => [low: number, high: number]} levels those at which so much is taken away
 * @property {number} threshold
 * @property {number[]} breaks levels where the curve has a step or a corner
 * @property {number | null} closes where an open gate closes
 */

const NEAR = 0.05; // dB: less is nothing, for the point

/** A value, or its default as long as the desk has not said it. @param {Read} read @param {string} path */
const held = (read, path) => read(path) ?? about(path)?.rest ?? 0;

/** @param {string} strip @param {Read} read @returns {Dynamics} */
export function gateOf(strip, read) {
  /** @param {string} name */
  const number = (name) => Number(held(read, `${strip}/gate/${name}`));
  const mode = String(held(read, `${strip}/gate/mode`));
  const threshold = number('threshold');
  const range = number('range');
  const steep = Number(/^expand(\d)$/.exec(mode)?.[1] ?? 1) - 1; // dB more for each dB below; 0: a switch
  const closes = steep ? null : threshold - number('hysteresis');
  const ducks = mode === 'duck';
  /** @param {number} db */
  const taken = (db) => {
    if (steep) return Math.min(Math.max(steep * (threshold - db), 0), range);
    return db >= threshold === ducks ? range : 0;
  };
  return {
    on: number('on') === 1,
    taken,
    lift: () => 0,
    levels: (now) => {
      if (ducks) return now < range - NEAR ? [-Infinity, threshold] : [closes ?? threshold, Infinity];
      if (now < NEAR) return [closes ?? threshold, Infinity];
      if (now > range - NEAR) return [-Infinity, steep ? threshold - range / steep : threshold];
      const level = steep ? threshold - now / steep : threshold;
      return [level, level];
    },
    threshold,
    breaks: steep ? [threshold - range / steep, threshold] : [threshold],
    closes,
  };
}

/** @param {string} strip @param {Read} read @returns {Dynamics} */
export function compOf(strip, read) {
  /** @param {string} name */
  const number = (name) => Number(held(read, `${strip}/comp/${name}`));
  const threshold = number('threshold');
  const slope = 1 - 1 / number('ratio');
  const knee = Math.max(number('knee'), 1e-9);
  const makeup = number('makeup');
  const mix = number('mix') / 100;
  const foot = threshold - knee / 2;
  /** @param {number} db */
  const taken = (db) => {
    const into = db - foot;
    const bend = Math.min(Math.max(into, 0), knee);
    return slope * ((bend * bend) / (2 * knee) + Math.max(into - knee, 0));
  };
  return {
    on: number('on') === 1,
    taken,
    lift: (now) => 20 * Math.log10(Math.max(1 + mix * (10 ** ((makeup - now) / 20) - 1), 1e-6)) + now,
    levels: (now) => {
      if (now < NEAR) return [-Infinity, foot + (slope > 0 ? Math.sqrt((2 * knee * NEAR) / slope) : Infinity)];
      if (slope <= 0) return [-Infinity, Infinity];
      const bent = (slope * knee) / 2; // taken at the end of the knee
      const level = foot + (now < bent ? Math.sqrt((2 * knee * now) / slope) : knee + (now - bent) / slope);
      return [level, level];
    },
    threshold,
    breaks: [foot, foot + knee],
    closes: null,
  };
}

/** @param {string} strip @param {string} unit gate or comp @param {Read} read */
export const dynamicsOf = (strip, unit, read) => (unit === 'gate' ? gateOf(strip, read) : compOf(strip, read));

/** What comes out at a level, dBFS. @param {Dynamics} unit @param {number} db */
export function output(unit, db) {
  const taken = unit.taken(db);
  return db - taken + unit.lift(taken);
}
