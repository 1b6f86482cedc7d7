/**
 * The connection to the desk: made, watched and made again, by itself.
 *
 * `live` only while the desk has been heard in the last three seconds.  What is said at any other time is not said
 * later: it is not said at all.
 */

import {batch, signal} from '../lib/signals-core.module.js';
import {bundle, decode, encode} from './osc.js';

/** @typedef {import('./osc.js').Arg} Arg */
/** @typedef {'joining' | 'live' | 'offline' | 'shut'} State */

const SILENT_MS = 3000; // without a word: offline
const DOUBT_MS = 700; // after a sleep the desk answers within this, or a new socket is opened
const OPEN_MS = 3000; // for a socket to open
const FIRST_MS = 250;
const LAST_MS = 2000; // from one try to the next
const SHUT_MS = 5000; // from one try to the next where the desk lets nobody in
const LOOK_MS = 200;

/** What the connection is doing; `shut`: the desk is there and lets nobody in. */
export const state = signal(/** @type {State} */ ('joining'));
/** Why it is shut, in the desk's words. */
export const shutBy = signal('');
/** The role that the desk gives: none view bus:N mix admin. */
export const role = signal('none');
/** How often a connection has been made. */
export const connections = signal(0);

/** @type {WebSocket | null} */
let socket = null;
let heardAt = 0;
let openedAt = 0;
let doubtAt = 0;
let waitMs = FIRST_MS;
let nextAt = 0;
let stood = false; // this socket has opened
/** @type {((address: string, args: Arg[]) => void)[]} */
const ears = [];
/** @type {(() => void)[]} */
const greets = [];
/** @type {(() => void)[]} */
const losses = [];

/** @param {string} key @param {() => string} make */
function kept(key, make) {
  try {
    const held = localStorage.getItem(key) || make();
    localStorage.setItem(key, held);
    return held;
  } catch {
    return make(); // a browser that keeps nothing: somebody new at each visit
  }
}

function random() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

const TAKEN = /^it joined anew/; // another tab of this browser has come with the same id
let id = kept('studiod.id', random);

/** The token of the address that was opened (`#t=…`), which the address bar then no longer shows. */
function token() {
  const found = /[#&]t=([^&]+)/.exec(location.hash);
  if (!found) return kept('studiod.token', () => '');
  try {
    localStorage.setItem('studiod.token', found[1]);
  } catch {
    // it holds for this visit
  }
  history.replaceState(null, '', location.pathname + location.search + location.hash.replace(found[0], ''));
  return found[1];
}

const secret = token();

/** What lets this device in: `#t=` and its token; '' where it has none. */
export const invitation = () => (secret ? `#t=${secret}` : '');

/** What a request says of who asks. @returns {Record<string, string>} */
export const bearer = () => (secret ? {Authorization: `Bearer ${secret}`} : {});

/** Hear every message. @param {(address: string, args: Arg[]) => void} ear */
export function hear(ear) {
  ears.push(ear);
}

/** Do something each time a connection stands: what was asked for before is not asked for any more. @param {() => void} greet */
export function onLive(greet) {
  greets.push(greet);
}

/** Do something each time the desk is lost. @param {() => void} loss */
export function onLost(loss) {
  losses.push(loss);
}

/**
 * Say something, if the desk hears; whether it does.
 * @param {string} address
 * @param {Arg[]} [args]
 * @param {string} [tags]
 */
export function say(address, args = [], tags) {
  if (state.value !== 'live' || !socket || socket.readyState !== 1) return false;
  socket.send(encode(address, args, tags));
  return true;
}

/** Say some things as one, if the desk hears; whether it does. @param {[address: string, args: Arg[], tags?: string][]} messages */
export function sayAll(messages) {
  if (state.value !== 'live' || !socket || socket.readyState !== 1) return false;
  socket.send(bundle(messages));
  return true;
}

function open() {
  drop();
  const now = performance.now();
  openedAt = now;
  doubtAt = 0;
  stood = false;
  const made = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/`);
  socket = made;
  made.binaryType = 'arraybuffer';
  made.onopen = () => {
    heardAt = performance.now();
    stood = true;
    made.send(encode('/join', [id, name(), ...(secret ? [secret] : [])]));
    made.send(encode('/echo', [1], 'i'));
  };
  made.onmessage = (event) => {
    if (made !== socket || typeof event.data === 'string') return;
    heardAt = performance.now();
    doubtAt = 0;
    batch(() => decode(event.data, heard));
  };
  made.onclose = (event) => {
    if (made !== socket) return;
    if (TAKEN.test(event.reason)) id = random(); // it keeps the id, and this one is somebody new: they do not fight over it
    lost();
  };
}

/** What others see of this device; '' as long as nobody has given it a name. */
export function name() {
  try {
    return localStorage.getItem('studiod.name') || '';
  } catch {
    return '';
  }
}

/** @param {string} address @param {Arg[]} args */
function heard(address, args) {
  if (address === '/join') {
    role.value = String(args[1]);
    waitMs = FIRST_MS;
    state.value = 'live';
    connections.value++;
    for (const greet of greets) greet();
    return;
  }
  if (address === '/error' && args[0] === '/join') {
    shut(String(args[1]));
    return;
  }
  for (const ear of ears) ear(address, args);
}

/** The desk is there and lets nobody in. @param {string} why */
function shut(why) {
  lost();
  nextAt = performance.now() + SHUT_MS;
  shutBy.value = why;
  state.value = 'shut';
}

/** Close without waiting for the other side. */
function drop() {
  const old = socket;
  socket = null;
  if (!old) return;
  old.onopen = old.onmessage = old.onclose = null;
  old.close();
}

function lost() {
  const was = state.value;
  const refused = socket !== null && !stood;
  drop();
  nextAt = performance.now() + waitMs;
  waitMs = Math.min(waitMs * 1.6, LAST_MS);
  if (was === 'live') {
    state.value = 'offline';
    for (const loss of losses) loss();
  }
  if (refused) void whyShut();
}

/** A socket that does not open says nothing of its reason; a request does. */
async function whyShut() {
  try {
    const answer = await fetch('/?HOST_INFO', {headers: {Accept: 'application/json', ...bearer()}, cache: 'no-store'});
    if (socket && stood) return; // it has opened meanwhile
    if (answer.status === 401 || answer.status === 403) shut((await answer.json()).error);
    else if (state.value === 'shut') state.value = 'joining';
  } catch {
    if (state.value !== 'live') state.value = 'offline';
  }
}

function look() {
  const now = performance.now();
  if (!socket) {
    if (now >= nextAt && !document.hidden) open();
    return;
  }
  const opening = socket.readyState === 0;
  if (opening ? now - openedAt > OPEN_MS : now - heardAt > SILENT_MS) lost();
  else if (doubtAt && now >= doubtAt) {
    lost();
    nextAt = 0;
    look();
  }
}

/** The page is back from wherever it was: the desk is asked whether it is there. */
function doubt() {
  if (document.hidden) return;
  waitMs = FIRST_MS;
  if (!socket) {
    nextAt = 0;
  } else if (socket.readyState === 1) {
    socket.send(encode('/ping'));
    doubtAt = doubtAt || performance.now() + DOUBT_MS;
  }
  look();
}

/** Begin. */
export function connect() {
  open();
  setInterval(look, LOOK_MS);
  document.addEventListener('visibilitychange', doubt);
  addEventListener('pageshow', doubt);
  addEventListener('online', doubt);
}

/** Who the page is for others, kept on this device. @param {string} text */
export function rename(text) {
  try {
    localStorage.setItem('studiod.name', text);
  } catch {
    // it holds for this visit
  }
  say('/iam', [text]);
}
