/**
 * The desk's own filters: bands that follow their analog curves up to Nyquist, as five numbers of a state-variable filter.
 *
 * The same designs as dsp/svf_design.py, whose head names the sources; a test holds both against a rendered impulse.
 * With p = j tan(angle / 2): H = m0 + (m1 g p + m2 g²) / (p² + k g p + g²).
 */

/** @typedef {[g: number, k: number, m0: number, m1: number, m2: number]} Five */

const TOP = 0.49;
const [MIDDLE, HIGH, STEEP, EDGE] = [0.5, 0.6, 0.8, 0.9].map((part) => part * Math.PI);
const NEAR = 0.02 * Math.PI;
const SHELF_Q_LOW = 0.4;
const SHELF_Q_HIGH = 1;

/** @param {number} value */
const root = (value) => (value > 0 ? Math.sqrt(value) : 0);

/** @param {number} angle @param {number} damping @returns {[number, number]} */
function poles(angle, damping) {
  let dc, nyquist;
  if (damping < 1) {
    const radius = Math.exp(-damping * angle);
    const half = 0.5 * angle * Math.sqrt(1 - damping * damping);
    const gap = Math.expm1(-damping * angle) ** 2;
    dc = gap + 4 * radius * Math.sin(half) ** 2;
    nyquist = gap + 4 * radius * Math.cos(half) ** 2;
  } else {
    const more = damping + Math.sqrt(damping * damping - 1);
    const slow = angle / more;
    const fast = angle * more;
    dc = Math.expm1(-slow) * Math.expm1(-fast);
    nyquist = (1 + Math.exp(-slow)) * (1 + Math.exp(-fast));
  }
  return [Math.sqrt(dc / nyquist), (-2 * Math.expm1(-2 * damping * angle)) / Math.sqrt(dc * nyquist)];
}

/** @param {number} g @param {number} k @param {number} n2 @param {number} n1 @param {number} n0 @param {boolean} swap @returns {Five} */
function mixed(g, k, n2, n1, n0, swap) {
  if (!swap) return [g, k, n2, n1 - n2 * k, n0 - n2];
  const mean = Math.sqrt(n0 * n2);
  return [g * Math.sqrt(n0 / n2), n1 / mean, 1 / n2, k / mean - n1 / (mean * n2), 1 / n0 - 1 / n2];
}

/**
 * (n2, n1, n0) of a numerator over the poles with the wanted power at DC and at two angles.
 * @param {(angle: number) => number} power @param {number} g @param {number} k @param {number} dc
 * @param {number} first @param {number} second @returns {[number, number, number]}
 */
function through(power, g, k, dc, first, second) {
  /** @param {number} angle */
  const part = (angle) => {
    const tau = (Math.tan(0.5 * angle) / g) ** 2;
    return [tau, (power(angle) * ((1 - tau) ** 2 + k * k * tau) - dc) / tau];
  };
  const [tau, one] = part(first);
  const [otherTau, other] = part(second);
  const steep = (other - one) / (otherTau - tau);
  const n2 = root(steep);
  const n0 = Math.sqrt(dc);
  return [n2, root(one - steep * tau + 2 * n0 * n2), n0];
}

/** @param {number} angle @param {number} q @param {number} db @returns {Five} */
function bell(angle, q, db) {
  const boost = Math.abs(db);
  const a = 10 ** (boost / 40);
  const [g, k] = poles(angle, 0.5 / (q * a));
  if (boost === 0) return [g, k, 1, 0, 0];
  /** @param {number} other */
  const power = (other) => {
    const x = (other / angle) ** 2;
    return ((1 - x) ** 2 + x * (a / q) ** 2) / ((1 - x) ** 2 + x / (a * q) ** 2);
  };
  if (angle > STEEP) return mixed(g, k, ...through(power, g, k, 1, MIDDLE, angle), db < 0);
  const top = 10 ** (boost / 10);
  const rho = (g / Math.tan(0.5 * angle)) ** 2;
  const n2 = root(top - (top - 1) * rho * rho);
  const n1 = root(top * k * k - 2 * top + 2 * (top - 1) * rho + 2 * n2);
  return mixed(g, k, n2, n1, 1, db < 0);
}

/** @param {number} angle @param {number} q @param {number} db @param {boolean} low @returns {Five} */
function shelf(angle, q, db, low) {
  const a = 10 ** ((low ? Math.abs(db) : -Math.abs(db)) / 40);
  const damping = 0.5 / Math.min(Math.max(q, SHELF_Q_LOW), SHELF_Q_HIGH);
  const [g, k] = poles(low ? angle / Math.sqrt(a) : angle * Math.sqrt(a), damping);
  if (db === 0) return [g, k, 1, 0, 0];
  /** @param {number} other */
  const power = (other) => {
    const x = (other / angle) ** 2;
    const middle = 4 * damping * damping * a * x;
    const over = (a - x) ** 2 + middle;
    const under = (1 - a * x) ** 2 + middle;
    return a * a * (low ? over / under : under / over);
  };
  const fitted = through(power, g, k, low ? a ** 4 : 1, Math.min(angle, HIGH), EDGE);
  return mixed(g, k, ...fitted, low === db < 0);
}

/** @param {number} angle @param {number} q @returns {Five} */
function notch(angle, q) {
  const zero = Math.tan(0.5 * angle) ** 2;
  const edge = Math.hypot(1, 0.5 / q) - 0.5 / q;
  const upper = Math.min(angle / edge, Math.abs(angle - EDGE) > NEAR ? EDGE : EDGE - 2 * NEAR);
  /** @param {number} other */
  const part = (other) => {
    const at = Math.tan(0.5 * other) ** 2;
    const x = (other / angle) ** 2;
    const wanted = (1 - x) ** 2 / ((1 - x) ** 2 + x / (q * q));
    return [at, ((1 - at / zero) ** 2 / wanted - 1) / at];
  };
  const [at, one] = part(edge * angle);
  const [otherAt, other] = part(upper);
  const c = (other - one) / (otherAt - at);
  const g = c ** -0.25;
  return mixed(g, Math.sqrt((one - c * at) * g * g + 2), (g * g) / zero, 0, 1, false);
}

/**
 * One band: bell low_shelf high_shelf low_cut high_cut notch.
 * @param {string} kind @param {number} hz @param {number} q @param {number} db @param {number} rate Hz
 * @returns {Five}
 */
export function design(kind, hz, q, db, rate) {
  const angle = 2 * Math.PI * Math.min(hz / rate, TOP);
  if (kind === 'bell') return bell(angle, q, db);
  if (kind === 'low_shelf' || kind === 'high_shelf') return shelf(angle, q, db, kind === 'low_shelf');
  const [g, k] = poles(angle, 0.5 / q);
  const warped = Math.tan(0.5 * angle) ** 2;
  const tau = warped / (g * g);
  const at = q * q * ((1 - tau) ** 2 + k * k * tau);
  if (kind === 'low_cut') return mixed(g, k, Math.sqrt(at) / tau, 0, 0, false);
  if (kind === 'high_cut') {
    const zero = root((at / (1 + warped) - 1) / tau);
    return mixed(g, k, zero * g, zero + g, 1, false);
  }
  return notch(angle, q);
}

/** @param {number} hz @param {number} rate @param {boolean} high @returns {Five} */
function firstOrder(hz, rate, high) {
  const angle = 2 * Math.PI * Math.min(hz / rate, TOP);
  const pole = Math.tanh(0.5 * angle);
  const ratio = Math.tan(0.5 * angle) / pole;
  const g = Math.sqrt(pole);
  if (!high) {
    const scale = Math.sqrt(0.5 + 0.5 / (ratio * ratio));
    return [g, (1 + pole) / g, scale, -scale * g, -scale];
  }
  const top = root(0.5 * (ratio * ratio - 1)) / ratio;
  return mixed(g, (1 + pole) / g, top, (top + pole) / g, 1, false);
}

/**
 * The sections of a low cut, or of a high cut: −3.01 dB at its corner.
 * @param {string} slope 12dB 18dB 24dB @param {number} hz @param {number} rate @param {boolean} high
 * @returns {Five[]}
 */
export function butterworth(slope, hz, rate, high) {
  const kind = high ? 'high_cut' : 'low_cut';
  if (slope === '12dB') return [design(kind, hz, Math.SQRT1_2, 0, rate)];
  if (slope === '18dB') return [design(kind, hz, 1, 0, rate), firstOrder(hz, rate, high)];
  return [1, 3].map((x) => design(kind, hz, 0.5 / Math.cos((Math.PI * x) / 8), 0, rate));
}

/** Power of one section at a frequency. @param {Five} five @param {number} hz @param {number} rate */
export function power([g, k, m0, m1, m2], hz, rate) {
  const t = Math.tan((Math.PI * Math.min(hz, rate * 0.4999)) / rate);
  // p = j t: below (g² − t²) + j k g t; above m0 · below + m1 g j t + m2 g²
  const re = g * g - t * t;
  const im = k * g * t;
  const up = m0 * re + m2 * g * g;
  const side = m0 * im + m1 * g * t;
  return (up * up + side * side) / (re * re + im * im);
}
