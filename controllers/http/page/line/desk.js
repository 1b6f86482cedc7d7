/**
 * The desk's values, as the page shows them: a signal a path, filled by subscriptions.
 *
 * While a finger is on a path the page shows the finger; else the desk.  What the page has set counts until the desk
 * has told what it holds, which is asked for where it does not come by itself.
 */

import {batch, signal} from '../lib/signals-core.module.js';
import {about} from './about.js';
import * as line from './line.js';

/** @typedef {number | string} Value */
/** @typedef {{shown: import('../lib/signals-core.module.js').Signal<Value | undefined>, told: Value | undefined,
 *   waits: boolean, fingers: number, sentAt: number, timer: number, next: Value | undefined}} Cell */

const LEASE_S = 86400; // a subscription ends with its connection
const SEND_MS = 20; // from one value of a path to its next
const ASK_MS = 250; // after the last one, if the desk has not said it
const MOST = 30; // patterns at once: the desk takes 32
const LINGER_MS = 1500; // a pattern that nobody shows any more

/** @type {Map<string, Cell>} */
const cells = new Map();
/** @type {Map<string, number>} pattern: how many show it */
const wanted = new Map();
/** @type {Set<string>} */
const asked = new Set();
/** Patterns whose snapshot has not come. */
export const loading = signal(0);
/** The last refusal, in the desk's words. */
export const refusal = signal({text: '', at: 0});
/** Words whose refusal is said where they are asked, and nowhere else. @type {Set<string>} */
export const quiet = new Set();
/** @type {Set<string>} */
let coming = new Set();

/** @param {string} path @returns {Cell} */
function cell(path) {
  let found = cells.get(path);
  if (!found) {
    found = {shown: signal(undefined), told: undefined, waits: false, fingers: 0, sentAt: 0, timer: 0, next: undefined};
    cells.set(path, found);
  }
  return found;
}

/**
 * What a path holds; `undefined` until the desk has said it.
 * @param {string} path
 */
export const value = (path) => cell(path).shown.value;

/** The same without being told of changes. @param {string} path */
export const peek = (path) => cell(path).shown.peek();

/** @param {string} path @returns {number} */
export const number = (path) => Number(value(path) ?? about(path)?.rest ?? 0);

/** @param {string} path */
export const text = (path) => String(value(path) ?? '');

/** @param {string} path */
export const on = (path) => value(path) === 1;

/** @param {string} path @param {Value} held */
function tell(path, held) {
  const one = cell(path);
  one.told = held;
  if (one.fingers) return;
  if (one.waits && held !== one.shown.peek()) return;
  settle(one);
}

/** The desk counts. @param {Cell} one */
function settle(one) {
  if (one.fingers) return;
  one.waits = false;
  one.shown.value = one.told;
}

/** @param {string} path @param {Value} held @returns {[address: string, args: Value[], tags: string]} */
function message(path, held) {
  return [`/${path}`, [held], typeof held === 'string' ? 's' : about(path)?.kind === 'switch' ? 'i' : 'f'];
}

/** @param {string} path @param {Value} held */
function send(path, held) {
  line.say(...message(path, held));
  sent(path);
}

/** A value of a path is on its way. @param {string} path */
function sent(path) {
  const one = cell(path);
  one.sentAt = performance.now();
  one.next = undefined;
  clearTimeout(one.timer);
  one.timer = setTimeout(() => {
    one.timer = 0;
    if (one.waits) ask(path);
  }, ASK_MS);
}

/** What the desk answers now counts, whatever it is. @param {string} path */
function ask(path) {
  const one = cell(path);
  if (one.fingers) return;
  one.waits = false;
  line.say(`/${path}`);
}

/**
 * Set a path; nothing, while the desk is not there.  Of many values of one path at most fifty a second go out, the last
 * one always.
 * @param {string} path
 * @param {Value} wish
 */
export function set(path, wish) {
  if (line.state.peek() !== 'live') return;
  const one = cell(path);
  const held = typeof wish === 'number' ? Math.fround(wish) : wish;
  if (held === one.shown.peek() && !one.waits && !one.fingers) return;
  one.shown.value = held;
  one.waits = true;
  const wait = one.sentAt + SEND_MS - performance.now();
  if (one.next !== undefined) {
    one.next = held;
  } else if (wait <= 0) {
    send(path, held);
  } else {
    one.next = held;
    clearTimeout(one.timer);
    one.timer = setTimeout(() => {
      if (one.next !== undefined) send(path, one.next);
    }, wait);
  }
}

/** Set some paths as one: one transaction, and one step of undo. @param {[path: string, wish: Value][]} wishes */
export function setAll(wishes) {
  if (line.state.peek() !== 'live') return;
  const news = wishes
    .map(([path, wish]) => /** @type {[string, Value]} */ ([path, typeof wish === 'number' ? Math.fround(wish) : wish]))
    .filter(([path, held]) => held !== cell(path).shown.peek());
  if (!news.length) return;
  line.sayAll(news.map(([path, held]) => message(path, held)));
  batch(() => {
    for (const [path, held] of news) {
      cell(path).shown.value = held;
      cell(path).waits = true;
      sent(path);
    }
  });
}

/** @param {string} path */
function flush(path) {
  const one = cell(path);
  if (one.next === undefined) return;
  clearTimeout(one.timer);
  send(path, one.next);
}

/**
 * Set a path to what a person has written; the desk reads it, and says what it holds then.
 * @param {string} path @param {string} written
 */
export function write(path, written) {
  line.say(`/${path}`, [written]);
  ask(path);
}

/** A switch to its other side. @param {string} path */
export const toggle = (path) => set(path, peek(path) === 1 ? 0 : 1);

/** A finger is down. @param {string} path */
export function touch(path) {
  const one = cell(path);
  if (one.fingers++ === 0) line.say(`/touch/${path}`, [1], 'i');
}

/** It is up: the desk is shown, as soon as it has said what it holds. @param {string} path */
export function release(path) {
  const one = cell(path);
  if (!one.fingers || --one.fingers) return;
  flush(path);
  line.say(`/touch/${path}`, [0], 'i');
  ask(path);
}

/**
 * A value over another for as long as a finger is down: gone when the desk loses us.
 * @param {string} path @param {Value} held
 */
export const hold = (path, held) => line.say(`/hold/${path}`, [held], typeof held === 'string' ? 's' : 'f');

/**
 * Have patterns told from now on, until the function that comes back is called.
 * @param {string[]} patterns without the first slash
 */
export function show(patterns) {
  for (const pattern of patterns) {
    wanted.set(pattern, (wanted.get(pattern) ?? 0) + 1);
    subscribe(pattern);
  }
  let over = false;
  return () => {
    if (over) return;
    over = true;
    for (const pattern of patterns) {
      wanted.set(pattern, (wanted.get(pattern) ?? 1) - 1);
      setTimeout(() => drop(pattern), LINGER_MS);
    }
  };
}

/** @param {string} pattern */
function subscribe(pattern) {
  if (asked.has(pattern)) return;
  if (asked.size >= MOST) for (const old of asked) drop(old); // those that nobody shows any more
  if (!line.say('/subscribe', [`/${pattern}`, LEASE_S])) return;
  asked.add(pattern);
  coming.add(pattern);
  loading.value = coming.size;
}

/** @param {string} pattern */
function drop(pattern) {
  if (wanted.get(pattern)) return;
  wanted.delete(pattern);
  if (asked.delete(pattern)) line.say('/unsubscribe', [`/${pattern}`]);
  if (coming.delete(pattern)) loading.value = coming.size;
}

line.onLive(() => {
  asked.clear();
  coming = new Set();
  for (const [pattern, count] of wanted) if (count) subscribe(pattern);
});

/** A pattern of which the desk has nothing: nothing comes. @param {string} words of the desk, which begin with it */
function refused(words) {
  for (const pattern of coming) {
    if (!words.startsWith(`${pattern}: `)) continue;
    coming.delete(pattern);
    asked.delete(pattern); // what was not taken is not given back
  }
  loading.value = coming.size;
}

line.onLost(() => {
  for (const one of cells.values()) {
    clearTimeout(one.timer);
    one.fingers = one.timer = 0;
    one.next = undefined;
    settle(one);
  }
});

line.hear((address, args) => {
  if (address === '/snapshot/end') {
    if (coming.delete(String(args[0]).slice(1))) loading.value = coming.size;
  } else if (address === '/error') {
    const path = String(args[0]).replace(/^\/(touch|hold|toggle|by|turn)?\/?/, '');
    if (!quiet.has(path)) refusal.value = {text: String(args[1]), at: performance.now()};
    if (cells.has(path)) ask(path);
    if (path === 'subscribe') refused(String(args[1]));
  } else if (args.length === 1 && address !== '/alive' && address !== '/pong') {
    tell(address.slice(1), args[0]);
  }
});
