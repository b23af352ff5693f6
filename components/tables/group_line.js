// The line above the rows of a group: what they are, how many, folded or not, selected or not.

import { button, make, put, say } from "imlkit/elements.js";
import { count, rows } from "imlkit/values.js";

export class GroupLine {
  // told: {columns, rows, chosen: a GroupSelection, fold(group)}
  constructor(told, n) {
    this.told = told;
    this.group = told.rows.groupOf(n);
    const { title } = this.group;
    this.box = make("input", { type: "checkbox", tabindex: -1, "aria-label": `Select the rows of ${title}`, onchange: () => told.chosen.select(this.group, this.box.checked) });
    this.fold = button("", () => told.fold(this.group), { class: "icon fold", tabindex: -1, "aria-label": `Rows of ${title}` });
    const marks = make("div", { class: "cell marks", role: "gridcell", "aria-colindex": 1 }, this.box, this.fold);
    marks.column = null;
    this.size = make("span", { class: "quiet" });
    this.title = make("div", { class: "cell group-cell", role: "rowheader", "aria-colindex": 2, "aria-colspan": told.columns.length, tabindex: -1 }, make("span", { class: "group-title", textContent: title, title }), this.size);
    this.node = make("div", { class: "table-line group-line", role: "row", "aria-level": 1 }, marks, this.title);
    put(this.node, "aria-posinset", told.rows.place(n).part + 1);
    put(this.node, "aria-setsize", told.rows.groups.length);
    this.mark();
  }

  paint() {}

  // One place for all columns.
  focusable() {
    return this.title;
  }

  mark() {
    const { rows: lines, chosen } = this.told;
    const open = !lines.folding.has(this.group.key);
    put(this.node, "aria-expanded", String(open));
    put(this.fold, "aria-expanded", String(open));
    put(this.fold, "title", open ? "Fold (←)" : "Unfold (→)");
    say(this.fold, open ? "▾" : "▸");
    const some = chosen.of(this.group);
    say(this.size, some ? `${rows(this.group.count)}, ${count(some)} selected` : rows(this.group.count));
    const all = some > 0 && some >= this.group.count;
    put(this.node, "aria-selected", String(all));
    if (chosen.isPending(this.group)) return;
    this.box.checked = all;
    this.box.indeterminate = some > 0 && !all;
  }

  remove() {
    this.node.remove();
  }
}
