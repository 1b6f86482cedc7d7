/** A question to the desk by a word, such as clients, and the lines of its answer. */

import * as line from './line.js';

/** @typedef {import('./osc.js').Arg} Arg */
/** @typedef {[word: string, ...args: Arg[]]} Told one line: its word, and what it says */
/** @typedef {{word: string, end: string, lines: Told[], done: (lines: Told[] | null) => void}} Question */

const PATIENCE_MS = 8000;

/** @type {Question[]} */
let open = [];

/** @param {Question} one @param {Told[] | null} lines */
function answered(one, lines) {
  if (!open.includes(one)) return;
  open = open.filter((other) => other !== one);
  one.done(lines);
}

/**
 * Ask, and wait for the last line of the answer; null where the desk refuses (it is told why elsewhere) or is not there.
 * @param {string} word such as token/new
 * @param {Arg[]} [args]
 * @param {string} [end] the word of the last line
 * @param {string} [tags]
 * @returns {Promise<Told[] | null>}
 */
export function ask(word, args = [], end = word, tags) {
  return new Promise((done) => {
    /** @type {Question} */
    const one = {word, end, lines: [], done};
    if (!line.say(`/${word}`, args, tags)) {
      done(null);
      return;
    }
    open.push(one);
    setTimeout(() => answered(one, null), PATIENCE_MS);
  });
}

line.hear((address, args) => {
  if (!open.length) return;
  const word = address.slice(1);
  if (word === 'error') {
    const refused = open.find((one) => `/${one.word}` === args[0]);
    if (refused) answered(refused, null);
    return;
  }
  const one = open.find((other) => word === other.end || word === other.word || word.startsWith(`${other.word}/`));
  if (!one) return;
  one.lines.push([word, ...args]);
  if (word === one.end) answered(one, one.lines);
});

line.onLost(() => {
  for (const one of [...open]) answered(one, null);
});
