// A run as this page was told of it.

import { brief } from "./history_words.js";

export class HistoryRun {
  constructor([id, name, state, message, begun, seconds, epoch, epochs, tags, checkpoints, wish, cells]) {
    Object.assign(this, { id, name, state, message, begun, seconds, epoch, epochs, tags, checkpoints, wish });
    this.cells = new Map(); // number of the column: its value
    for (let n = 0; n < cells.length; n += 2) this.cells.set(cells[n], cells[n + 1]);
  }

  get goesOn() {
    return this.state === "running" || this.state === "paused";
  }

  // Whether each of some words, in lower case, is in its name, tags, state or parameters.
  has(sought, columns) {
    this.text ??= [
      this.name,
      ...this.tags,
      this.state,
      ...[...this.cells].filter(([n]) => columns[n].kind === "parameter").map(([n, value]) => `${columns[n].title}=${brief(value)} ${typeof value === "number" ? value : ""}`),
    ].join("\n").toLowerCase();
    return sought.every((word) => this.text.includes(word));
  }
}
