// Rows and columns, however many: only those in sight are asked for and laid out.

import { button, make, put, say } from "imlkit/elements.js";
import { SampleLoader, pixelsFor } from "imlkit/sample_loader.js";
import { count } from "imlkit/values.js";
import { ColumnPicker } from "./column_picker.js";
import { Folding } from "./folding.js";
import { GroupSelection } from "./group_selection.js";
import { LongScroll } from "./long_scroll.js";
import { RowLines } from "./row_lines.js";
import { RowView } from "./row_view.js";
import { AT_FIRST, MARKS, SAMPLED, TableColumns } from "./table_columns.js";
import { TableHead } from "./table_head.js";
import { HEAD, TableKeys } from "./table_keys.js";
import { TableLines } from "./table_lines.js";
import { TablePointing } from "./table_pointing.js";

const AROUND = 6; // lines laid out beyond those in sight

class InstanceTable extends RowView {
  build() {
    const { link } = this;
    this.lines = new TableLines(this);
    this.loaders = new Map(); // name of a column: a SampleLoader
    this.folding = new Folding(link.seen.groups);
    this.chosen = new GroupSelection(link, this.selecting, () => this.lines.mark(), (why) => this.tell(why));
    this.head = new TableHead(link);
    this.picker = new ColumnPicker((columns) => link.configure({ columns }));
    this.folds = make("span", { class: "choices", role: "group", "aria-label": "Groups", hidden: true }, button("Fold all", () => this.foldAll(true)), button("Unfold all", () => this.foldAll(false)));
    this.note = make("p", { class: "quiet", role: "status", hidden: true });
    this.pinnedTitle = make("div", { class: "group-cell", onclick: () => this.keys.go(this.pinnedLine, this.keys.column) });
    this.pinned = make("div", { class: "table-pinned", "aria-hidden": "true", hidden: true }, this.pinnedTitle);
    const top = make("div", { role: "rowgroup", class: "table-top" }, this.head.root);
    this.grid = make("div", { class: "table-grid", role: "grid", "aria-multiselectable": "true", "aria-label": "Rows" }, top, this.pinned, this.lines.body);
    this.keys = new TableKeys(this);
    this.pointing = new TablePointing(this);
    this.grid.addEventListener("scroll", () => this.scrolled(), { passive: true });
    const tools = make("div", { class: "tools" }, this.status, this.picker.opener, this.folds, this.all, this.none);
    this.root.append(tools, this.picker.dialog, this.problem, this.unsort, this.note, this.empty, this.grid);
    this.scroll = new LongScroll(this.grid);
    this.watcher = new ResizeObserver(() => this.paint());
    this.watcher.observe(this.grid);
  }

  // The table or the choice of columns has changed.
  renew() {
    const { table, config } = this.link;
    this.columns = new TableColumns(table, config.columns);
    this.picker.show(table.columns, this.columns.names, AT_FIRST);
    this.grid.style.setProperty("--line-height", `${this.columns.high}px`);
    this.grid.style.setProperty("--marks", `${MARKS}px`);
    if (this.version !== table.version) {
      this.version = table.version;
      this.forget();
      this.detail.renew();
    }
    this.keys.column = Math.min(this.keys.column, this.columns.length - 1);
    this.tell(table.problem ?? "");
    put(this.grid, "aria-colcount", this.columns.length + 1);
    const left = table.columns.length - this.columns.length;
    say(this.picker.opener, left > 0 ? `Columns (${count(left)} not shown)` : "Columns");
    if (this.columns.said !== this.laid) {
      this.laid = this.columns.said;
      this.head.renew(this.columns);
      this.lines.clear();
      // What was asked for has other columns.
      this.rows?.dispose();
      this.rows = null;
    }
    this.said = null;
    this.follow();
  }

  forget() {
    for (const loader of this.loaders.values()) loader.forget();
    this.loaders.clear();
  }

  loader(column) {
    if (!this.loaders.has(column.name)) this.loaders.set(column.name, new SampleLoader(this.link, column.name, pixelsFor(this.columns.pixels(column))));
    return this.loaders.get(column.name);
  }

  // What is seen has changed.
  follow() {
    const { seen } = this.link;
    const said = JSON.stringify([seen.filters, seen.groups ?? [], seen.sort]);
    if (said !== this.said) {
      const fresh = this.said === null;
      this.said = said;
      this.ask(!fresh);
    }
    this.chosen.follow();
    this.mark();
  }

  ask(toTop) {
    const { seen } = this.link;
    this.coming?.dispose();
    if (this.link.table.rows === 0) {
      this.show(null);
      return;
    }
    put(this.grid, "aria-busy", "true");
    const folding = this.folding.fits(seen.groups) ? this.folding : new Folding(seen.groups);
    const lines = new RowLines(
      this.link,
      this.columns.names,
      folding,
      (moved) => {
        if (this.rows !== lines) this.change(lines, toTop);
        else if (moved) this.lines.clear();
        this.paint();
        this.mark();
      },
      (why) => {
        put(this.grid, "aria-busy", null);
        this.tell(why);
      },
    );
    this.coming = lines;
    const top = toTop ? 0 : Math.floor(this.scroll.top / this.columns.high);
    lines.start(top, this.columns.across(this.grid), toTop ? null : (this.known ?? null));
  }

  // The first rows have come: they take the place of those that were shown.
  change(lines, toTop) {
    this.show(lines);
    this.folding = lines.folding;
    lines.count(); // folded otherwise meanwhile
    this.known = lines.grouped ? null : lines.total;
    put(this.grid, "role", lines.grouped ? "treegrid" : "grid");
    if (!this.link.table.problem) this.tell("");
    if (!toTop) return;
    this.scroll.top = 0;
    this.grid.scrollTop = 0;
    this.scroll.last = 0;
    if (this.keys.row >= 0) this.keys.row = 0;
  }

  // Shows these lines in the place of those before; null: there are none.
  show(lines) {
    this.rows?.dispose();
    this.rows = lines;
    this.coming = null;
    put(this.grid, "aria-busy", null);
    this.lines.clear();
    if (lines) return;
    this.known = null;
    this.pinned.hidden = true;
    this.grid.classList.add("bare");
    this.lines.body.style.height = "0";
  }

  scrolled() {
    this.scroll.scrolled();
    if (this.due) return;
    this.due = true;
    requestAnimationFrame(() => {
      this.due = false;
      this.paint();
    });
  }

  // Lays out what is in sight.
  paint() {
    if (this.gone) return;
    const [left, right] = this.columns.across(this.grid);
    const columns = new Set([-1, this.keys.column]);
    for (let n = left; n < right; n += 1) columns.add(n);
    this.head.paint(columns);
    const total = this.rows?.total ?? null;
    if (total === null) return;
    this.measure();
    const { high } = this.columns;
    const top = Math.max(0, Math.floor(this.scroll.top / high) - AROUND);
    const bottom = Math.min(total, Math.ceil((this.scroll.top + this.view) / high) + AROUND);
    if (this.keys.row >= total) this.keys.row = total - 1;
    const lines = new Set();
    for (let n = top; n < bottom; n += 1) lines.add(n);
    // What has the keyboard stays, even out of sight.
    if (this.keys.row >= 0) lines.add(this.keys.row);
    this.lines.show(lines, columns);
    this.rows.want([top, bottom], [left, right]);
    this.pin();
    this.keys.tab();
  }

  // Makes the room that all lines take.
  measure() {
    const { total } = this.rows;
    this.grid.classList.toggle("bare", total === 0);
    this.view = Math.max(this.grid.clientHeight - HEAD, this.columns.high);
    this.scroll.resize(total * this.columns.high, this.view);
    const width = `${this.columns.width}px`;
    const { body } = this.lines;
    if (body.style.width !== width) body.style.width = this.head.root.style.width = width;
    const height = `${this.scroll.height}px`;
    if (body.style.height !== height) body.style.height = height;
    put(this.grid, "aria-rowcount", total + 1);
  }

  // The name of the group that the first row in sight is of lies over it, until the next one comes.
  pin() {
    const { rows: lines, scroll } = this;
    const { high } = this.columns;
    const part = lines.grouped && lines.total ? lines.place(Math.floor(scroll.top / high)).part : 0;
    this.pinnedLine = lines.grouped && lines.total ? lines.starts[part] : null;
    this.pinned.hidden = this.pinnedLine === null || this.pinnedLine * high >= scroll.top;
    if (this.pinned.hidden) return;
    say(this.pinnedTitle, lines.groups[part].title);
    const next = lines.starts[part + 1] * high - scroll.top;
    this.pinnedTitle.style.transform = next < high ? `translateY(${next - high}px)` : "";
  }

  fold(group) {
    const { rows: lines } = this;
    const line = lines.lineOf({ part: lines.groups.indexOf(group), row: -1 });
    this.folded(() => this.folding.turn(group.key), line + 1, Math.min(this.scroll.top, line * this.columns.high));
  }

  foldAll(all) {
    this.folded(() => this.folding.clear(all), 0, null);
  }

  // What lies before a line stays as it is laid out; where the view begins is said, or stays at its group.
  folded(act, line, y) {
    const { rows: lines } = this;
    if (!lines?.grouped || !lines.total) return;
    const first = lines.place(Math.floor(this.scroll.top / this.columns.high));
    const here = this.keys.row < 0 ? null : lines.place(this.keys.row);
    act();
    lines.count();
    this.lines.clear(line);
    if (here) this.keys.row = lines.lineOf(here);
    this.measure();
    this.scroll.to(y ?? lines.lineOf(first) * this.columns.high);
    this.paint();
    this.mark();
  }

  // Says how many there are, and marks what is selected and sorted.
  mark() {
    const lines = this.coming ? null : this.rows;
    const groups = lines?.grouped ? lines.groups.length + lines.others : 0;
    this.sayRows(lines?.others ? null : (lines?.size ?? null), groups ? ` in ${count(groups)} ${groups === 1 ? "group" : "groups"}` : "");
    const none = this.link.table.rows === 0 || lines?.total === 0;
    this.all.disabled = none;
    this.empty.hidden = !none;
    if (none) this.sayEmpty();
    this.folds.hidden = !this.rows?.grouped || none;
    this.note.hidden = !lines?.others;
    if (lines?.others) say(this.note, `The ${count(lines.groups.length)} largest groups are shown, ${count(lines.others)} more are not: filter the rows, or group them by fewer columns or larger bins.`);
    this.lines.mark();
    this.head.mark();
    this.detail.mark();
  }

  hovered() {
    this.lines.mark();
  }

  // The ids from one row to another in the order that is shown.
  async between(from, to) {
    const { rows: lines } = this;
    this.ranges = (this.ranges ?? 0) + 1;
    const turn = this.ranges;
    const ids = lines ? await lines.between(from, to) : [to];
    if (this.gone || this.rows !== lines || turn < this.ranged) throw Object.assign(new Error("Other rows are shown."), { name: "Replaced" });
    this.ranged = turn;
    return ids;
  }

  open(line) {
    const id = this.rows?.id(line);
    if (id === undefined) return;
    this.looked = line;
    const { kind, name } = this.columns.all[this.keys.column] ?? {};
    const column = [...SAMPLED, "text"].includes(kind) ? name : null;
    this.detail.open(id, column, (from, direction) => this.step(direction), () => this.keys.go(this.looked, this.keys.column));
  }

  // The id of the row before or after the one that was looked at last; what is folded is left out.
  async step(direction) {
    const { rows: lines } = this;
    let line = this.looked + direction;
    while (lines?.isGroup(line)) line += direction;
    if (!lines || line < 0 || line >= lines.total) return null;
    this.looked = line;
    return lines.idOf(line);
  }

  dispose() {
    this.gone = true;
    super.dispose();
    this.watcher.disconnect();
    this.rows?.dispose();
    this.coming?.dispose();
    this.chosen.dispose();
    this.forget();
  }
}

export function show(el, link) {
  const view = new InstanceTable(el, link);
  return () => view.dispose();
}
