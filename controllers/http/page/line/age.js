/** A page that is older than the desk says so, and comes anew as soon as no finger is on it. */

import {signal} from '../lib/signals-core.module.js';
import {connections, onLive} from './line.js';

const LOOK_MS = 250;

/** Whether the desk has another page than this one. */
export const older = signal(false);

const NAME = /name="page" content="(\w+)"/;
const mine = document.querySelector('meta[name=page]')?.getAttribute('content');

async function ask() {
  if (connections.peek() < 2) return; // the first one has just brought this page
  try {
    const answer = await fetch('/', {headers: {Accept: 'text/html'}, cache: 'no-store'});
    const now = NAME.exec(await answer.text())?.[1];
    if (now) older.value = now !== mine;
  } catch {
    // asked again with the next connection
  }
}

/** Begin. @param {() => boolean} held whether a finger is on anything */
export function watch(held) {
  onLive(() => void ask());
  let timer = 0;
  older.subscribe((is) => {
    clearInterval(timer);
    if (is) timer = setInterval(() => !held() && location.reload(), LOOK_MS);
  });
}
