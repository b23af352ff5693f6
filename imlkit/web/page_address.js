// What the states of a page show, in its address.

import { counted, refuse } from "./page_errors.js";
import { seenFrom } from "./page_seen.js";
import { same } from "./page_state.js";

const MOST = 30_000;
const LATE = 150; // milliseconds after which a change is in the address: browsers refuse many at once

export class Address {
  // states: all of the page; fits(state, seen) raises where its tables have no such columns;
  // say(words) tells the person
  constructor(states, fits, say) {
    this.states = states;
    this.fits = fits;
    this.say = say;
    this.timer = null;
    // What is there when the page opens is no step that could be taken back.
    this.read((state, seen) => state.go(seen));
    for (const state of states) state.onSeen.on(() => this.later());
    window.addEventListener("hashchange", () => this.read((state, seen) => state.show(seen)));
    // What is not in the address yet is there before the page is left.
    window.addEventListener("pagehide", () => this.write());
  }

  // An address in which a state shows this. Raises a DataError where it is too long.
  of(state, seen) {
    return this.made((each) => (each === state ? seen : each.seen));
  }

  read(take) {
    const found = given();
    for (const state of this.states) {
      const text = found.get(state.name);
      try {
        const seen = text === undefined ? state.first : seenFrom(text);
        this.fits(state, seen);
        if (!same(seen, state.seen)) take(state, seen);
      } catch (error) {
        this.say(`What the address says of the state is left out. ${error.message}`);
      }
    }
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.write(), LATE);
  }

  write() {
    if (this.timer === null) return;
    clearTimeout(this.timer);
    this.timer = null;
    let url;
    try {
      url = this.made((state) => state.seen);
    } catch {
      url = this.made(({ seen: { selection, ...rest } }) => rest, true);
      this.say("So many rows are selected that the address does not hold them: they are not kept when the page is left.");
    }
    if (url === window.location.href) return;
    try {
      window.history.replaceState(window.history.state, "", url);
    } catch {
      // Some browsers change no address of a file; the page works without.
    }
  }

  made(seenOf, anyhow = false) {
    const url = new URL(window.location.href);
    const kept = pairs(url.hash).filter(([name]) => !this.states.some((state) => state.name === name));
    for (const state of this.states) {
      url.searchParams.delete(state.name);
      const seen = seenOf(state);
      if (!same(seen, state.first)) kept.push([state.name, JSON.stringify(seen)]);
    }
    const text = kept.map((pair) => pair.map(encodeURIComponent).join("=")).join("&");
    if (text.length > MOST && !anyhow) {
      refuse(`The state has ${counted(text.length)} characters, more than an address holds: select fewer rows.`);
    }
    url.hash = text;
    return url.href;
  }
}

// What the address says, by name: first in its query, then after its #.
function given() {
  const { search, hash } = window.location;
  const found = new Map();
  for (const [name, value] of [...pairs(search), ...pairs(hash)]) if (!found.has(name)) found.set(name, value);
  return found;
}

function pairs(text) {
  if (text.length < 2) return [];
  return text
    .slice(1)
    .split("&")
    .map((pair) => {
      const [name, ...value] = pair.split("=");
      return [name, value.join("=")].map(decoded);
    });
}

function decoded(text) {
  const plain = text.replaceAll("+", " ");
  try {
    return decodeURIComponent(plain);
  } catch {
    return plain;
  }
}
