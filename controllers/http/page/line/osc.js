/** OSC 1.0 packets, as binary frames of a WebSocket carry them. */

/** @typedef {number | string} Arg */
/** @typedef {[address: string, args: Arg[]]} Message */

const BUNDLE = '#bundle';
const writes = new TextEncoder();
const reads = new TextDecoder();

/** @param {number} length */
const padded = (length) => (length + 4) & ~3;

/**
 * One message; a whole number goes as `i` where `whole` says so, all other numbers as `f`.
 * @param {string} address
 * @param {Arg[]} args
 * @param {string} [tags] one letter for each argument: i f s
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function encode(address, args = [], tags = args.map((arg) => (typeof arg === 'string' ? 's' : 'f')).join('')) {
  const texts = [address, `,${tags}`].map((text) => writes.encode(text));
  /** @type {(Uint8Array | null)[]} */
  const strings = args.map((arg, k) => (tags[k] === 's' ? writes.encode(String(arg)) : null));
  const size =
    texts.reduce((sum, text) => sum + padded(text.length), 0) +
    strings.reduce((sum, text) => sum + (text ? padded(text.length) : 4), 0);
  const packet = new Uint8Array(size);
  const view = new DataView(packet.buffer);
  let at = 0;
  /** @param {Uint8Array} text */
  const put = (text) => {
    packet.set(text, at);
    at += padded(text.length);
  };
  texts.forEach(put);
  args.forEach((arg, k) => {
    const text = strings[k];
    if (text) {
      put(text);
      return;
    }
    if (tags[k] === 'i') view.setInt32(at, Number(arg));
    else view.setFloat32(at, Number(arg));
    at += 4;
  });
  return packet;
}

/**
 * Some messages as a bundle: one transaction of the desk, at once.
 * @param {[address: string, args: Arg[], tags?: string][]} messages
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function bundle(messages) {
  const parts = messages.map((one) => encode(...one));
  const packet = new Uint8Array(parts.reduce((sum, part) => sum + 4 + part.length, 16));
  const view = new DataView(packet.buffer);
  packet.set(writes.encode(BUNDLE));
  view.setUint32(12, 1); // the time tag of "at once"
  let at = 16;
  for (const part of parts) {
    view.setUint32(at, part.length);
    packet.set(part, at + 4);
    at += 4 + part.length;
  }
  return packet;
}

/**
 * The messages of a packet, those of bundles in their order.  What is not understood is left out.
 * @param {ArrayBuffer} data
 * @param {(address: string, args: Arg[]) => void} hear
 */
export function decode(data, hear) {
  packet(new DataView(data), new Uint8Array(data), 0, data.byteLength, hear);
}

/**
 * @param {DataView} view
 * @param {Uint8Array} bytes
 * @param {number} at
 * @param {number} end
 * @param {(address: string, args: Arg[]) => void} hear
 */
function packet(view, bytes, at, end, hear) {
  if (bytes[at] === 0x23) {
    if (text(bytes, at, end) !== BUNDLE) return;
    let place = at + 16;
    while (place + 4 <= end) {
      const size = view.getInt32(place);
      if (size <= 0 || place + 4 + size > end) return;
      packet(view, bytes, place + 4, place + 4 + size, hear);
      place += 4 + size;
    }
    return;
  }
  message(view, bytes, at, end, hear);
}

/**
 * @param {DataView} view
 * @param {Uint8Array} bytes
 * @param {number} at
 * @param {number} end
 * @param {(address: string, args: Arg[]) => void} hear
 */
function message(view, bytes, at, end, hear) {
  const address = text(bytes, at, end);
  let place = at + padded(length);
  const tags = text(bytes, place, end);
  if (address[0] !== '/' || tags[0] !== ',') return;
  place += padded(length);
  /** @type {Arg[]} */
  const args = [];
  for (let k = 1; k < tags.length; k++) {
    const tag = tags[k];
    if (tag === 's') {
      args.push(text(bytes, place, end));
      place += padded(length);
    } else if (tag === 'f' || tag === 'i') {
      if (place + 4 > end) return;
      args.push(tag === 'f' ? view.getFloat32(place) : view.getInt32(place));
      place += 4;
    } else if (tag === 'T' || tag === 'F') {
      args.push(tag === 'T' ? 1 : 0);
    } else if (tag === 'd' || tag === 'h' || tag === 't') {
      if (place + 8 > end) return;
      args.push(tag === 'd' ? view.getFloat64(place) : view.getInt32(place) * 2 ** 32 + view.getUint32(place + 4));
      place += 8;
    } else return;
  }
  hear(address, args);
}

let length = 0; // bytes of the text that was read last

/**
 * @param {Uint8Array} bytes
 * @param {number} at
 * @param {number} end
 */
function text(bytes, at, end) {
  let stop = at;
  let plain = '';
  while (stop < end && bytes[stop]) {
    const code = bytes[stop];
    if (code > 127) return beyond(bytes, at, end);
    plain += String.fromCharCode(code);
    stop++;
  }
  length = stop - at;
  return plain;
}

/**
 * A text that has more than ASCII.
 * @param {Uint8Array} bytes
 * @param {number} at
 * @param {number} end
 */
function beyond(bytes, at, end) {
  let stop = at;
  while (stop < end && bytes[stop]) stop++;
  length = stop - at;
  return reads.decode(bytes.subarray(at, stop));
}
