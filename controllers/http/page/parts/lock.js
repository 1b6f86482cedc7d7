/** The locked screen: all is seen, and nothing is moved until a slide. */

import {effect} from '../lib/signals-core.module.js';
import {html, nothing, render} from '../lib/lit-html.js';
import {locked} from './choices.js';
import {close} from './over.js';
import './slide.js';

/** @param {HTMLElement} place */
export function mount(place) {
  effect(() => {
    const on = locked.value;
    if (on) close();
    render(
      on
        ? html`<div class="lock" role="dialog" aria-modal="true" aria-label="The screen is locked">
            <x-slide label="Locked: slide to unlock" @slid=${() => (locked.value = false)}></x-slide>
          </div>`
        : nothing,
      place,
    );
    const knob = place.querySelector('[tabindex]');
    if (knob instanceof HTMLElement) knob.focus({preventScroll: true});
  });
  addEventListener(
    'keydown',
    (event) => {
      // What has the focus alone hears keys; and Ctrl+Z is nobody's while the screen is locked.
      if (locked.peek() && !(event.target instanceof Element && place.contains(event.target))) event.stopImmediatePropagation();
      else if (locked.peek() && (event.ctrlKey || event.metaKey)) event.stopPropagation();
    },
    true,
  );
}
