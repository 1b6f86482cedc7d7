/** What fader and knob have in common: a position that a finger, a wheel and keys move, and that is told to readers. */

import {effect} from '../lib/signals-core.module.js';
import {about, known} from '../line/about.js';
import * as desk from '../line/desk.js';
import {role, state} from '../line/line.js';
import {may} from './rights.js';
import {drag} from './drag.js';
import {never, soon} from './frames.js';
import * as goal from './goal.js';
import {Live} from './live.js';

/** `path`, and `label`: what it is called. */
export class Control extends Live {
  static observedAttributes = ['path', 'label'];

  constructor() {
    super();
    this.turn = 0;
    this.words = '';
    this.lift = () => {};
  }

  /** px from 0 to 1 */
  get travel() {
    return 200;
  }

  /** Its own parts, made once. */
  build() {}

  begin() {
    if (!this.firstChild) {
      this.build();
      this.setAttribute('role', 'slider');
      this.tabIndex = 0;
      this.lift = drag(this, {
        turn: () => goal.turn(this.path),
        travel: () => this.travel,
        move: (to) => goal.move(this.path, to),
        down: (event) => this.down(event),
        up: () => this.up(),
        over: (event) => this.over(event),
        twice: () => goal.home(this.path),
        at: this.at ? (event) => this.at?.(event) ?? 0 : undefined,
      });
      this.addEventListener('keydown', (event) => {
        if (this.getAttribute('aria-disabled') === 'true' || !goal.key(this.path, event)) return;
        event.preventDefault();
        event.stopPropagation();
      });
      goal.wheel(this, () => this.path);
    }
    this.ends.push(() => never(this), this.lift);
    this.ends.push(effect(() => this.may()));
  }

  /** The position under a finger, where there can be a jump to it. @type {((event: PointerEvent) => number) | undefined} */
  at;

  /** @type {string} the path that a finger is on */
  #touched = '';

  /** @param {PointerEvent} event */
  down(event) {
    this.#touched = this.path;
    desk.touch(this.#touched);
    this.classList.add('held');
    this.over(event);
  }

  up() {
    desk.release(this.#touched);
    this.classList.remove('held');
  }

  /** @param {PointerEvent} _ */
  over(_) {}

  /** What a role may not do is there, dim, and says which role it needs. */
  may() {
    const path = this.path;
    const need = may(role.value, path);
    const live = state.value === 'live';
    this.setAttribute('aria-disabled', String(!live || need !== ''));
    if (need) this.title = `needs the role ${need}`;
    else this.title = about(path)?.words ?? '';
  }

  update() {
    known.value;
    const path = this.path;
    const facts = about(path);
    this.turn = goal.turn(path);
    this.words = desk.value(path) === undefined ? '…' : goal.said(path);
    this.setAttribute('aria-label', this.given.label.value || path);
    if (facts) {
      this.setAttribute('aria-valuemin', String(facts.low));
      this.setAttribute('aria-valuemax', String(facts.high));
      this.setAttribute('aria-valuenow', String(Number(desk.value(path) ?? facts.rest)));
    }
    this.setAttribute('aria-valuetext', this.words);
    soon(this);
  }

  /** @param {number} _ */
  frame(_) {}
}
