/**
 * More me: one wheel that raises some sends together, and when they can go no further lowers the others.
 *
 * Back it goes the same way: the others come up to where they were, as far as nobody has moved them since, and then
 * the own ones go down.  What is off stays off, but for the own ones, which begin at START_DB.
 */

const OFF_DB = -90;
const HIGH_DB = 10;
const FLOOR_DB = -60; // what is lowered further would be off, and its place in the mix lost
const START_DB = -30;

/**
 * @typedef {object} Start how things stand when a finger comes
 * @property {[path: string, db: number][]} me
 * @property {[path: string, db: number, down: number][]} others down: how far the wheel has lowered each, and it still is
 * @property {number} by how far the wheel has lowered the others, dB
 */

/** @param {number} db @param {number} by */
const sunk = (db, by) => Math.max(db - by, Math.min(db, FLOOR_DB));

/**
 * Where all are after so many dB of the wheel.
 * @param {Start} start @param {number} turned
 * @returns {{me: [path: string, db: number][], others: [path: string, db: number, down: number][], by: number}}
 */
export function turned({me, others, by}, turned) {
  const top = Math.max(...me.map(([, db]) => (db <= OFF_DB ? START_DB : db)));
  const up = Math.min(Math.max(turned, 0), Math.max(HIGH_DB - top, 0));
  const back = Math.min(by, Math.max(-turned, 0));
  const down = Math.max(-turned, 0) - back;
  const loudest = Math.max(FLOOR_DB, ...others.map(([, db, low]) => db + low));
  const now = Math.min(by - back + Math.max(turned - up, 0), Math.max(loudest - FLOOR_DB, by));
  return {
    me: me.map(([path, db]) => {
      if (db <= OFF_DB) return [path, turned > 0 ? Math.min(START_DB + up, HIGH_DB) : db];
      return [path, turned < 0 ? sunk(db, down) : Math.min(db + up, HIGH_DB)];
    }),
    others: others.map(([path, db, low]) => {
      const first = db + low; // where it would be without the wheel
      const to = db <= OFF_DB ? db : low > 0 ? Math.min(sunk(first, now), HIGH_DB) : sunk(db, Math.max(now - by, 0));
      return [path, to, Math.max(first - to, 0)];
    }),
    by: now,
  };
}
