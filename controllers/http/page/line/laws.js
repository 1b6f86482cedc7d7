/** The laws that tie a value to a position from 0 to 1, with the desk's own numbers (`studiod params` prints them). */

/** @typedef {'line' | 'octave' | 'fader' | 'whole'} Law */

// Four straight segments of the fader's law: from position, from dB, dB a position.
const SEGMENTS = [
  [0.5, -10, 40],
  [0.25, -30, 80],
  [0.0625, -60, 160],
  [0, -90, 480],
];

/**
 * @param {Law} law
 * @param {number} low
 * @param {number} high
 * @param {number} value
 */
export function toTurn(law, low, high, value) {
  if (!(value > low)) return 0;
  if (value >= high) return 1;
  if (law === 'octave') return Math.log(value / low) / Math.log(high / low);
  if (law === 'fader') {
    for (const [turn, start, slope] of SEGMENTS) if (value >= start) return turn + (value - start) / slope;
  }
  return (value - low) / (high - low);
}

/**
 * The value at a position, as a float32, which is what the desk holds; a position beyond 0 to 1 is its end.
 * @param {Law} law
 * @param {number} low
 * @param {number} high
 * @param {number} turn
 */
export function fromTurn(law, low, high, turn) {
  if (!(turn > 0)) return Math.fround(low);
  if (turn >= 1) return Math.fround(high);
  if (law === 'octave') return Math.fround(low * Math.exp(turn * Math.log(high / low)));
  if (law === 'fader') {
    for (const [from, start, slope] of SEGMENTS) if (turn >= from) return Math.fround(start + (turn - from) * slope);
  }
  const value = low + turn * (high - low);
  return Math.fround(law === 'whole' ? even(value) : value);
}

/**
 * The nearest whole number; of two, the even one, as the desk rounds.
 * @param {number} value
 */
function even(value) {
  const near = Math.round(value);
  return Math.abs(value % 1) === 0.5 && near % 2 !== 0 ? near - 1 : near;
}
