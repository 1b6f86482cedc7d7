/**
 * What the desk says of its paths: range, law, unit, default, items.  Taken from its OSCQuery tree, one strip of each kind,
 * and kept on the device until another desk answers.
 */

import {signal} from '../lib/signals-core.module.js';
import * as line from './line.js';

/**
 * @typedef {object} About
 * @property {string} kind number switch list text point strip
 * @property {number} low
 * @property {number} high
 * @property {import('./laws.js').Law} law
 * @property {string} unit of OSCQuery, such as gain.db
 * @property {number | string} rest
 * @property {string[]} items
 * @property {string} words one line for people
 * @property {boolean} fixed read-only
 * @property {string[]} names of a bank of meters: what each is called
 * @property {(string | null)[]} units of a bank of meters: of each
 */

const NUMBERED = new Set(['ch', 'return', 'bus', 'matrix', 'dca', 'mutegroup', 'fx', 'input', 'output', 'surface']);
const PLACE = 'studiod.about.';

/** What is kept is of one edition of the page. */
const edition = document.querySelector('meta[name=page]')?.getAttribute('content');

/** How large the console is: channels, buses …; empty until the desk has said it. */
export const console = signal(/** @type {Record<string, string>} */ ({}));
/** Rises with each part that has come. */
export const known = signal(0);
/** @type {Map<string, About>} */
const table = new Map();
/** @type {Set<string>} roots that are there, or on their way */
const begun = new Set();
/** @type {Set<string>} roots that somebody wants */
const wanted = new Set();
let desk = '';

/** How many of a kind there are: ch, bus, … @param {string} kind */
export function count(kind) {
  const names = {ch: 'channels', return: 'returns', bus: 'buses', matrix: 'matrices', dca: 'dcas', mutegroup: 'mute_groups',
    fx: 'returns', input: 'inputs', output: 'outputs'}; // prettier-ignore
  return Number(console.value[/** @type {Record<string, string>} */ (names)[kind]] ?? 0);
}

/** The path of the first of its kind, which says what all of them are. @param {string} path */
function first(path) {
  const [kind, index, ...rest] = path.split('/');
  return NUMBERED.has(kind) && /^\d+$/.test(index) ? [kind, '1', ...rest].join('/') : path;
}

/** @param {string} path @returns {About | undefined} */
export function about(path) {
  return table.get(path) ?? table.get(first(path));
}

/** Every parameter below a path, in the desk's order. @param {string} path such as fx/2/reverb @returns {string[]} */
export function below(path) {
  known.value;
  const model = `${first(path)}/`;
  return [...table.keys()].filter((one) => one.startsWith(model)).map((one) => `${path}/${one.slice(model.length)}`);
}

/** Whether this console has any of a root. @param {string} root */
const there = (root) => !NUMBERED.has(root) || root === 'surface' || count(root) > 0;

/**
 * Have what the desk says of some roots (`ch`, `main`, `monitor`), from now on.
 * @param {string[]} roots
 */
export function need(roots) {
  for (const root of roots) {
    wanted.add(root);
    if (desk && !begun.has(root) && there(root)) {
      begun.add(root);
      void bring(root);
    }
  }
}

/** @param {string} root */
async function bring(root) {
  const of = desk;
  let rows = held(root);
  if (!rows) {
    try {
      const headers = {Accept: 'application/json', ...line.bearer()};
      const answer = await fetch(NUMBERED.has(root) ? `/${root}/1` : `/${root}`, {headers});
      if (!answer.ok) throw new Error(String(answer.status));
      rows = flat(await answer.json(), []);
      keep(root, rows);
    } catch {
      begun.delete(root); // asked for again when the desk is back
      return;
    }
  }
  if (of !== desk) return;
  for (const [path, row] of rows) table.set(path, row);
  known.value++;
}

/** @typedef {[string, About]} Row */

/** @param {string} root @returns {Row[] | null} */
function held(root) {
  try {
    const found = JSON.parse(localStorage.getItem(PLACE + root) ?? 'null');
    return found && found.desk === desk && found.edition === edition ? found.rows : null;
  } catch {
    return null;
  }
}

/** @param {string} root @param {Row[]} rows */
function keep(root, rows) {
  try {
    localStorage.setItem(PLACE + root, JSON.stringify({desk, edition, rows}));
  } catch {
    // no room: it is asked for at the next visit
  }
}

/** The parameters of a node and of all below it. @param {any} node @param {Row[]} rows @returns {Row[]} */
function flat(node, rows) {
  if (node.TAGS && node.ACCESS !== 2 && !node.CONTENTS) {
    const range = node.RANGE?.[0] ?? {};
    rows.push([
      node.FULL_PATH.slice(1),
      {
        kind: node.TAGS[0],
        low: range.MIN ?? 0,
        high: range.MAX ?? 1,
        law: node.LAW?.[0] ?? 'line',
        unit: node.UNIT?.[0] ?? '',
        rest: node.DEFAULT?.[0] ?? 0,
        items: range.VALS ?? [],
        words: node.DESCRIPTION ?? '',
        fixed: node.ACCESS === 1,
        names: node.NAMES ?? [],
        units: node.UNIT ?? [],
      },
    ]);
  }
  for (const child of Object.values(node.CONTENTS ?? {})) flat(child, rows);
  return rows;
}

line.onLive(() => line.say('/info'));

line.hear((address, args) => {
  if (address !== '/info') return;
  const said = args.join('\n');
  if (said !== desk) {
    table.clear();
    begun.clear();
    desk = said;
    /** @type {Record<string, string>} */
    const pairs = {};
    for (let k = 0; k + 1 < args.length; k += 2) pairs[String(args[k])] = String(args[k + 1]);
    console.value = pairs;
  }
  need([...wanted]);
});
