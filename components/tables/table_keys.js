// The keyboard's way through a table: over its headings, rows and groups, one cell at a time.

import { MARKS } from "./table_columns.js";

export const HEAD = 40; // pixels of the headings

export class TableKeys {
  // table: an InstanceTable
  constructor(table) {
    this.table = table;
    this.row = -1; // what has the keyboard: a line, or -1 for the headings
    this.column = 0; // or -1 for the marks
    table.grid.addEventListener("keydown", (event) => this.pressed(event));
    table.grid.addEventListener("focusin", (event) => this.focused(event));
  }

  focused(event) {
    const node = event.target.closest(".cell");
    if (!node) return;
    this.row = node.closest(".table-line")?.row ?? -1;
    // A group's line is one place for all columns.
    this.column = node.column ?? this.column;
    this.tab();
  }

  here() {
    const { head, lines } = this.table;
    return this.row < 0 ? head.headings.get(this.column) : lines.get(this.row)?.focusable(this.column);
  }

  // One cell is reached by the tab key.
  tab() {
    const here = this.here();
    if (this.tabbed !== here) {
      if (this.tabbed) this.tabbed.tabIndex = -1;
      this.tabbed = here;
      if (here) here.tabIndex = 0;
    }
    if (this.regain && here && !this.table.detail.dialog.open) {
      this.regain = false;
      here.focus({ preventScroll: true });
    }
  }

  reveal() {
    const { grid, scroll, columns, rows } = this.table;
    const view = grid.clientHeight - HEAD;
    if (this.row >= 0) {
      const y = this.row * columns.high;
      // The group's name lies over the first row in sight.
      const covered = rows.grouped && !rows.isGroup(this.row) ? columns.high : 0;
      if (y - covered < scroll.top) scroll.to(y - covered);
      else if (y + columns.high > scroll.top + view) scroll.to(y + columns.high - view);
      if (rows.isGroup(this.row)) return;
    }
    if (this.column < 0) return;
    const [left, right] = [columns.lefts[this.column], columns.lefts[this.column + 1]];
    if (left < grid.scrollLeft + MARKS) grid.scrollLeft = left - MARKS;
    else if (right > grid.scrollLeft + grid.clientWidth) grid.scrollLeft = Math.min(left - MARKS, right - grid.clientWidth);
  }

  go(row, column) {
    const { table } = this;
    this.row = Math.min(Math.max(row, -1), (table.rows?.total ?? 0) - 1);
    this.column = Math.min(Math.max(column, -1), table.columns.length - 1);
    this.reveal();
    table.paint();
    this.here()?.focus({ preventScroll: true });
  }

  pressed(event) {
    if (!event.target.closest(".cell") || event.target.matches("audio")) return;
    if (event.target.matches("button") && [" ", "Enter"].includes(event.key)) return;
    const acted = this.moved(event) || (this.table.rows?.isGroup(this.row) ? this.onGroup(event) : this.onRow(event)) || this.anywhere(event);
    if (!acted) return;
    event.preventDefault();
    event.stopPropagation();
  }

  moved(event) {
    const { table, row, column } = this;
    const aside = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (aside && this.folded(aside)) return true;
    const control = event.ctrlKey || event.metaKey;
    const page = Math.max(1, Math.floor((table.grid.clientHeight - HEAD) / table.columns.high) - 1);
    const last = (table.rows?.total ?? 0) - 1;
    const steps = {
      ArrowUp: [row - 1, column],
      ArrowDown: [row + 1, column],
      ArrowLeft: [row, column - 1],
      ArrowRight: [row, column + 1],
      PageUp: [Math.max(row - page, 0), column],
      PageDown: [row + page, column],
      Home: control ? [0, 0] : [row, 0],
      End: control ? [last, table.columns.length - 1] : [row, table.columns.length - 1],
    };
    if (!(event.key in steps)) return false;
    const from = table.rows?.id(row);
    this.go(...steps[event.key]);
    if (event.shiftKey && this.row !== row) this.extended(row, from);
    return true;
  }

  // Arrows to the side fold and unfold, and lead from a group to its rows and back.
  folded(direction) {
    const { rows } = this.table;
    if (!rows?.grouped || this.row < 0) return false;
    const group = rows.groupOf(this.row);
    if (rows.isGroup(this.row)) {
      const folded = this.table.folding.has(group.key);
      if (folded === direction > 0) this.table.fold(group);
      else if (!folded && group.count) this.go(this.row + 1, this.column);
      return true;
    }
    if (direction > 0 || this.column >= 0) return false;
    this.go(rows.lineOf({ part: rows.place(this.row).part, row: -1 }), this.column);
    return true;
  }

  // The selection reaches from where it began to the row that the keyboard is on.
  extended(before, from) {
    const { rows, selecting } = this.table;
    if (selecting.anchor === null && from !== undefined) {
      selecting.anchor = from;
      rows.hold(before);
    }
    const to = rows?.id(this.row);
    if (to !== undefined && selecting.anchor !== null) selecting.range(to);
  }

  onGroup(event) {
    const { table } = this;
    if (event.key === "Enter") table.fold(table.rows.groupOf(this.row));
    else if (event.key === " ") table.lines.get(this.row)?.box.click();
    else return false;
    return true;
  }

  onRow(event) {
    const { table, row, column } = this;
    const enters = event.key === "Enter";
    if (!enters && event.key !== " ") return false;
    if (row < 0) {
      if (column >= 0) table.head.sort(column, event.shiftKey);
      return column >= 0;
    }
    const id = table.rows?.id(row);
    if (id === undefined) return false;
    if (enters) table.open(row);
    else if (event.shiftKey) table.selecting.range(id);
    else {
      table.rows.hold(row);
      table.selecting.toggle(id);
    }
    return true;
  }

  anywhere(event) {
    const { selecting } = this.table;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "a") selecting.all();
    else if (event.key === "Escape" && selecting.ids.length) selecting.only([]);
    else return false;
    return true;
  }
}
