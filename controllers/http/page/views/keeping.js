/** A strip, or a part of it, copied to another one and kept as a preset. */

import {signal} from '../lib/signals-core.module.js';
import {html, nothing} from '../lib/lit-html.js';
import * as line from '../line/line.js';
import {named} from '../parts/names.js';
import {close, open} from '../parts/over.js';
import {mayAsk} from '../parts/rights.js';
import {sure} from '../parts/sure.js';
import {tell} from './app.js';

/** @typedef {{name: string, of: string, saved: string, values: number}} Preset */

/** The strip that is pasted from. */
const source = signal('');
/** @type {import('../lib/signals-core.module.js').Signal<Preset[]>} */
const presets = signal([]);
/** @type {Preset[]} */
let coming = [];

line.hear((address, args) => {
  if (address === '/copy') tell(`${args[0]} is copied to ${args[1]}: ${args[2]} values`);
  else if (address === '/preset/recall') tell(`“${args[0]}”: ${args[1]} values`);
  else if (address === '/preset/store' || address === '/preset/delete') ask();
  else if (address === '/preset/list') coming.push({name: String(args[0]), of: String(args[1]), saved: String(args[2]), values: Number(args[3])});
  else if (address === '/preset/list/end') {
    presets.value = coming;
    coming = [];
  }
});

function ask() {
  coming = [];
  line.say('/preset/list');
}

/** What a role may not say is dim, and says which role it needs. @param {string} word @param {string} text @param {() => void} act @param {string} [kind] */
function button(word, text, act, kind = '') {
  const need = mayAsk(line.role.value, word);
  const off = need !== '' || line.state.value !== 'live';
  return html`<button type="button" class=${kind} aria-disabled=${off ? 'true' : 'false'} title=${need ? `needs the role ${need}` : nothing} @click=${() => off || act()}>${text}</button>`;
}

/** @param {string} strip @param {string[]} parts */
function paste(strip, parts) {
  const from = source.peek();
  if (!parts.length) line.say('/copy', [from, strip]);
  for (const part of parts) line.say('/copy', [from, strip, part]);
}

/** What a preset is of, for people: ch/…/eq is a channel's EQ. @param {string} of */
const worded = (of) => of.replace(/\/?\*\/?/, ' ').trim();

/** @param {string} strip @param {string} part @param {string} title */
function drawPresets(strip, part, title) {
  const what = part ? `${strip}/${part}` : strip;
  return html`<form class="presets" @submit=${(/** @type {Event} */ event) => {
    event.preventDefault();
    const field = /** @type {HTMLInputElement} */ (/** @type {HTMLElement} */ (event.target).querySelector('input'));
    const name = field.value.trim();
    if (!name || mayAsk(line.role.peek(), 'preset/store')) return;
    if (presets.peek().some((one) => one.name === name)) sure(`Store over “${name}”?`, () => line.say('/preset/store', [name, what]), 'Store');
    else line.say('/preset/store', [name, what]);
    field.value = '';
  }}>
      <div class="line"><input type="text" autocomplete="off" placeholder="Name of a new preset" aria-label="Name of a new preset" />
        <button class="strong" aria-disabled=${mayAsk(line.role.value, 'preset/store') ? 'true' : 'false'}>Store ${title}</button></div>
      <ul>${presets.value.length
        ? presets.value.map(
            (one) => html`<li><span><b>${one.name}</b> <small>${worded(one.of)}, ${one.values} values</small></span>
              ${button('preset/recall', 'Recall', () => {
                line.say('/preset/recall', [one.name, strip]);
                close();
              })}
              ${button('preset/delete', 'Delete', () => sure(`Delete the preset “${one.name}”?`, () => line.say('/preset/delete', [one.name]), 'Delete'))}</li>`,
          )
        : html`<li>No presets yet.</li>`}</ul>
    </form>`;
}

/**
 * The buttons of a strip: copy, paste, presets; of a tile those of its part.
 * @param {string} strip @param {import('./tiles.js').Tile | undefined} tile
 */
export function keeping(strip, tile) {
  const from = source.value;
  const parts = tile?.parts ?? [];
  const what = tile && parts.length ? tile.title : 'strip';
  return html`<button type="button" aria-label=${`Copy from ${named(strip)}`} @click=${() => {
      source.value = strip;
      tell(`Copied: ${named(strip)}. Open another strip, or a part of it, and paste.`);
    }}>Copy</button>
    ${from && from !== strip ? button('copy', `Paste ${what} of ${named(from)}`, () => paste(strip, parts)) : nothing}
    ${button('preset/list', 'Presets', () => {
      ask();
      const one = parts.length === 1 ? parts[0] : '';
      open(`Presets for ${named(strip)}`, () => drawPresets(strip, one, one && tile ? tile.title : 'the strip'), 'sheet');
    })}`;
}
