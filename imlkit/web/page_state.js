// The state that views of an exported page share.

import { seenOf } from "./page_seen.js";
import { Told } from "./page_told.js";

const STEPS = 100;

export class State {
  // name: what it is called in the address; seen: what is shown at first
  constructor(name, seen) {
    this.name = name;
    this.first = seenOf(seen);
    this.seen = this.first;
    this.hover = null;
    this.past = [];
    this.future = [];
    this.onSeen = new Told();
    this.onSteps = new Told();
    this.onHover = new Told();
  }

  get steps() {
    return { undoable: this.past.length, redoable: this.future.length };
  }

  // Shows this from now on, as one step. Raises a DataError where it is nothing that can be shown.
  show(said) {
    const seen = seenOf(said);
    if (same(seen, this.seen)) return;
    this.past.push(this.seen);
    if (this.past.length > STEPS) this.past.shift();
    this.future = [];
    this.go(seen);
  }

  undo() {
    if (!this.past.length) return;
    this.future.push(this.seen);
    this.go(this.past.pop());
  }

  redo() {
    if (!this.future.length) return;
    this.past.push(this.seen);
    this.go(this.future.pop());
  }

  point(id) {
    if (this.hover === id) return;
    this.hover = id;
    this.onHover.tell();
  }

  go(seen) {
    this.seen = seen;
    this.onSeen.tell();
    this.onSteps.tell();
  }
}

export function same(one, other) {
  return JSON.stringify(one) === JSON.stringify(other);
}
