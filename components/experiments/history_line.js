// One run's line.

import { button, make, put, say } from "imlkit/elements.js";
import { remark, STATES } from "./history_words.js";

export class HistoryLine {
  // table: a HistoryGrid
  constructor(table, run) {
    this.table = table;
    this.cells = new Map(); // key of the column: its cell
    this.tick = make("input", { type: "checkbox", tabindex: -1 });
    this.tick.onchange = () => table.ticked(this.run.id, this.tick.checked);
    this.more = button("⋯", () => table.openMenu(this), { class: "icon", "aria-haspopup": "dialog", tabindex: -1 });
    this.tickCell = make("div", { class: "cell tick", role: "gridcell" }, make("label", {}, this.tick));
    this.moreCell = make("div", { class: "cell more", role: "gridcell" }, this.more);
    this.node = make("div", { class: "line", role: "row" });
    this.tickCell.key = "tick";
    this.moreCell.key = "more";
    this.node.line = this;
    this.show(run);
  }

  show(run) {
    this.run = run;
    const { columns, patience } = this.table;
    if (this.laid !== this.table.laid) this.lay(columns.shown);
    for (const column of columns.shown) {
      const cell = this.cells.get(column.key);
      if (cell === this.editing?.cell) continue;
      if (column.key === "state") this.showState(cell, remark(run, patience));
      else say(cell.firstChild, column.says(run));
      put(cell, "title", column.whole(run) || null);
    }
    put(this.tick, "aria-label", `Select ${run.name}`);
    put(this.more, "aria-label", `More for ${run.name}`);
    this.mark();
  }

  showState(cell, words) {
    const [sign, word] = STATES[this.run.state];
    const [mark, name, said] = cell.firstChild.children;
    put(cell.firstChild, "class", `state ${this.run.state}`);
    say(mark, sign);
    say(name, word);
    say(said, words);
  }

  mark() {
    const ticked = this.table.selected.has(this.run.id);
    this.tick.checked = ticked;
    put(this.node, "aria-selected", ticked);
  }

  lay(columns) {
    this.laid = this.table.laid;
    if (!columns.some(({ key }) => key === this.editing?.cell.key)) this.stop();
    const held = this.cells;
    this.cells = new Map();
    for (const column of columns) {
      const cell = held.get(column.key) ?? this.make(column);
      put(cell, "class", `cell ${column.kind ?? column.key}${column.number ? " number" : ""}`);
      this.cells.set(column.key, cell);
    }
    // What has the keyboard keeps it, and what is being typed stays.
    const active = this.node.getRootNode().activeElement;
    const focused = this.node.contains(active);
    if (this.editing) this.editing.field.onblur = null;
    this.node.replaceChildren(this.tickCell, ...this.cells.values(), this.moreCell);
    if (focused) active.focus({ preventScroll: true });
    if (this.editing) this.editing.field.onblur = this.editing.left;
  }

  make(column) {
    const inner = column.key === "state" ? make("span", {}, make("span", { class: "sign", "aria-hidden": "true" }), make("span"), make("small")) : make("span", { dir: "auto" });
    const cell = make("div", { role: "gridcell", tabindex: -1 }, inner);
    cell.key = column.key;
    return cell;
  }

  // What takes the keyboard in a column.
  focusable(key) {
    if (key === "tick") return this.tick;
    return key === "more" ? this.more : this.cells.get(key);
  }

  // Changes a name or tags in their own place.
  edit(key, was, words, save) {
    this.stop();
    const cell = this.cells.get(key);
    if (!cell) return;
    const field = make("input", { class: "edit", "aria-label": words, maxlength: key === "name" ? 300 : 2000, dir: "auto", autocomplete: "off", value: was });
    const inner = cell.firstChild;
    const done = (keep, refocus) => {
      if (this.editing?.field !== field) return;
      this.editing = null;
      cell.replaceChildren(inner);
      if (refocus) cell.focus({ preventScroll: true });
      if (keep && field.value !== was && (key !== "name" || field.value.trim())) {
        say(inner, field.value);
        save(field.value);
      }
    };
    field.onkeydown = (event) => {
      event.stopPropagation();
      if (event.key === "Enter" || event.key === "Escape") done(event.key === "Enter", true);
    };
    const left = () => done(true, false);
    field.onblur = left;
    this.editing = { cell, field, done, left };
    cell.replaceChildren(field);
    field.focus();
    field.select();
  }

  stop() {
    this.editing?.done(false, false);
  }
}
