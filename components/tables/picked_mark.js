// Which rows are selected: a mark in the corner of a cell, as large as their share of its rows.

import { button, make, say } from "imlkit/elements.js";
import { count } from "imlkit/values.js";

// Marks a cell of so many rows; returns the words that say so too.
export function pick(cell, selected, rows) {
  cell.classList.toggle("picked", selected > 0);
  if (!selected) return "";
  cell.style.setProperty("--picked", String(Math.min(selected / Math.max(rows, 1), 1)));
  return `, ${count(selected)} selected`;
}

export class PickedLegend {
  constructor(link) {
    this.link = link;
    this.words = make("span", { class: "picks", title: "The mark in a cell is as large as the share of its rows that is selected" });
    this.root = make("span", { class: "picked-legend", hidden: true }, this.words, button("Deselect", () => link.show({ ...link.seen, selection: [] })));
  }

  show() {
    const selection = this.link.seen.selection ?? [];
    this.root.hidden = !selection.length;
    say(this.words, `${count(selection.length)} selected`);
  }
}
