/** Signs of a tape machine, drawn here: not every device has them among its letters. */

import {html} from '../lib/lit-html.js';

/** @param {string} d */
const icon = (d) => html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d=${d} /></svg>`;

export const start = () => icon('M4 4h3v16H4zM20 4v16L8 12z');
export const before = () => icon('M12 5v14L2 12zM22 5v14L12 12z');
export const after = () => icon('M12 5v14l10-7zM2 5v14l10-7z');
export const play = () => icon('M6 3v18l15-9z');
export const stop = () => icon('M5 5h14v14H5z');
export const record = () => icon('M12 4a8 8 0 1 0 .01 0z');
export const cross = () => icon('M5 6.4 6.4 5 12 10.6 17.6 5 19 6.4 13.4 12 19 17.6 17.6 19 12 13.4 6.4 19 5 17.6 10.6 12z');
export const up = () => icon('M12 6l8 11H4z');
export const down = () => icon('M12 18l8-11H4z');
