/**
 * A finger on something that moves both ways, such as a handle of the EQ: relative to where it is, an eighth as far
 * with Shift; down from first contact to last, as `drag` has it for one way.
 */

import {connections, state} from '../line/line.js';
import {downs} from './drag.js';

const STILL_PX = 3;
const FINE = 1 / 8;
const TWICE_MS = 320;
const NEAR_PX = 30;

/**
 * @typedef {object} Gripped
 * @property {() => void} down
 * @property {(dx: number, dy: number) => void} move px from where the finger began; up and right are more
 * @property {() => void} up
 * @property {() => void} [twice]
 */

/** @param {HTMLElement} element @param {Gripped} handle @returns {() => void} what takes the finger off it */
export function grip(element, handle) {
  let finger = -1;
  let connection = 0;
  let moved = false;
  let [x, y, dx, dy] = [0, 0, 0, 0];
  let tapAt = -Infinity;
  let [tapX, tapY] = [0, 0];

  function up() {
    if (finger < 0) return;
    finger = -1;
    downs.delete(up);
    element.classList.remove('held');
    handle.up();
  }

  element.addEventListener('pointerdown', (event) => {
    if (finger >= 0 || event.button > 0 || state.peek() !== 'live' || element.getAttribute('aria-disabled') === 'true') return;
    event.preventDefault();
    event.stopPropagation();
    element.focus({preventScroll: true});
    finger = event.pointerId;
    connection = connections.peek();
    moved = false;
    [x, y, dx, dy] = [event.clientX, event.clientY, 0, 0];
    downs.add(up);
    try {
      element.setPointerCapture(finger);
    } catch {
      // gone already: its end comes
    }
    element.classList.add('held');
    handle.down();
  });

  element.addEventListener('pointermove', (event) => {
    if (event.pointerId !== finger) return;
    if (connection !== connections.peek() || state.peek() !== 'live') {
      up();
      return;
    }
    if (!moved && Math.hypot(event.clientX - x, event.clientY - y) < STILL_PX) return;
    moved = true;
    const far = event.shiftKey ? FINE : 1;
    dx += (event.clientX - x) * far;
    dy += (y - event.clientY) * far;
    [x, y] = [event.clientX, event.clientY];
    handle.move(dx, dy);
  });

  element.addEventListener('pointerup', (event) => {
    if (event.pointerId !== finger) return;
    up();
    if (moved) return;
    const now = performance.now();
    const again = now - tapAt < TWICE_MS && Math.hypot(event.clientX - tapX, event.clientY - tapY) < NEAR_PX;
    tapAt = again ? -Infinity : now;
    [tapX, tapY] = [event.clientX, event.clientY];
    if (again) handle.twice?.();
  });

  for (const end of ['pointercancel', 'lostpointercapture']) {
    element.addEventListener(end, (event) => {
      if (/** @type {PointerEvent} */ (event).pointerId === finger) up();
    });
  }
  return up;
}

/** A handle at its place on a graph, never beyond its edge. @param {HTMLElement} element @param {number} x 0 to 1 @param {number} y 0 to 1 */
export function lay(element, x, y) {
  element.style.left = `clamp(16px, ${(100 * x).toFixed(2)}%, 100% - 16px)`;
  element.style.top = `clamp(16px, ${(100 * y).toFixed(2)}%, 100% - 16px)`;
}
