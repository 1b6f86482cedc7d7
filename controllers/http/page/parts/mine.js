/** What a musician has chosen on this device for his mix: which strips he sees, in which order, and which are his own. */

import {computed} from '../lib/signals-core.module.js';
import * as desk from '../line/desk.js';
import {choice} from './choices.js';
import {all} from './names.js';

/** @typedef {import('../lib/signals-core.module.js').Signal<string[]>} Strips */
/** @typedef {{by: number, each: Record<string, [down: number, at: number]>}} Lowered what the wheel has lowered: how far, and to what */
/**
 * @typedef {object} Mine
 * @property {Strips} list what he has seen in his mix: it goes from here only when he says so
 * @property {Strips} order the strips by use, when he last asked for it; empty: as on the desk
 * @property {Strips} me
 * @property {import('../lib/signals-core.module.js').Signal<boolean>} every all strips, not only those
 * @property {import('../lib/signals-core.module.js').Signal<Record<string, number>>} used how often he has touched each
 * @property {import('../lib/signals-core.module.js').Signal<Lowered>} lowered
 */

const OFF_DB = -90;
/** @type {Map<number, Mine>} */
const kept = new Map();

/** @param {number} bus @returns {Mine} */
export function mine(bus) {
  let found = kept.get(bus);
  if (!found) {
    const at = `mix.${bus}`;
    /** @type {string[]} */
    const none = [];
    found = {
      list: choice(`${at}.list`, none),
      order: choice(`${at}.order`, none),
      me: choice(`${at}.me`, none),
      every: choice(`${at}.every`, false),
      used: choice(`${at}.used`, /** @type {Record<string, number>} */ ({})),
      lowered: choice(`${at}.lowered`, /** @type {Lowered} */ ({by: 0, each: {}})),
    };
    kept.set(bus, found);
  }
  return found;
}

/** All strips that have sends, as on the desk. */
export const senders = computed(() => ['ch', 'return'].flatMap(all));

/** Whether a strip is heard in a mix. @param {string} strip @param {number} bus */
export function isSent(strip, bus) {
  const at = `${strip}/send/${bus}`;
  return desk.on(`${at}/on`) && (desk.text(`${at}/tap`) === 'group' || desk.number(`${at}/level`) > OFF_DB);
}

/** Whether the desk has said what is sent. @param {number} bus */
export const isTold = (bus) => senders.value.length > 0 && senders.value.every((strip) => desk.value(`${strip}/send/${bus}/tap`) !== undefined);

/** The other strip of a linked pair. @param {string} strip */
function partner(strip) {
  const [kind, index] = strip.split('/');
  const odd = Number(index) - ((Number(index) + 1) % 2);
  if (kind !== 'ch' || !desk.on(`ch/${odd}/link`)) return strip;
  return `ch/${odd === Number(index) ? odd + 1 : odd}`;
}

/** Whether a strip, or its other side, is one of his own. @param {string} strip @param {number} bus */
export const isMine = (strip, bus) => mine(bus).me.value.includes(strip) || mine(bus).me.value.includes(partner(strip));

/** @param {string} strip @param {number} bus */
export function toggleMine(strip, bus) {
  const {me} = mine(bus);
  const both = [strip, partner(strip)];
  me.value = isMine(strip, bus) ? me.value.filter((one) => !both.includes(one)) : [...me.value, strip];
}

/** Strips in his order. @param {string[]} strips @param {number} bus */
export function inOrder(strips, bus) {
  const order = mine(bus).order.value;
  const rank = new Map(order.map((strip, k) => [strip, k]));
  const desk = new Map(senders.value.map((strip, k) => [strip, k]));
  /** @param {string} strip */
  const place = (strip) => rank.get(strip) ?? order.length + (desk.get(strip) ?? 0);
  return [...strips].sort((a, b) => place(a) - place(b));
}

/** From now on in the order of use up to now. @param {number} bus */
export function byUse(bus) {
  const {used, order} = mine(bus);
  const count = used.peek();
  order.value = [...senders.peek()].sort((a, b) => (count[b] ?? 0) - (count[a] ?? 0));
}
