/**
 * What handles on a curve share: a mark that a finger moves both ways, the keys and the wheel.  Each says what these
 * come to, and where it lies (`x`, `y`, 0 to 1 from the top left).
 */

import {never, soon} from './frames.js';
import * as goal from './goal.js';
import {grip, lay} from './grip.js';
import {Live} from './live.js';

export class Handle extends Live {
  begin() {
    if (!this.firstChild) {
      this.append(document.createElement('b'));
      this.setAttribute('role', 'slider');
      this.tabIndex = 0;
      this.lift = grip(this, {
        down: () => this.down(),
        move: (dx, dy) => this.move(dx, dy),
        up: () => this.up(),
        twice: () => this.home(),
      });
      this.addEventListener('keydown', (event) => {
        if (!this.key(event)) return;
        event.preventDefault();
        event.stopPropagation();
      });
      goal.wheel(this, () => this.wheeled);
    }
    this.ends.push(() => never(this), () => this.lift());
  }

  down() {}

  /** @param {number} _dx @param {number} _dy */
  move(_dx, _dy) {}

  up() {}

  /** Back to rest. */
  home() {}

  /** Whether a key is its own. @param {KeyboardEvent} _event */
  key(_event) {
    return false;
  }

  /** The path that the wheel moves. */
  get wheeled() {
    return '';
  }

  /** It lies at a place, from the next frame on. @param {number} x @param {number} y */
  place(x, y) {
    this.x = x;
    this.y = y;
    soon(this);
  }

  frame() {
    lay(this, this.x ?? 0, this.y ?? 0);
  }
}
