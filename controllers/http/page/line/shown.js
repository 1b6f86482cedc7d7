/** Values as people read them. */

const MINUS = '\u2212';

/** @param {number} number @param {number} digits */
function fixed(number, digits) {
  const text = number.toFixed(digits);
  return Number(text) === 0 ? (0).toFixed(digits) : text.replace('-', MINUS);
}

/** Digits so that three count. @param {number} number */
const three = (number) => fixed(number, Math.abs(number) >= 99.95 ? 0 : Math.abs(number) >= 9.995 ? 1 : 2);

/** @type {Record<string, (number: number) => string>} by unit */
const WAYS = {
  'gain.db': (db) => `${db > 0.05 ? '+' : ''}${fixed(db, 1)}`,
  'time.hz': (hz) => (hz >= 999.5 ? `${three(hz / 1000)}k` : hz >= 99.5 ? fixed(hz, 0) : three(hz)),
  'time.ms': (ms) => (ms >= 999.5 ? `${three(ms / 1000)} s` : `${three(ms)} ms`),
  'time.second': (s) => `${three(s)} s`,
  'time.bpm': (bpm) => fixed(bpm, 1),
  '%': (part) => `${fixed(part, 0)} %`,
};

const UNITS = /** @type {Record<string, string>} */ ({'gain.db': 'dB', 'time.hz': 'Hz'});

/**
 * A value in few signs, without the units that a place by itself says.
 * @param {import('./about.js').About | undefined} about
 * @param {number | string | undefined} value
 * @returns {string}
 */
export function shown(about, value) {
  if (value === undefined) return '…';
  if (typeof value === 'string') return value;
  if (!about || about.kind === 'switch') return about ? (value ? 'on' : 'off') : three(value);
  if (about.law === 'fader' && value <= about.low) return `${MINUS}∞`;
  if (about.law === 'whole') return fixed(value, 0);
  if (about.unit === 'gain.db' && about.low >= 0) return fixed(value, 1); // an amount, such as a range
  return (WAYS[about.unit] ?? three)(value);
}

/**
 * The same with its unit.
 * @param {import('./about.js').About | undefined} about
 * @param {number | string | undefined} value
 */
export function whole(about, value) {
  const unit = about && typeof value === 'number' ? UNITS[about.unit] : '';
  const text = shown(about, value);
  if (unit === 'Hz' && text.endsWith('k')) return `${text.slice(0, -1)} kHz`;
  return unit ? `${text} ${unit}` : text;
}

/** A place between left and right. @param {number} value −100 to 100 */
export function side(value) {
  const part = Math.round(value);
  return part === 0 ? 'C' : part < 0 ? `L${-part}` : `R${part}`;
}

/**
 * What a person has typed, as the desk takes it: it reads `1k2`, `-oo` and units itself.
 * @param {import('./about.js').About | undefined} about
 * @param {string} said
 */
export function typed(about, said) {
  const text = said.trim().replace(MINUS, '-').replace(',', '.');
  if (about?.law === 'fader' && /^(off|-?∞|-?oo|-?inf)$/i.test(text)) return about.low;
  if (!about || about.kind !== 'number' || !/^[+-]?(\d+\.?\d*|\.\d+)$/.test(text)) return text;
  return Number(text);
}
