/** A text of the desk: `<x-text path="ch/1/name" label="Name">`.  Enter or leaving the field sets it, Escape leaves it. */

import {html, nothing} from '../lib/lit-html.js';
import {about, known} from '../line/about.js';
import * as desk from '../line/desk.js';
import {role, state} from '../line/line.js';
import {Live} from './live.js';
import {may} from './rights.js';

class Text extends Live {
  static observedAttributes = ['path', 'label', 'hint'];

  /** @type {HTMLInputElement} */
  get field() {
    return /** @type {HTMLInputElement} */ (this.querySelector('input'));
  }

  update() {
    super.update();
    const held = desk.text(this.path);
    if (document.activeElement !== this.field) this.field.value = held;
  }

  draw() {
    known.value;
    const path = this.path;
    const need = may(role.value, path);
    const off = state.value !== 'live' || need !== '' || Boolean(about(path)?.fixed);
    return html`<input type="text" class="text" autocomplete="off" autocapitalize="off" spellcheck="false"
      aria-label=${this.given.label.value || path} placeholder=${this.given.hint.value} ?readonly=${off} aria-disabled=${off ? 'true' : 'false'}
      title=${need ? `needs the role ${need}` : nothing}
      @blur=${() => this.put()}
      @keydown=${(/** @type {KeyboardEvent} */ event) => this.key(event)} />`;
  }

  put() {
    const written = this.field.value;
    if (!this.field.readOnly && written !== desk.text(this.path)) desk.set(this.path, written);
    this.field.value = desk.text(this.path); // the desk is shown, where it was not to be set
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    event.stopPropagation();
    if (event.key === 'Escape') this.field.value = desk.text(this.path);
    if (event.key === 'Escape' || event.key === 'Enter') this.field.blur();
  }
}

customElements.define('x-text', Text);
