/** An element that draws itself from the desk's values, and again when one of those that it read has changed. */

import {effect, signal, untracked} from '../lib/signals-core.module.js';
import {render} from '../lib/lit-html.js';

/** Attribute `path`: what it shows, such as ch/1/fader; other attributes of its kind in `observedAttributes`. */
export class Live extends HTMLElement {
  static observedAttributes = ['path'];

  constructor() {
    super();
    /** @type {Record<string, import('../lib/signals-core.module.js').Signal<string>>} */
    this.given = {};
    for (const name of /** @type {typeof Live} */ (this.constructor).observedAttributes) this.given[name] = signal('');
    /** @type {(() => void)[]} what ends with it */
    this.ends = [];
    /** What takes a finger off it. */
    this.lift = () => {};
  }

  get path() {
    return this.given.path.value;
  }

  /**
   * A finger that is down meant what stood here: it never goes on with what comes in its place.
   * @param {string} name @param {string | null} before @param {string | null} now
   */
  attributeChangedCallback(name, before, now) {
    if (name === 'path' && before !== now) this.lift();
    this.given[name].value = now ?? '';
  }

  connectedCallback() {
    untracked(() => {
      this.begin();
      this.ends.push(effect(() => this.update()));
    });
  }

  disconnectedCallback() {
    for (const end of this.ends.splice(0)) end();
  }

  /** What it does once, when it comes onto the page. */
  begin() {}

  /** What it does whenever a value that this reads has changed. */
  update() {
    render(this.draw(), this);
  }

  /** What is in it. @returns {unknown} */
  draw() {
    return null;
  }
}
