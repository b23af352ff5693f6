// Rows counted by two columns.

import { button, make, put, say } from "imlkit/elements.js";
import { Choosing } from "imlkit/choosing.js";
import { ColumnChoice } from "imlkit/column_choice.js";
import { ramp } from "imlkit/colors.js";
import { conditionOn, filtered, filtersWithout } from "imlkit/filters.js";
import { count, rows } from "imlkit/values.js";
import { AT_ONCE, DividedCells, SelectedCells } from "./divided_cells.js";
import { DividedSections } from "./divided_sections.js";
import { ofBars, rectangle } from "./heat_conditions.js";
import { HeatGrid } from "./heat_grid.js";
import { PickedLegend } from "./picked_mark.js";

const CHARTED = ["boolean", "nominal", "integer", "continuous", "latitude", "longitude", "datetime", "text"];
const SHARES = [
  ["none", "rows"],
  ["row", "share of its row"],
  ["column", "share of its column"],
  ["all", "share of all rows"],
];
const LATE = 250;

class Heatmap {
  constructor(root, link) {
    this.link = link;
    this.turn = 0;
    this.charts = null; // across and down
    this.counted = null; // {key, filters, whole, parts, others}
    this.cells = new DividedCells(link);
    this.selected = new SelectedCells(link, this.cells, { shown: () => this.draw(), failed: (error) => this.fail(error) });
    this.sections = new DividedSections({ grid: (part) => this.grid(part), more: () => this.moreGroups() });
    this.build(root);
    this.off = [
      link.onTable(() => this.restart()),
      link.onConfig(() => this.restart()),
      link.onSeen(() => this.follow()),
      link.onNotice?.((words) => this.tell(words)) ?? (() => {}),
    ];
    this.restart();
  }

  build(root) {
    const { link } = this;
    this.x = new ColumnChoice("Across", (name) => this.choose("x", name));
    this.y = new ColumnChoice("Down", (name) => this.choose("y", name));
    this.share = make("select", { onchange: () => link.configure({ share: this.share.value }) }, ...SHARES.map(([value, text]) => make("option", { value, textContent: text })));
    this.bins = make("select", { onchange: () => link.configure({ bins: Number(this.bins.value) }) });
    this.choosing = new Choosing(link, (words) => this.tell(words));
    this.tools = make("div", { class: "tools" }, this.x.root, this.y.root, make("label", {}, "Cells say", this.share), make("label", {}, "At most", this.bins, "bins or values"), this.choosing.root);
    this.status = make("p", { class: "status", role: "status" });
    this.clear = button("Clear this filter", () => this.filter(null), { hidden: true });
    this.legend = make("span", { class: "scale", hidden: true });
    this.picks = new PickedLegend(link);
    this.problem = make("p", { class: "problem", role: "alert", hidden: true });
    this.empty = make("p", { class: "empty", hidden: true });
    this.place = make("div", { class: "heat-place" }, this.sections.root);
    this.hint = make("p", { class: "quiet hint", textContent: "Click a cell to filter to it, or to select its rows; drag over several. The same filter again is cleared. By keyboard: arrows, Shift to take several, Enter." });
    root.append(this.tools, this.problem, this.empty, make("div", { class: "tools" }, this.status, this.clear, this.picks.root, this.legend), this.place, this.hint);
  }

  restart() {
    const { table, config } = this.link;
    const columns = table.columns.filter(({ name, kind }) => CHARTED.includes(kind) && name !== table.id).map(({ name }) => [name, name]);
    this.x.show([["", columns]], config.x);
    this.y.show([["", columns]], config.y);
    this.share.value = config.share;
    const sizes = [...new Set([6, 12, 24, 50, config.bins])].sort((one, other) => one - other);
    this.bins.replaceChildren(...sizes.map((size) => make("option", { value: size, textContent: String(size) })));
    this.bins.value = String(config.bins);
    const without = typeof config.x !== "string" || typeof config.y !== "string";
    const short = table.rows === 0 ? "This table has no rows yet. As soon as it has some, they are counted here." : "Cells need two columns of numbers, times or values, and this table has fewer.";
    this.empty.hidden = !(without || table.rows === 0 || table.problem);
    say(this.empty, table.problem || short);
    for (const part of [this.tools, this.hint]) part.hidden = without;
    const key = JSON.stringify([config.x, config.y, config.bins, table.version, table.rows]);
    if (without || table.rows === 0) return this.drop();
    if (key === this.key && this.charts) return this.recount();
    this.key = key;
    const ask = (column) => this.link.ask({ ask: "bars", column, most: config.bins });
    return this.waiting(Promise.all([ask(config.x), ask(config.y)]), ([x, y]) => {
      if (key !== this.key) return;
      this.drop();
      this.charts = [x, y];
      this.follow();
    });
  }

  drop() {
    this.turn += 1;
    this.charts = null;
    this.counted = null;
    this.sections.drop();
    this.legend.hidden = this.picks.root.hidden = true;
    say(this.status, "");
  }

  grid(part) {
    return new HeatGrid(...this.charts, part.title, { chosen: (grid, xs, ys) => this.chosen(grid, xs, ys) });
  }

  follow() {
    if (!this.charts) return;
    this.clear.hidden = this.condition() === null;
    this.mark();
    this.recount();
  }

  condition() {
    const { x, y } = this.link.config;
    return conditionOn(this.link.seen, x, y);
  }

  // The cells that are filtered to, in every grid: the filter is on the two columns.
  mark() {
    const condition = this.condition();
    const bars = condition && rectangle(this.charts, condition);
    for (const { grid } of this.sections.sections) grid.mark(bars?.[0] ?? null, bars?.[1] ?? null);
  }

  question() {
    const { x, y, bins } = this.link.config;
    return { ask: "pairs", x: [x, bins], y: [y, bins] };
  }

  recount() {
    if (!this.charts) return;
    const { x, y } = this.link.config;
    const filters = filtersWithout(this.link.seen, x, y);
    const groups = JSON.stringify(this.link.seen.groups ?? []);
    if (groups !== this.groups) this.most = AT_ONCE;
    this.groups = groups;
    const key = JSON.stringify([this.key, filters, groups, this.most]);
    this.turn += 1;
    const { turn } = this;
    if (key === this.counted?.key) {
      this.draw();
      return;
    }
    this.waiting(this.cells.counted(this.question(), filters, this.most), (found) => {
      if (turn !== this.turn) return;
      this.counted = { key, filters, ...found };
      this.sections.show(found.parts, found.others);
      this.mark();
      this.draw();
    });
  }

  moreGroups() {
    this.most += AT_ONCE;
    this.recount();
  }

  draw() {
    const { counted } = this;
    if (!counted) return;
    const { share } = this.link.config;
    this.selected.follow(this.question(), counted);
    const picked = this.selected.of(counted);
    const { sections } = this.sections;
    const measured = sections.map(({ grid, part }) => grid.measure(countsOf(part.answer), share));
    const most = Math.max(0, ...measured);
    sections.forEach(({ grid, part, note }, n) => {
      grid.paint(most, picked && countsOf(picked[n]));
      if (note) say(note, rows(part.count));
    });
    const all = countsOf(counted.whole).reduce((sum, one) => sum + one, 0);
    say(this.status, all ? `${rows(all)} counted.` : "No row is left by the filters.");
    this.legend.hidden = !most;
    const swatch = make("span", { class: "swatch" });
    swatch.style.background = ramp();
    const greatest = share === "none" ? count(most) : `${Math.round(most * 1000) / 10}%`;
    this.legend.replaceChildren(share === "none" ? "0" : "0%", swatch, greatest);
    this.picks.show();
  }

  waiting(answer, act) {
    this.latest = answer;
    const late = setTimeout(() => put(this.place, "aria-busy", "true"), LATE);
    const done = () => {
      clearTimeout(late);
      if (answer === this.latest) put(this.place, "aria-busy", null);
    };
    answer.then(
      (found) => {
        done();
        this.tell("");
        act(found);
      },
      (error) => {
        done();
        if (error.name === "Replaced" || answer !== this.latest) return;
        this.key = null;
        this.fail(error);
      },
    );
  }

  // Cells of a grid were chosen: they are filtered to in every group, or their rows in this one are selected.
  chosen(grid, xs, ys) {
    const condition = { all: [ofBars(grid.x, xs), ofBars(grid.y, ys)] };
    const { x, y } = this.link.config;
    const { part } = this.sections.sections.find((section) => section.grid === grid);
    if (this.choosing.selects) {
      this.choosing.choose([x, y], { all: [...condition.all, ...part.filters.all] });
      return;
    }
    const now = this.condition();
    const shown = now && rectangle(this.charts, now);
    const again = shown && equal(shown[0], xs) && equal(shown[1], ys);
    this.choosing.choose([x, y], again ? null : condition);
  }

  filter(condition) {
    const { x, y } = this.link.config;
    this.link.show(filtered(this.link.seen, [x, y], condition));
  }

  choose(axis, name) {
    const { x, y } = this.link.config;
    const other = axis === "x" ? y : x;
    if (name === other) return this.link.configure({ x: y, y: x });
    // The other one may be a column that the table has lost: it is chosen anew.
    const lost = !this.link.table.columns.some((one) => one.name === other);
    return this.link.configure({ [axis]: name, ...(lost ? { [axis === "x" ? "y" : "x"]: null } : {}) });
  }

  fail(error) {
    this.tell(error.message);
  }

  tell(words) {
    this.problem.hidden = !words;
    say(this.problem, words);
  }

  dispose() {
    for (const off of this.off) off();
    this.drop();
  }
}

const equal = (set, bars) => set.size === bars.length && bars.every((bar) => set.has(bar));

// Those of a part are told alone, those of the whole beside others.
function countsOf(answer) {
  return answer.counts ?? answer;
}

export function show(el, link) {
  const heatmap = new Heatmap(el, link);
  return () => heatmap.dispose();
}
