// The headings of the columns, by which runs are sorted.

import { button, make, put, say } from "imlkit/elements.js";

export class HistoryHead {
  // table: a HistoryGrid
  constructor(table) {
    this.table = table;
    this.headings = new Map(); // key of the column: its button
    this.row = make("div", { class: "line headings", role: "row", "aria-rowindex": 1 });
    this.root = make("div", { class: "head", role: "rowgroup" }, this.row);
  }

  lay() {
    const held = this.headings;
    this.headings = new Map();
    const cells = this.table.columns.shown.map((column) => {
      const heading = held.get(column.key) ?? this.make(column);
      this.headings.set(column.key, heading);
      put(heading.parentNode, "class", `cell ${column.kind ?? column.key}${column.number ? " number" : ""}`);
      return heading.parentNode;
    });
    const active = this.row.getRootNode().activeElement;
    const corner = (words) => make("div", { class: `cell ${words === "Select" ? "tick" : "more"}`, role: "columnheader" }, make("span", { class: "hidden-words", textContent: words }));
    this.row.replaceChildren(corner("Select"), ...cells, corner("More"));
    if (active && this.row.contains(active)) active.focus({ preventScroll: true });
  }

  make(column) {
    const heading = button("", () => this.table.sort(column.key), { title: column.title, tabindex: -1 });
    heading.append(make("span", { class: "title", dir: "auto", textContent: column.title || "(empty)" }), make("span", { class: "way", "aria-hidden": "true" }));
    const cell = make("div", { role: "columnheader" }, heading);
    cell.key = column.key;
    return heading;
  }

  mark() {
    const { order } = this.table;
    for (const [key, heading] of this.headings) {
      const sorted = key === order.key;
      put(heading.parentNode, "aria-sort", sorted ? (order.down ? "descending" : "ascending") : "none");
      say(heading.lastChild, sorted ? (order.down ? "↓" : "↑") : "");
    }
  }
}
