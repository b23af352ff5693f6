// The different texts of a column, in the order of their characters: rows have a text's number.

import { array, bytes } from "./page_data.js";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

export class Words {
  constructor({ text, lengths }) {
    this.bytes = bytes(text);
    const sizes = array(lengths);
    this.ends = new Uint32Array(sizes.length);
    let end = 0;
    for (let n = 0; n < sizes.length; n += 1) {
      end += sizes[n];
      this.ends[n] = end;
    }
    const whole = decoder.decode(this.bytes);
    // Where every character is a byte, words are parts of the whole and need no decoding of their own.
    this.whole = whole.length === this.bytes.length ? whole : null;
    this.decoded = this.whole === null ? new Array(sizes.length) : null;
  }

  get size() {
    return this.ends.length;
  }

  at(n) {
    const start = n ? this.ends[n - 1] : 0;
    if (this.whole !== null) return this.whole.slice(start, this.ends[n]);
    this.decoded[n] ??= decoder.decode(this.bytes.subarray(start, this.ends[n]));
    return this.decoded[n];
  }

  // The number of a text, or -1.
  find(text) {
    if (!text.isWellFormed()) return -1;
    const wanted = encoder.encode(text);
    let low = 0;
    let high = this.size - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const side = this.compare(middle, wanted);
      if (side === 0) return middle;
      if (side < 0) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }

  compare(n, wanted) {
    const start = n ? this.ends[n - 1] : 0;
    const length = this.ends[n] - start;
    const shorter = Math.min(length, wanted.length);
    for (let place = 0; place < shorter; place += 1) {
      const difference = this.bytes[start + place] - wanted[place];
      if (difference) return difference;
    }
    return length - wanted.length;
  }
}
