// A chart for each column of a table; each filters the others.

import { Choosing } from "imlkit/choosing.js";
import { button, make, put, say } from "imlkit/elements.js";
import { conditionOn, filtered, filtersOf } from "imlkit/filters.js";
import { grouped } from "imlkit/groups.js";
import { ramp, viridis } from "imlkit/colors.js";
import { count, number, rows } from "imlkit/values.js";
import { BarReadout } from "./bar_readout.js";
import { ChartCounts } from "./chart_counts.js";
import { DivisionLegend } from "./division_legend.js";
import { HistogramChart } from "./histogram_chart.js";
import { LiveBrush } from "./live_brush.js";
import { ValueChart } from "./value_chart.js";
import { sum } from "./divided_bars.js";

const AT_ONCE = 24; // charts that are added at a time
const CHARTED = ["boolean", "nominal", "integer", "continuous", "latitude", "longitude", "datetime", "text"];
const NUMBERS = ["boolean", "integer", "continuous", "latitude", "longitude"];
const REACHED = "button, input, [tabindex]";
const MANNERS = [
  ["stacked", "Stacked", "Each bar is as long as it has rows"],
  ["shares", "Shares", "Each bar is as long as can be: small ones are compared with large ones"],
];

class SummaryCharts {
  constructor(root, link) {
    this.link = link;
    this.cards = new Map(); // by column
    this.division = null; // what bars are divided into
    this.counts = new ChartCounts(link, {
      cards: () => this.live(),
      brushing: () => this.brush.moving,
      busy: (old) => put(this.grid, "aria-busy", old ? "true" : null),
      division: (division) => this.divide(division),
      counted: (cards, answer) => this.counted(cards, answer),
      estimated: (cards, answer, share) => this.estimated(cards, answer, share),
      left: (left, total) => this.sum(left, total),
      grouped: (division, counts) => this.divisions.show(division, counts),
      picked: (cards, counts) => this.pick(cards, counts),
      fail: (error) => this.fail(error),
    });
    this.brush = new LiveBrush(link, {
      cards: () => this.live(),
      division: () => this.division,
      counted: (...counted) => this.brushed(...counted),
      fail: (error) => this.fail(error),
    });
    this.choosing = new Choosing(link, (words) => say(this.chose, words));
    this.build(root);
    this.off = [
      link.onTable(() => this.renew()),
      link.onSeen(() => this.follow()),
      link.onConfig(() => this.configured()),
      link.onNotice?.((words) => this.fail(new Error(words))) ?? (() => {}),
    ];
    this.restart();
  }

  build(root) {
    const { link } = this;
    this.search = make("input", { type: "search", placeholder: "Find a column", "aria-label": "Find a column", oninput: () => this.arrange(AT_ONCE) });
    this.mean = make("select", { onchange: () => link.configure({ mean: this.mean.value || null }) });
    this.scale = make("span", { class: "scale", hidden: true });
    this.legend = make("span", { class: "legend", hidden: true });
    this.rough = make("span", { class: "quiet", role: "status" });
    this.chose = make("span", { class: "quiet", role: "status" });
    this.status = make("span", { class: "status", role: "status" });
    this.reset = button("Clear all filters", () => link.show({ ...link.seen, filters: { all: [] } }), { hidden: true });
    this.unselect = button("Clear the selection", () => link.show({ ...link.seen, selection: [] }), { hidden: true });
    this.manners = MANNERS.map(([manner, words, title]) => button(words, () => link.configure({ divided: manner }), { title }));
    this.manner = make("span", { class: "choices", role: "group", "aria-label": "How bars are divided", hidden: true }, ...this.manners);
    this.divisions = new DivisionLegend();
    this.readout = new BarReadout();
    const coloured = make("label", {}, "Colour by the mean of", this.mean);
    this.problem = make("p", { class: "problem", role: "alert", hidden: true });
    this.empty = make("p", { class: "empty", hidden: true });
    this.grid = make("div", { class: "charts" });
    this.more = button("", () => this.arrange(this.shown + AT_ONCE), { class: "more", hidden: true });
    const tools = make("div", { class: "tools" }, this.status, this.rough, this.legend, this.unselect, this.reset, this.choosing.root, this.manner, this.search, coloured, this.scale);
    this.gone = make("p", { class: "problem", role: "status", hidden: true });
    root.append(tools, this.chose, this.divisions.root, this.gone, this.problem, this.empty, this.grid, this.more, this.readout.root);
    root.addEventListener("keydown", (event) => event.key === "Escape" && this.readout.hide());
  }

  restart() {
    for (const card of [...this.cards.values()]) this.drop(card);
    this.shown = AT_ONCE;
    this.renew();
  }

  // The table has changed: charts of columns that are still there stay until theirs are known anew.
  renew() {
    const { table, config } = this.link;
    const wanted = config.columns;
    const kinds = new Map(table.columns.map(({ name, kind }) => [name, kind]));
    this.columns = table.columns.filter(({ name, kind }) => (wanted ? wanted.includes(name) : CHARTED.includes(kind) && name !== table.id));
    const gone = (wanted ?? []).filter((name) => !kinds.has(name) && table.columns.length);
    this.gone.hidden = !gone.length;
    say(this.gone, `This table has no column ${gone.map((name) => `“${name}”`).join(", ")} any more.`);
    const names = new Set(this.columns.map(({ name }) => name));
    for (const card of [...this.cards.values()]) {
      if (!names.has(card.name) || kinds.get(card.name) !== card.kind) this.drop(card);
      else this.fetch(card);
    }
    this.brush.forget();
    this.search.hidden = this.columns.length < 7;
    this.fillMeans();
    this.arrange(this.shown);
    if (table.problem) this.fail(new Error(table.problem));
    else if (this.cards.size) this.counts.recount();
  }

  drop(card) {
    card.chart?.dispose();
    card.root.remove();
    this.cards.delete(card.name);
    this.readout.hide();
  }

  fillMeans() {
    const { config, table } = this.link;
    const numeric = table.columns.filter(({ name, kind }) => NUMBERS.includes(kind) && name !== table.id);
    this.mean.replaceChildren(make("option", { value: "", textContent: "nothing" }), ...numeric.map(({ name }) => make("option", { value: name, textContent: name })));
    this.mean.value = config.mean ?? "";
    this.mean.parentElement.hidden = !numeric.length;
  }

  configured() {
    if (JSON.stringify(this.link.config.columns) !== this.said) return this.restart();
    this.mean.value = this.link.config.mean ?? "";
    if (this.counts.mean !== (this.link.config.mean ?? null)) this.counts.recount();
    this.arm();
    for (const { chart } of this.live()) chart.show(chart.counts, { ...chart.look, shares: this.shares });
    return this.readout.refresh();
  }

  get shares() {
    return this.link.config.divided === "shares";
  }

  // Offers what there is to choose.
  arm() {
    const divided = grouped(this.link.seen);
    this.manner.hidden = !divided;
    this.manners.forEach((each, n) => put(each, "aria-pressed", String(MANNERS[n][0] === (this.shares ? "shares" : "stacked"))));
    this.mean.disabled = divided;
    put(this.mean, "title", divided ? "Colours show the groups of rows now. Ungroup the rows to colour by a mean." : null);
    this.reset.hidden = !filtersOf(this.link.seen).all.length;
    const selected = this.link.seen.selection?.length ?? 0;
    this.legend.hidden = this.unselect.hidden = !selected;
    say(this.legend, `${count(selected)} selected`);
  }

  // Puts the charts of the columns that are looked for on the page, so many of them.
  arrange(most) {
    this.shown = most;
    this.said = JSON.stringify(this.link.config.columns);
    const text = this.search.value.trim().toLowerCase();
    const found = this.columns.filter(({ name }) => name.toLowerCase().includes(text));
    const names = new Set(found.slice(0, most).map(({ name }) => name));
    for (const column of found.slice(0, most)) if (!this.cards.has(column.name)) this.card(column);
    for (const [name, card] of this.cards) card.root.hidden = !names.has(name);
    this.more.hidden = found.length <= most;
    say(this.more, `Show ${Math.min(AT_ONCE, found.length - most)} more of ${count(found.length - most)} columns`);
    this.empty.hidden = found.length > 0;
    const none = this.link.table.rows === 0 ? "This table has no rows yet. As soon as it has some, their charts appear here." : "No column of this table can be charted: it has no numbers, times, categories or texts.";
    say(this.empty, this.columns.length ? `No column is called “${this.search.value.trim()}”. Look for another, or empty the search.` : none);
    this.counts.recount();
  }

  card({ name, kind }) {
    const title = make("h3", { textContent: name, title: name });
    const body = make("div", { class: "body" }, make("p", { class: "quiet waiting", textContent: "Counting…" }));
    const root = make("section", { class: "card", "aria-label": name, "aria-busy": "true" }, title, body);
    const card = { name, kind, root, body, chart: null };
    this.cards.set(name, card);
    this.grid.append(root);
    const most = ["boolean", "nominal", "text"].includes(kind) ? 20 : 24;
    card.asked = [name, most];
    this.fetch(card);
  }

  fetch(card) {
    const [column, most] = card.asked;
    const turn = {};
    card.turn = turn;
    this.link.ask({ ask: "bars", column, most }).then(
      (answer) => card.turn === turn && this.draw(card, answer),
      (error) => card.turn === turn && this.spoil(card, error),
    );
  }

  draw(card, answer) {
    const said = JSON.stringify(answer);
    if (this.cards.get(card.name) !== card || card.said === said) return;
    // Not under the hand of who is brushing it.
    if (card.chart?.dragging) {
      card.late = answer;
      return;
    }
    card.said = said;
    const focused = [...card.root.querySelectorAll(REACHED)].findIndex((each) => each.matches(":focus"));
    card.chart?.dispose();
    this.readout.hide();
    const told = {
      began: () => this.brush.prepare(card),
      moved: (low, high) => this.brush.move(card, low, high),
      settled: (condition) => this.settle(card, condition),
      filtered: (condition) => this.filter(card, condition),
      selects: () => this.choosing.selects,
      read: (bar, box) => this.readout.show(card.chart, bar, box),
      unread: () => this.readout.hide(),
    };
    const described = { ...answer, kind: card.kind };
    card.chart = answer.type === "values" ? new ValueChart(described, told) : new HistogramChart(described, told);
    card.body.replaceChildren(card.chart.root);
    put(card.root, "aria-busy", null);
    card.chart.follow(conditionOn(this.link.seen, card.name));
    if (focused >= 0) card.root.querySelectorAll(REACHED)[focused]?.focus();
    this.arm();
    this.counts.recount();
  }

  spoil(card, error) {
    card.chart?.dispose();
    Object.assign(card, { chart: null, said: null });
    put(card.root, "aria-busy", null);
    card.body.replaceChildren(make("p", { class: "problem", textContent: error.message }));
  }

  live() {
    return [...this.cards.values()].filter(({ chart, root }) => chart && !root.hidden);
  }

  follow() {
    for (const card of this.cards.values()) card.chart?.follow(conditionOn(this.link.seen, card.name));
    this.brush.forget();
    this.arm();
    this.counts.recount();
  }

  divide(division) {
    this.division = division;
    this.divisions.show(division);
  }

  pick(cards, counts) {
    // Each bar of the ids would be of a row or so.
    cards.forEach(({ chart, name }, n) => chart.pick(counts && name !== this.link.table.id ? counts[n] : null));
    this.readout.refresh();
  }

  counted(cards, answer) {
    say(this.rough, "");
    this.problem.hidden = true;
    this.show(cards, answer);
  }

  estimated(cards, answer, share) {
    this.show(cards, answer);
    say(this.rough, `Estimated from ${number(100 * share)} % of the rows; all of them are being counted…`);
  }

  sum(left, total) {
    this.total = total;
    say(this.status, left === total ? rows(total) : `${count(left)} of ${rows(total)}`);
  }

  show(cards, { counts, means, parts, division }) {
    const finite = (means ?? []).flat().filter((value) => value !== null);
    const [low, high] = [Math.min(...finite), Math.max(...finite)];
    const color = (value) => (value === null ? null : viridis(high > low ? (value - low) / (high - low) : 0.5));
    cards.forEach((card, n) => card.chart.show(counts[n], this.look(n, parts, division, means && means[n].map(color))));
    this.readout.refresh();
    this.scale.hidden = !finite.length;
    if (!finite.length) return;
    const swatch = make("span", { class: "swatch" });
    swatch.style.background = ramp();
    this.scale.replaceChildren(number(low), swatch, number(high));
  }

  look(n, parts, division, colors = null) {
    return { colors, parts: parts && parts.map((part) => part[n]), division, shares: this.shares };
  }

  // Shows what a brush over a chart leaves while it moves.
  brushed(cards, card, { counts, parts, division }, low, high) {
    cards.forEach((other, n) => {
      if (other !== card) return other.chart.show(counts[n], this.look(n, parts, division));
      const left = sum(counts[n]);
      if (this.total !== undefined) this.sum(left, this.total);
      if (!division) return undefined;
      const own = parts.map((part) => sum(part[n]));
      return this.divisions.show(division, [...own, Math.max(left - sum(own), 0)]);
    });
    put(this.grid, "data-brushed", `${low}-${high}`);
  }

  fail(error) {
    this.problem.hidden = false;
    say(this.problem, error.message);
  }

  settle(card, condition) {
    this.brush.rest();
    if (card.late) queueMicrotask(() => this.catchUp(card));
    if (condition !== undefined) this.choosing.choose([card.name], condition);
    if (condition !== undefined && !this.choosing.selects) return;
    // A brush that selects leaves no trace but what is selected.
    card.chart.follow(conditionOn(this.link.seen, card.name));
    this.counts.recount();
  }

  // Draws what had to wait for a brush.
  catchUp(card) {
    const { late } = card;
    card.late = null;
    if (late) this.draw(card, late);
  }

  filter(card, condition) {
    this.brush.rest();
    this.link.show(filtered(this.link.seen, [card.name], condition));
  }

  dispose() {
    this.readout.hide();
    for (const off of this.off) off();
    for (const card of this.cards.values()) card.chart?.dispose();
  }
}

export function show(el, link) {
  const charts = new SummaryCharts(el, link);
  return () => charts.dispose();
}
