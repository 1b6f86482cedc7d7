/**
 * One of many: `<x-choice path="ch/1/source" label="Source of Kick">`.  A few are the browser's own list; many, such as
 * points, lie over the page and can be searched.
 */

import {signal} from '../lib/signals-core.module.js';
import {html, nothing} from '../lib/lit-html.js';
import {about, known} from '../line/about.js';
import * as desk from '../line/desk.js';
import {role, state} from '../line/line.js';
import {Live} from './live.js';
import {close, open} from './over.js';
import {may} from './rights.js';

const FEW = 24;
const STRIP = /^(ch|return|bus|matrix|input|output)\/\d+/;
const NAMES = ['{ch,return,bus,matrix,input,output}/*/name'];

/** An item for people: with the name of its strip, where it has one. @param {string} item */
export function worded(item) {
  const strip = STRIP.exec(item)?.[0];
  const name = strip ? desk.text(`${strip}/name`) : '';
  const plain = item.replace(/_/g, ' ');
  return name ? `${plain} · ${name}` : plain || 'none';
}

/** Choose one of many items by searching. @param {string} title @param {string[]} items @param {string} now @param {(item: string) => void} chosen */
export function pick(title, items, now, chosen) {
  const asked = signal('');
  const stop = desk.show(NAMES);
  /** @param {string} item */
  const take = (item) => {
    close();
    chosen(item);
  };
  const found = () => {
    const words = asked.value.toLowerCase().split(/\s+/).filter(Boolean);
    return items.filter((item) => {
      const text = worded(item).toLowerCase();
      return words.every((word) => text.includes(word));
    });
  };
  open(
    title,
    () => html`<form class="pick" @submit=${(/** @type {Event} */ event) => {
      event.preventDefault();
      const first = found()[0];
      if (first !== undefined) take(first);
    }}>
      <input type="search" autofocus autocomplete="off" spellcheck="false" placeholder="Search" aria-label=${`Search: ${title}`}
        @input=${(/** @type {Event} */ event) => (asked.value = /** @type {HTMLInputElement} */ (event.target).value)} />
      <div class="picks" role="group" aria-label=${title}>
        ${found().map((item) => html`<button type="button" class=${item === now ? 'on' : ''} aria-pressed=${item === now ? 'true' : 'false'} @click=${() => take(item)}>${worded(item)}</button>`)}
      </div>
    </form>`,
    'sheet',
    stop,
  );
}

class Choice extends Live {
  static observedAttributes = ['path', 'label'];

  draw() {
    known.value;
    const path = this.path;
    const label = this.given.label.value || path;
    const items = about(path)?.items ?? [];
    const now = desk.value(path);
    const need = may(role.value, path);
    const off = state.value !== 'live' || need !== '' || Boolean(about(path)?.fixed);
    const title = need ? `needs the role ${need}` : nothing;
    if (items.length > FEW) {
      return html`<button type="button" class="choice" aria-label=${`${label}: ${now ?? '…'}`} aria-haspopup="dialog"
        aria-disabled=${off ? 'true' : 'false'} title=${title}
        @click=${() => !off && pick(label, items, String(now), (item) => desk.set(path, item))}>${now === undefined ? '…' : worded(String(now))}</button>`;
    }
    return html`<select class="choice" aria-label=${label} ?disabled=${off} title=${title} @change=${(/** @type {Event} */ event) => this.chosen(event, path)}>
      ${now === undefined ? html`<option selected>…</option>` : nothing}
      ${items.map((item) => html`<option value=${item} .selected=${item === String(now)}>${worded(item)}</option>`)}
    </select>`;
  }

  /** @param {Event} event @param {string} path */
  chosen(event, path) {
    const list = /** @type {HTMLSelectElement} */ (event.target);
    desk.set(path, list.value);
    list.value = String(desk.peek(path)); // the desk is shown, where it was not to be set
  }
}

customElements.define('x-choice', Choice);
