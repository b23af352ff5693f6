// The headings of a table's columns, by which its rows are sorted.

import { make, put, say } from "imlkit/elements.js";
import { sideOf } from "./table_columns.js";

export class TableHead {
  constructor(link) {
    this.link = link;
    this.headings = new Map(); // number of the column: element; -1 is the one of the marks
    this.root = make("div", { class: "table-head", role: "row", "aria-rowindex": 1 });
  }

  // Other columns.
  renew(columns) {
    this.columns = columns;
    this.root.replaceChildren();
    this.headings.clear();
  }

  // Lays out these columns and no others.
  paint(wanted) {
    for (const [n, node] of this.headings) {
      if (wanted.has(n)) continue;
      node.remove();
      this.headings.delete(n);
    }
    for (const n of wanted) if (!this.headings.has(n) && n < this.columns.length) this.heading(n);
    this.mark();
  }

  heading(n) {
    const column = this.columns.all[n];
    const node = make("div", { class: `cell heading ${column ? sideOf(column) : "marks"}`, role: "columnheader", "aria-colindex": n + 2, tabindex: -1 });
    node.column = n;
    if (column) {
      node.append(make("span", { class: "name", textContent: column.name, title: column.name }), make("span", { class: "way", "aria-hidden": "true" }));
      this.columns.place(node, n);
    } else node.append(make("span", { class: "hidden-words", textContent: "Selected" }));
    this.headings.set(n, node);
    const next = [...this.root.children].find((one) => one.column > n);
    this.root.insertBefore(node, next ?? null);
  }

  mark() {
    const sort = this.link.seen.sort ?? [];
    for (const [n, node] of this.headings) {
      if (n < 0) continue;
      const at = sort.findIndex(({ column }) => column === this.columns.all[n].name);
      put(node, "aria-sort", at < 0 ? "none" : sort[at].descending ? "descending" : "ascending");
      say(node.lastChild, at < 0 ? "" : `${sort[at].descending ? "▼" : "▲"}${sort.length > 1 ? at + 1 : ""}`);
    }
  }

  // The next of ascending, descending and not at all; added to the other orders, or alone.
  sort(n, adds) {
    const { name } = this.columns.all[n];
    const now = this.link.seen.sort ?? [];
    const mine = now.find(({ column }) => column === name);
    const next = !mine ? [{ column: name, descending: false }] : mine.descending ? [] : [{ column: name, descending: true }];
    let sort = next;
    if (adds && mine && next.length) sort = now.map((one) => (one === mine ? next[0] : one));
    else if (adds) sort = [...now.filter((one) => one !== mine), ...next];
    this.link.show({ ...this.link.seen, sort });
  }
}
