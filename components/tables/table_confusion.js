// Which classes are taken for which, by two columns of a table; a click shows the rows behind a number.

import { button, make, put, say } from "imlkit/elements.js";
import { Choosing } from "imlkit/choosing.js";
import { ColumnChoice } from "imlkit/column_choice.js";
import { grouped } from "imlkit/groups.js";
import { ConfusionCounts, chosenIn, ofCells, ofClasses, own } from "./confusion_counts.js";
import { ConfusionGrid } from "./confusion_grid.js";
import { compared, notes, summary } from "./confusion_words.js";
import { ConfusionList } from "./confusion_list.js";
import { AT_ONCE, DividedCells, SelectedCells } from "./divided_cells.js";
import { DividedSections } from "./divided_sections.js";
import { PickedLegend } from "./picked_mark.js";

const MOST = 10_000; // different pairs of classes that are counted
const LATE = 250; // milliseconds after which numbers that are waited for are marked as old
const KINDS = ["boolean", "nominal", "integer", "continuous", "text"];
const SHARES = { counts: "counts", label: "shares of each label", prediction: "shares of each prediction", all: "shares of all" };

class TableConfusion {
  constructor(root, link) {
    this.link = link;
    this.turn = 0;
    this.counted = null; // {key, of, filters, counts, parts, others}
    this.cells = new DividedCells(link);
    this.selected = new SelectedCells(link, this.cells, { shown: () => this.draw(), failed: (error) => this.tell(error.message) });
    this.sections = new DividedSections({ grid: () => this.grid(), more: () => this.moreGroups() });
    this.choosing = new Choosing(link, (words) => this.tell(words));
    this.build(root);
    this.off = [link.onTable(() => this.renew()), link.onConfig(() => this.renew()), link.onSeen(() => this.follow()), link.onNotice?.((words) => this.tell(words))];
    this.renew();
  }

  build(root) {
    const { link } = this;
    this.labels = new ColumnChoice("Label", (label) => link.configure({ label }));
    this.predictions = new ColumnChoice("Prediction", (prediction) => link.configure({ prediction }));
    this.shares = make("select", { "aria-label": "What the numbers say", onchange: () => link.configure({ shares: this.shares.value }) }, ...Object.entries(SHARES).map(([value, words]) => make("option", { value, textContent: words })));
    this.clear = button("Clear the choice", () => this.choose(null), { hidden: true });
    this.status = make("p", { class: "summary", role: "status" });
    this.note = make("p", { class: "quiet", hidden: true });
    this.problem = make("p", { class: "problem", role: "alert", hidden: true });
    this.empty = make("p", { class: "empty", hidden: true });
    this.picks = new PickedLegend(link);
    this.list = new ConfusionList((row, column, adds) => this.cell(null, row, column, adds));
    this.body = make("div", {}, this.status, this.note, this.picks.root, this.sections.root, this.list.root);
    const numbers = make("label", {}, make("span", { textContent: "Numbers" }), this.shares);
    root.append(make("div", { class: "tools" }, this.labels.root, this.predictions.root, numbers, this.choosing.root, this.clear), this.problem, this.empty, this.body);
  }

  grid() {
    return new ConfusionGrid({ cell: (...given) => this.cell(...given), heading: (...given) => this.heading(...given) });
  }

  tell(words) {
    say(this.problem, words);
    this.problem.hidden = !words;
  }

  // The table, its columns or what is to be shown of them has changed.
  renew() {
    const { config, table } = this.link;
    this.tell(table.problem ?? "");
    const fitting = table.columns.filter(({ name, kind }) => KINDS.includes(kind) && name !== table.id).map(({ name }) => [name, name.trim() === "" ? `“${name}”` : name]);
    for (const [choice, name] of [[this.labels, config.label], [this.predictions, config.prediction]]) {
      const known = fitting.some(([one]) => one === name);
      choice.show([["", known ? fitting : [[name, `${name} (gone)`], ...fitting]]], name);
    }
    this.shares.value = config.shares;
    const names = new Set(table.columns.map(({ name }) => name));
    const gone = [config.label, config.prediction].filter((name) => !names.has(name));
    if (!table.columns.length || gone.length) {
      this.body.hidden = true;
      if (gone.length && !table.problem) this.tell(`There is no column “${gone[0]}” any more: choose another.`);
      return;
    }
    const asked = JSON.stringify([config.label, config.prediction, table.version, table.rows]);
    if (asked === this.asked) {
      this.draw();
      return;
    }
    this.asked = asked;
    this.classes = null;
    this.load();
  }

  // All classes that there are, whatever the filters leave.
  async load() {
    const { asked } = this;
    try {
      const all = await this.link.ask({ ...this.question(), filters: { all: [] } }, { slot: "classes" });
      if (asked !== this.asked) return;
      this.classes = all;
      this.follow();
    } catch (error) {
      if (error.name === "Replaced" || asked !== this.asked) return;
      this.asked = null;
      this.tell(error.message);
    }
  }

  question() {
    const { label, prediction } = this.link.config;
    const groups = [label, prediction].map((column) => ({ column, bins: null }));
    return { ask: "groups", groups, most: MOST };
  }

  async follow() {
    if (!this.classes) return;
    const { label, prediction } = this.link.config;
    const { left, mine } = own(this.link.seen, label, prediction);
    const groups = JSON.stringify(this.link.seen.groups ?? []);
    if (groups !== this.groups) this.most = AT_ONCE;
    this.groups = groups;
    const key = JSON.stringify([left, groups, this.most]);
    this.mine = mine;
    this.turn += 1;
    const { turn } = this;
    if (this.current && key === this.counted.key) {
      put(this.body, "aria-busy", null);
      this.draw();
      return;
    }
    const late = setTimeout(() => put(this.body, "aria-busy", "true"), LATE);
    try {
      const found = await this.count(left);
      if (turn !== this.turn) return;
      this.take(key, { all: left }, found);
      this.tell("");
      this.draw();
    } catch (error) {
      if (error.name !== "Replaced" && turn === this.turn) this.tell(error.message);
    } finally {
      clearTimeout(late);
      if (turn === this.turn) put(this.body, "aria-busy", null);
    }
  }

  count(left) {
    if (left.length || grouped(this.link.seen)) return this.cells.counted(this.question(), { all: left }, this.most);
    // That is what is known already.
    return { whole: this.classes, parts: [{ title: null, filters: { all: [] }, answer: this.classes }], others: 0 };
  }

  take(key, filters, { whole, parts, others }) {
    const counts = this.countsOf(whole);
    const divided = parts.map((part) => ({ ...part, counts: part.answer === whole ? counts : this.countsOf(part.answer) }));
    this.counted = { key, of: this.classes, filters, counts, parts: divided, others };
    this.sections.show(divided, others);
  }

  // Whether what is shown is of the classes that there are now: they are asked for anew where columns change.
  get current() {
    return this.counted !== null && this.counted.of === this.classes;
  }

  countsOf(answer) {
    return new ConfusionCounts(this.classes, answer, this.link.config.classes);
  }

  moreGroups() {
    this.most += AT_ONCE;
    this.follow();
  }

  draw() {
    const { counted } = this;
    if (!this.current) return;
    const { counts } = counted;
    const { label, prediction } = this.link.config;
    const none = counts.classes.length === 0;
    this.body.hidden = none;
    this.empty.hidden = !none;
    if (none) say(this.empty, this.link.table.rows ? `No row has both a value of “${label}” and one of “${prediction}”. Choose other columns.` : "This table has no rows yet. As soon as it has some, they are counted here.");
    const chosen = chosenIn(this.mine, counts, label, prediction);
    this.clear.hidden = !this.mine.length;
    say(this.status, summary(counts));
    const noted = notes(counts, chosen, { most: MOST, filtered: this.mine.length > 0 });
    this.note.hidden = !noted;
    say(this.note, noted);
    if (none) return;
    this.drawGrids(counted, chosen);
    this.list.show(counts, chosen);
  }

  drawGrids(counted, chosen) {
    const { label, prediction, shares } = this.link.config;
    this.selected.follow(this.question(), counted);
    const picked = this.selected.of(counted);
    this.picks.show();
    const all = this.sections.sections.map(({ part }) => part.counts.strongest(shares));
    const strongest = [0, 1].map((kind) => Math.max(...all.map((one) => one[kind])));
    const apart = counted.counts.unpredicted > 0;
    this.sections.sections.forEach(({ grid, part, note }, n) => {
      const { title, counts } = part;
      grid.show(counts, chosen, { label, prediction, shares, title, apart, strongest, picked: picked && this.countsOf(picked[n]) });
      if (note) say(note, compared(counts, counted.counts));
    });
  }

  // A cell was chosen; with `adds`, beside those that are. grid: the one it is in, null for all groups.
  cell(grid, row, column, adds) {
    if (!this.current) return;
    const { label, prediction } = this.link.config;
    const { counts } = this.counted;
    const name = `${row} ${column}`;
    if (this.choosing.selects) {
      this.select(grid, ofCells([name], counts, label, prediction), adds);
      return;
    }
    const { cells } = chosenIn(this.mine, counts, label, prediction);
    this.choose(ofCells(toggled(cells, name, adds), counts, label, prediction));
  }

  // side: "label" for a row's heading, "prediction" for a column's
  heading(grid, side, at, adds) {
    if (!this.current) return;
    const { label, prediction } = this.link.config;
    const { counts } = this.counted;
    const column = side === "label" ? label : prediction;
    if (this.choosing.selects) {
      this.select(grid, ofClasses(column, [at], counts), adds);
      return;
    }
    const chosen = chosenIn(this.mine, counts, label, prediction);
    this.choose(ofClasses(column, toggled(chosen[side], at, adds), counts));
  }

  // Filters to it in every group: it is a condition on the two columns.
  choose(condition) {
    const { label, prediction } = this.link.config;
    const { left } = own(this.link.seen, label, prediction);
    this.link.show({ ...this.link.seen, filters: { all: condition ? [...left, condition] : left } });
  }

  // Selects the rows that are counted there: those of the grid's group.
  select(grid, condition, adds) {
    const { filters } = this.counted;
    const part = this.sections.sections.find((section) => section.grid === grid)?.part;
    const counted = { all: [...filters.all, ...(part?.filters.all ?? []), condition] };
    const { selection } = this.selected;
    const both = { any: [{ column: this.link.table.id, in: selection }, counted] };
    this.choosing.selecting.meeting(adds && selection.length ? both : counted);
  }

  dispose() {
    for (const off of this.off) off?.();
  }
}

function toggled(set, key, adds) {
  if (!adds) return set.size === 1 && set.has(key) ? [] : [key];
  const all = new Set(set);
  if (!all.delete(key)) all.add(key);
  return [...all];
}

export function show(el, link) {
  const view = new TableConfusion(el, link);
  return () => view.dispose();
}
