// Samples of rows: pictures, sounds and words, asked for while they are in sight, some at a time.

import { make } from "imlkit/elements.js";

const AT_ONCE = 24; // samples of one question: few, so that they are shown as they come
const QUESTIONS = 2;
const KEPT = 1_500;
const SIZES = [48, 96, 160, 256, 384, 512];
const PLAYED = /^(image|audio)\/[\w.+-]+$/;

// Ids are texts or numbers; numbers too long for JavaScript are objects.
export const keyOf = (id) => (id !== null && typeof id === "object" ? JSON.stringify(id) : id);

// The least of a few sizes that is sharp on this screen: what was made for one view serves another.
export function pixelsFor(size) {
  const wanted = size * (globalThis.devicePixelRatio || 1);
  return SIZES.find((one) => one >= wanted) ?? SIZES.at(-1);
}

export class SampleLoader {
  constructor(link, column, size) {
    this.link = link;
    this.column = column; // null for whole rows
    this.size = size; // pixels each way
    this.held = new Map(); // key of the id: sample, the one used last at the end
    this.wanted = new Map(); // key of the id: {id, act}
    this.asking = new Set(); // keys
    this.turn = 0;
    this.due = false;
  }

  // Calls act(sample) at once or when the sample has come, unless it is no longer wanted then.
  want(id, act) {
    const key = keyOf(id);
    const held = this.held.get(key);
    if (held) {
      this.held.delete(key);
      this.held.set(key, held);
      act(held);
      return;
    }
    this.wanted.set(key, { id, act });
    if (this.due) return;
    this.due = true;
    requestAnimationFrame(() => {
      this.due = false;
      this.ask();
    });
  }

  unwant(id) {
    this.wanted.delete(keyOf(id));
  }

  ask() {
    while (this.asking.size <= (QUESTIONS - 1) * AT_ONCE) {
      const ids = [];
      for (const [key, { id }] of this.wanted) {
        if (!this.asking.has(key)) ids.push(id);
        if (ids.length === AT_ONCE) break;
      }
      if (!ids.length) return;
      this.fetch(ids);
    }
  }

  async fetch(ids) {
    const { turn } = this;
    const keys = ids.map(keyOf);
    for (const key of keys) this.asking.add(key);
    let found = [];
    let why = "This row is not in the table any more.";
    try {
      found = (await this.link.ask({ ask: "samples", column: this.column, ids, size: this.size })).samples;
    } catch (error) {
      why = error.message;
    }
    if (turn !== this.turn) return; // forgotten meanwhile
    const samples = new Map(found.map((sample) => [keyOf(sample.id), sample]));
    for (const [n, key] of keys.entries()) {
      this.asking.delete(key);
      const sample = samples.get(key) ?? { id: ids[n], media_type: null, data: null, url: null, text: why };
      if (samples.has(key)) this.keep(key, sample);
      this.wanted.get(key)?.act(sample);
      this.wanted.delete(key);
    }
    this.ask();
  }

  keep(key, sample) {
    this.held.set(key, sample);
    for (const [old, { blob }] of this.held) {
      if (this.held.size <= KEPT) return;
      if (blob) URL.revokeObjectURL(blob);
      this.held.delete(old);
    }
  }

  // Lets go of all samples: the rows have changed, or nobody looks any more.
  forget() {
    this.turn += 1;
    for (const { blob } of this.held.values()) if (blob) URL.revokeObjectURL(blob);
    this.held.clear();
    this.wanted.clear();
    this.asking.clear();
  }
}

// An element that shows a sample.
export function shown(sample) {
  const [kind] = PLAYED.test(sample.media_type ?? "") ? sample.media_type.split("/") : [""];
  if (kind === "image") {
    const image = make("img", { alt: sample.text, draggable: "false" });
    image.onerror = () => image.replaceWith(problem("The browser cannot show this picture."));
    image.src = address(sample);
    return image;
  }
  if (kind === "audio") {
    const player = make("audio", { controls: true, preload: "metadata", "aria-label": sample.text });
    player.onerror = () => player.replaceWith(problem("The browser cannot play this sound."));
    player.src = address(sample);
    return player;
  }
  return sample.media_type === null ? problem(sample.text) : make("span", { class: "sample-text", textContent: sample.text });
}

function problem(why) {
  return make("span", { class: "sample-problem", title: why, textContent: why });
}

function address(sample) {
  if (sample.url) return sample.url;
  if (!sample.blob) {
    sample.blob = URL.createObjectURL(new Blob([sample.data], { type: sample.media_type }));
    sample.data = null; // once is enough
  }
  return sample.blob;
}
