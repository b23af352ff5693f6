// One row of a table, laid out: a box to select it, and its values.

import { button, make, put, say } from "imlkit/elements.js";
import { keyOf, shown } from "imlkit/sample_loader.js";
import { words } from "imlkit/values.js";
import { cell } from "./cell_words.js";
import { SAMPLED, sideOf } from "./table_columns.js";

export class RowLine {
  // told: {columns, rows, loader(column), open(line), selecting, link}
  constructor(told, n) {
    this.told = told;
    this.n = n;
    this.id = undefined;
    this.box = make("input", { type: "checkbox", tabindex: -1 });
    this.details = button("⤢", () => told.open(this.node.row), { class: "icon", tabindex: -1, title: "Details (Enter)" });
    const marks = make("div", { class: "cell marks", role: "gridcell", "aria-colindex": 1, tabindex: -1 }, this.box, this.details);
    marks.column = -1;
    this.cells = new Map([[-1, { node: marks }]]); // number of the column: {node, filled, loader}
    const { part, row } = told.rows.place(n);
    this.node = make("div", { class: row % 2 ? "table-line odd" : "table-line", role: "row" }, marks);
    if (!told.rows.grouped) return;
    put(this.node, "aria-level", 2);
    put(this.node, "aria-posinset", row + 1);
    put(this.node, "aria-setsize", told.rows.groups[part].count);
  }

  // Lays out these columns and no others, with what has come of them.
  paint(wanted) {
    const { columns, rows } = this.told;
    const id = rows.id(this.n);
    if (id !== undefined && this.id === undefined) {
      this.id = id;
      put(this.box, "aria-label", `Select ${words(id)}`);
      put(this.details, "aria-label", `Details of ${words(id)}`);
      this.mark();
    }
    for (const [c, one] of this.cells) {
      if (wanted.has(c)) continue;
      one.loader?.unwant(this.id);
      one.node.remove();
      this.cells.delete(c);
    }
    for (const c of wanted) if (c >= 0 && c < columns.length) this.fill(c);
  }

  fill(c) {
    const { columns, rows } = this.told;
    const column = columns.all[c];
    const one = this.cells.get(c) ?? this.cell(column, c);
    if (one.filled || this.id === undefined || !rows.has(this.n, c)) return; // or on its way
    one.filled = true;
    const value = rows.value(this.n, c);
    if (SAMPLED.includes(column.kind) && value !== null && value !== undefined) {
      this.sample(one, column);
      return;
    }
    const { text, kind } = cell(value, column.kind);
    say(one.node, text);
    if (kind) one.node.classList.add(kind);
    if (text.length > 12) put(one.node, "title", text);
  }

  cell(column, c) {
    const node = make("div", { class: `cell ${sideOf(column)}`, role: "gridcell", "aria-colindex": c + 2, tabindex: -1 });
    node.column = c;
    this.told.columns.place(node, c);
    const one = { node, filled: false };
    this.cells.set(c, one);
    this.node.insertBefore(node, [...this.node.children].find((other) => other.column > c) ?? null);
    return one;
  }

  sample(one, column) {
    put(one.node, "aria-busy", "true");
    one.loader = this.told.loader(column);
    one.loader.want(this.id, (sample) => {
      one.loader = null;
      put(one.node, "aria-busy", null);
      one.node.replaceChildren(shown(sample));
    });
  }

  // What has the keyboard in this column.
  focusable(column) {
    return this.cells.get(column)?.node;
  }

  mark() {
    const { selecting, link } = this.told;
    const on = this.id !== undefined && selecting.has(this.id);
    const pointed = link.hover !== null && link.hover !== undefined && this.id !== undefined && keyOf(this.id) === keyOf(link.hover);
    put(this.node, "aria-selected", String(on));
    this.box.checked = on;
    this.node.classList.toggle("pointed", pointed);
  }

  remove() {
    for (const { loader } of this.cells.values()) loader?.unwant(this.id);
    this.node.remove();
  }
}
