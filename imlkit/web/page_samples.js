// The samples of a column: pictures, sounds and words that were exported with the page.

import { array, bytes } from "./page_data.js";
import { Words } from "./page_words.js";

const NONE = 255;

export class Samples {
  constructor({ small, whole, folder }) {
    this.small = read(small);
    this.whole = whole && read(whole);
    this.folder = folder;
  }

  of(row, id, whole) {
    const part = whole && this.whole ? this.whole : this.small;
    const text = part.words.at(part.said[row]);
    const code = part.codes[row];
    const [type, ending] = code === NONE ? [null] : part.types[code];
    const sample = { id, media_type: type, data: null, url: null, text };
    if (type === null || type.startsWith("text/")) return sample;
    if (part.data) return { ...sample, data: bytes(part.data[row]) };
    return { ...sample, url: `${this.folder}/${part === this.whole ? "whole-" : ""}${row}.${ending}` };
  }
}

function read({ types, codes, texts, data }) {
  return { types, codes: array(codes), words: new Words(texts), said: array(texts.codes), data };
}
