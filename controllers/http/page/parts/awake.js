/**
 * The screen stays awake while the page is shown: by a Wake Lock, and where there is none (over plain HTTP) by a silent
 * video, from the first touch on.
 *
 * Safari lets a video keep the screen awake only if it has sound, be it silence and muted, and does not `loop`: so it is
 * sent back before its end.
 */

import {effect, signal} from '../lib/signals-core.module.js';
import {awake} from './choices.js';

const BACK_S = 6; // of the ten that it lasts

/** How the screen is kept awake: '' lock video. */
export const kept = signal('');

/** @type {{release: () => Promise<void>} | null} */
let lock = null;
/** @type {HTMLVideoElement | null} */
let video = null;

/** @param {string} src */
function film(src) {
  const made = document.createElement('video');
  made.className = 'awake';
  made.muted = true;
  made.setAttribute('muted', '');
  made.setAttribute('playsinline', '');
  made.setAttribute('aria-hidden', 'true');
  made.disableRemotePlayback = true;
  made.tabIndex = -1;
  made.src = src;
  made.addEventListener('timeupdate', () => {
    if (made.currentTime > BACK_S) made.currentTime = 0;
  });
  made.addEventListener('playing', () => (kept.value = 'video'));
  made.addEventListener('pause', () => (kept.value = ''));
  document.body.append(made);
  return made;
}

function release() {
  const old = lock;
  lock = null;
  void old?.release().catch(() => {});
  video?.pause();
}

/** @param {string} src @param {boolean} touched by a hand, without which no video starts everywhere */
async function take(src, touched) {
  if (document.hidden || !awake.peek() || kept.peek()) return;
  if ('wakeLock' in navigator) {
    try {
      const made = await navigator.wakeLock.request('screen');
      lock = made;
      kept.value = 'lock';
      made.addEventListener('release', () => {
        if (lock !== made && lock !== null) return;
        lock = null;
        kept.value = '';
      });
      return;
    } catch {
      // a battery that is nearly empty: the video may do it
    }
  }
  if (!touched) return;
  video = video ?? film(src);
  video.play().catch(() => {}); // the next touch tries again
}

/** @param {string} src of the video */
export function begin(src) {
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) release();
    else void take(src, video !== null);
  });
  for (const kind of ['pointerup', 'keydown']) addEventListener(kind, () => void take(src, true), {capture: true, passive: true});
  effect(() => {
    if (awake.value) void take(src, false);
    else release();
  });
}
