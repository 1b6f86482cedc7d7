/**
 * A finger on something that has a position from 0 to 1: relative to where it is, fine when it has slid aside.
 *
 * One finger each; it counts as down from its first contact to its last, whatever ends it, and moves nothing any more
 * once the desk was lost under it.
 */

import {connections, state} from '../line/line.js';
import {jumps} from './choices.js';

const STILL_PX = 3; // a touch that moves less has not moved
const ASIDE_PX = 60;
const FINE = 1 / 8;
const TWICE_MS = 320;
const NEAR_PX = 30;

/**
 * @typedef {object} Handle
 * @property {() => number} turn where it is
 * @property {() => number} travel px from 0 to 1
 * @property {(turn: number) => void} move
 * @property {(event: PointerEvent) => void} [down]
 * @property {() => void} [up]
 * @property {(event: PointerEvent) => void} [over] where the finger is, at each of its moves
 * @property {() => void} [twice] tapped twice
 * @property {boolean} [across] more is to the right, not up
 * @property {(event: PointerEvent) => number} [at] the position under the finger, for who wants faders to jump
 */

/** @param {HTMLElement} element @param {Handle} handle @returns {() => void} what takes the finger off it */
export function drag(element, handle) {
  let finger = -1;
  let connection = 0;
  let moved = false;
  let fine = false;
  let startX = 0;
  let startY = 0;
  let fromY = 0;
  let from = 0;
  let turn = 0;
  let lastY = 0;
  let tapAt = -Infinity;
  let tapX = 0;
  let tapY = 0;
  /** Where a finger is along the way, more being less; and beside it. @param {PointerEvent} event */
  const along = (event) => (handle.across ? -event.clientX : event.clientY);
  /** @param {PointerEvent} event */
  const beside = (event) => (handle.across ? event.clientY : event.clientX);

  /** @param {PointerEvent} event */
  function down(event) {
    if (finger >= 0 || event.button > 0 || state.peek() !== 'live' || element.getAttribute('aria-disabled') === 'true') return;
    event.preventDefault();
    event.stopPropagation();
    element.focus({preventScroll: true});
    finger = event.pointerId;
    downs.add(up);
    connection = connections.peek();
    moved = fine = false;
    startX = beside(event);
    startY = fromY = along(event);
    from = turn = handle.turn();
    try {
      element.setPointerCapture(finger);
    } catch {
      // gone already: its end comes
    }
    handle.down?.(event);
    if (jumps.peek() && handle.at) {
      from = turn = handle.at(event);
      moved = true;
      handle.move(turn);
    }
  }

  /** @param {PointerEvent} event */
  function move(event) {
    if (event.pointerId !== finger) return;
    if (connection !== connections.peek() || state.peek() !== 'live') {
      up();
      return;
    }
    if (!moved && Math.hypot(beside(event) - startX, along(event) - startY) < STILL_PX) return;
    moved = true;
    const aside = event.shiftKey || Math.abs(beside(event) - startX) > ASIDE_PX;
    if (aside !== fine) {
      from = turn;
      fromY = lastY;
      fine = aside;
    }
    lastY = along(event);
    const to = from + ((fromY - lastY) * (fine ? FINE : 1)) / handle.travel();
    const next = Math.min(Math.max(to, 0), 1);
    handle.over?.(event);
    if (next === turn) return;
    turn = next;
    handle.move(turn);
  }

  function up() {
    if (finger < 0) return;
    finger = -1;
    downs.delete(up);
    handle.up?.();
  }

  /** @param {PointerEvent} event */
  function lifted(event) {
    if (event.pointerId !== finger) return;
    up();
    if (moved) return;
    const now = performance.now();
    if (now - tapAt < TWICE_MS && Math.hypot(event.clientX - tapX, event.clientY - tapY) < NEAR_PX) {
      tapAt = -Infinity;
      handle.twice?.();
      return;
    }
    tapAt = now;
    tapX = event.clientX;
    tapY = event.clientY;
  }

  /** @param {PointerEvent} event */
  function ended(event) {
    if (event.pointerId === finger) up();
  }

  element.addEventListener('pointerdown', (event) => {
    lastY = along(event);
    down(event);
  });
  // No scroll, and no fling after it: while one lasts, browsers take the next tap for its end.
  element.addEventListener('touchstart', (event) => event.cancelable && event.preventDefault(), {passive: false});
  element.addEventListener('pointermove', move);
  element.addEventListener('pointerup', lifted);
  element.addEventListener('pointercancel', ended);
  element.addEventListener('lostpointercapture', ended);
  return up;
}

/** @type {Set<() => void>} what lifts each finger that is down, of other ways to move something too */
export const downs = new Set();

function allUp() {
  for (const up of [...downs]) up();
}

/** Whether a finger is on anything. */
export const held = () => downs.size > 0;

document.addEventListener('visibilitychange', () => document.hidden && allUp());
addEventListener('pagehide', allUp);
