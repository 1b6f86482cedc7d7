/**
 * A button that counts for as long as it is down: `<x-hold path="talkback/on" label="Talk">`.  The desk lays its value
 * over what is there, and lets go when the finger is up, the page hidden or the line lost.
 */

import {about} from '../line/about.js';
import * as desk from '../line/desk.js';
import {role, state} from '../line/line.js';
import {drag} from './drag.js';
import {Live} from './live.js';
import {may} from './rights.js';

class Hold extends Live {
  static observedAttributes = ['path', 'label'];

  constructor() {
    super();
    this.lift = () => {};
    this.holds = '';
  }

  begin() {
    if (!this.hasAttribute('role')) {
      this.setAttribute('role', 'button');
      this.tabIndex = 0;
      this.lift = drag(this, {turn: () => 0, travel: () => 1, move: () => {}, down: () => this.down(), up: () => this.up()});
      this.addEventListener('keydown', (event) => this.key(event, true));
      this.addEventListener('keyup', (event) => this.key(event, false));
      this.addEventListener('blur', () => this.up());
      this.addEventListener('contextmenu', (event) => event.preventDefault());
    }
    const hidden = () => document.hidden && this.up();
    document.addEventListener('visibilitychange', hidden);
    this.ends.push(this.lift, () => this.up(), () => document.removeEventListener('visibilitychange', hidden));
  }

  /** @param {KeyboardEvent} event @param {boolean} down */
  key(event, down) {
    if (event.key !== ' ' && event.key !== 'Enter') return;
    event.preventDefault();
    if (!down) this.up();
    else if (!event.repeat && this.getAttribute('aria-disabled') !== 'true') this.down();
  }

  down() {
    if (this.holds) return;
    this.holds = this.path;
    desk.hold(this.holds, 1);
  }

  /** What lies beneath is 0: the same value over it is nobody's any more. */
  up() {
    if (!this.holds) return;
    desk.hold(this.holds, 0);
    this.holds = '';
  }

  update() {
    const need = may(role.value, this.path);
    this.setAttribute('aria-disabled', String(state.value !== 'live' || need !== ''));
    this.setAttribute('aria-pressed', String(desk.on(this.path)));
    this.classList.toggle('on', desk.on(this.path));
    this.title = need ? `needs the role ${need}` : (about(this.path)?.words ?? '');
    this.textContent = this.given.label.value;
  }
}

customElements.define('x-hold', Hold);
