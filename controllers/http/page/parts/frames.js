/** One loop of frames for all that moves: what has to be drawn says so, and is drawn once, right before the screen is. */

/** @typedef {{frame: (now: number) => boolean | void}} Drawn a frame that comes back true wants the next one too */

/** @type {Set<Drawn>} */
let due = new Set();
let asked = false;

/** @param {number} now ms */
function run(now) {
  asked = false;
  const some = due;
  due = new Set();
  for (const part of some) if (part.frame(now)) due.add(part);
  if (due.size) ask();
}

function ask() {
  if (asked) return;
  asked = true;
  requestAnimationFrame(run);
}

/** Draw this with the next frame. @param {Drawn} part */
export function soon(part) {
  due.add(part);
  ask();
}

/** Not any more. @param {Drawn} part */
export function never(part) {
  due.delete(part);
}
