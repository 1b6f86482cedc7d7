/** A QR code that the desk has drawn, as a picture of our own: the shapes alone are taken from what came. */

import {html, svg} from '../lib/lit-html.js';

/** @param {string} drawn SVG text @param {string} label */
export function qr(drawn, label) {
  const picture = new DOMParser().parseFromString(drawn, 'image/svg+xml').documentElement;
  const paths = [...picture.querySelectorAll('path')];
  return html`<svg class="qr" role="img" aria-label=${label} viewBox=${picture.getAttribute('viewBox') ?? '0 0 1 1'} shape-rendering="crispEdges">
    ${paths.map((one) => svg`<path class=${one.hasAttribute('stroke') ? 'black' : 'white'} transform=${one.getAttribute('transform') ?? ''} d=${one.getAttribute('d') ?? ''}/>`)}
  </svg>`;
}
