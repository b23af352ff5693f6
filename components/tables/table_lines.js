// The lines of a table that are laid out: those in sight, and no others.

import { make, put } from "imlkit/elements.js";
import { GroupLine } from "./group_line.js";
import { RowLine } from "./row_line.js";

export class TableLines {
  // table: an InstanceTable
  constructor(table) {
    this.table = table;
    this.held = new Map(); // number of the line: a RowLine or a GroupLine
    this.body = make("div", { class: "table-body", role: "rowgroup" });
  }

  get(n) {
    return this.held.get(n);
  }

  of(node) {
    return this.held.get(node?.closest?.(".table-line")?.row);
  }

  // Takes the lines from one on away; who had the keyboard keeps it.
  clear(from = 0) {
    const active = this.body.getRootNode().activeElement;
    for (const [n, line] of this.held) {
      if (n < from) continue;
      if (line.node.contains(active)) this.table.keys.regain = true;
      this.drop(n, line);
    }
  }

  drop(n, line) {
    line.remove();
    this.held.delete(n);
  }

  show(wanted, columns) {
    for (const [n, line] of this.held) if (!wanted.has(n)) this.drop(n, line);
    for (const n of wanted) {
      const line = this.held.get(n) ?? this.make(n);
      line.node.style.transform = `translateY(${this.table.scroll.place(n * this.table.columns.high)}px)`;
      line.paint(columns);
    }
  }

  make(n) {
    const line = this.table.rows.isGroup(n) ? new GroupLine(this.table, n) : new RowLine(this.table, n);
    line.node.row = n;
    put(line.node, "aria-rowindex", n + 2);
    // In their order, for those who hear the page.
    this.body.insertBefore(line.node, [...this.body.children].find((other) => other.row > n) ?? null);
    this.held.set(n, line);
    return line;
  }

  mark() {
    for (const line of this.held.values()) line.mark();
  }
}
