/**
 * What the desk answers line by line: `told('scene/list')` holds the rows of its last whole answer.
 *
 * Nobody is told when others store or delete: what is shown is asked for again, now and then, and after every answer
 * to a word of the same kind.
 */

import {effect, signal, untracked} from '../lib/signals-core.module.js';
import {quiet} from './desk.js';
import * as line from './line.js';

/** @typedef {import('./osc.js').Arg} Arg */
/** @typedef {import('../lib/signals-core.module.js').Signal<Arg[][] | null>} Rows */
/** @typedef {{rows: Rows, tail: Arg[], why: import('../lib/signals-core.module.js').Signal<string>, next: Arg[][], eyes: number}} Told
 *   rows: null until the desk has answered; tail: of the line that ends them; why: the desk refuses, in its words */

const EVERY_MS = 5000;
const SOON_MS = 60;
const KINDS = /^\/(scene|cue|take|marker|moves)\//;

/** @type {Map<string, Told>} */
const lists = new Map();
let due = 0;

/** @param {string} word @returns {Told} */
export function told(word) {
  let found = lists.get(word);
  if (!found) {
    found = {rows: signal(/** @type {Arg[][] | null} */ (null)), tail: [], why: signal(''), next: [], eyes: 0};
    lists.set(word, found);
    quiet.add(word);
  }
  return found;
}

function again() {
  due = 0;
  if (document.hidden) return;
  for (const [word, one] of lists) if (one.eyes && !one.why.peek()) line.say(`/${word}`);
}

/** Ask soon, once for all that has happened. */
function soon() {
  if (!due) due = setTimeout(again, SOON_MS);
}

/** Have lists as they are, from now on, until the function that comes back is called. @param {string[]} words */
export function follow(words) {
  for (const word of words) told(word).eyes++;
  const end = effect(() => {
    if (line.state.value !== 'live') return;
    untracked(() => {
      for (const word of words) told(word).why.value = '';
      again();
    });
  });
  const timer = setInterval(again, EVERY_MS);
  document.addEventListener('visibilitychange', soon);
  return () => {
    end();
    clearInterval(timer);
    document.removeEventListener('visibilitychange', soon);
    for (const word of words) told(word).eyes--;
  };
}

line.onLost(() => {
  for (const one of lists.values()) one.next = [];
});

line.hear((address, args) => {
  if (address === '/error') {
    const one = lists.get(String(args[0]).slice(1));
    if (one) one.why.value = String(args[1]);
    return;
  }
  if (!KINDS.test(address)) return;
  const ends = address.endsWith('/end');
  const one = lists.get(address.slice(1, ends ? -4 : undefined));
  if (!one) {
    if (!/^\/\w+\/(list|diff|deleted)\b/.test(address)) soon();
  } else if (ends) {
    one.tail = args;
    one.rows.value = one.next;
    one.next = [];
  } else {
    one.next.push(args);
  }
});
