// Points of a table's rows, explored: asked for, selected, filtered, pointed at, each kind of them alone.

import { make, put, say } from "imlkit/elements.js";
import { PointAlone } from "./point_alone.js";
import { PointKinds } from "./point_kinds.js";
import { PointLegend } from "./point_legend.js";
import { PointPlot } from "./point_plot.js";
import { PointReading } from "./point_reading.js";
import { MOST, PointSelecting, manner } from "./point_selecting.js";
import { PointTools } from "./point_tools.js";
import { countWithin } from "./point_marks.js";
import { description, status } from "./point_words.js";
import { holds } from "./plot_view.js";

const EXACT = 100_000; // rows that are shown as points
const CELL = 5; // pixels of a cell of the density
const RESTING = 120; // milliseconds after which a view that was moved is asked for
const LATE = 250; // milliseconds after which what is shown is marked as old

export class PointExplorer {
  // told: {axes() → {x, y} | null, coloring(), filters(seen), shown(seen), region(seen), filtered(seen), narrow(box, explorer), widen(), missing(n), labels() → {x, y, whole, bare, equal, what}}
  constructor(root, link, told) {
    this.link = link;
    this.told = told;
    this.turn = 0;
    this.answer = null;
    this.asked = null; // what the answer is of, but the box
    this.shown = null; // the kinds that the answer's points are of
    this.alone = new PointAlone();
    this.kinds = new PointKinds(link);
    this.selecting = new PointSelecting(link, {
      axes: () => told.axes(),
      filters: () => this.alone.narrowed(told.shown(link.seen)),
      notice: (words) => this.notice(words),
      fail: (error) => this.fail(error),
    });
    this.plot = new PointPlot({
      tool: () => this.tools.tool,
      changed: () => this.viewed(),
      drawn: (line, event) => this.selecting.within(line, this.how(event)),
      click: (n, event) => n !== null && this.selecting.pick([this.answer.ids[n]], this.how(event)),
      pointed: (n, cell) => this.reading.point(n, cell),
      step: (by) => this.reading.step(by),
      enter: (event) => this.reading.current !== null && this.selecting.pick([this.reading.current], this.how(event)),
    });
    this.reading = new PointReading(link, this.plot, { axes: () => told.axes(), coloring: () => told.coloring(), answer: () => this.answer });
    this.legend = new PointLegend((entry) => this.look(entry));
    this.tools = new PointTools({
      chosen: () => this.touch(),
      zoom: (times) => this.plot.zoom(times),
      whole: () => this.plot.showWhole(),
      selectShown: () => this.selecting.meeting(this.alone.narrowed(this.part(this.plot.view.box)), this.tools.manner),
      narrow: () => this.narrow(),
      widen: () => told.widen(),
      clear: () => link.show({ ...link.seen, selection: [] }),
    });
    this.build(root);
    this.off = [
      link.onTable(() => this.restart()),
      link.onSeen(() => this.follow()),
      link.onHover(() => this.reading.follow()),
      link.onNotice?.((said) => this.fail(new Error(said))) ?? (() => {}),
    ];
  }

  build(root) {
    this.status = make("p", { class: "status", role: "status" });
    this.problem = make("p", { class: "problem", role: "alert", hidden: true });
    this.note = make("p", { class: "problem note", role: "status", hidden: true });
    const { bar, acts } = this.tools;
    this.body = make("div", { class: "plotted" }, this.status, bar, this.problem, this.plot.root, this.reading.root, this.note, this.legend.root, acts);
    root.append(this.body);
    this.touch();
  }

  how(event) {
    return manner(event, this.tools.manner);
  }

  // A finger scrolls the page past a plot that there is nothing to move in.
  touch() {
    const { tool } = this.tools;
    this.plot.area.style.touchAction = tool === "move" && this.plot.view.isWhole() ? "pan-y" : "none";
    put(this.plot.area, "data-tool", tool);
  }

  // Begins anew: other columns, or rows that changed.
  restart() {
    const axes = this.told.axes();
    this.body.hidden = axes === null;
    if (axes === null) return;
    const key = JSON.stringify(axes);
    const { whole, bare, equal, ...labels } = this.told.labels();
    Object.assign(this.plot, { labels, whole, bare });
    this.plot.view.equal = equal;
    const { version } = this.link.table;
    // Other columns or rows: how far they reach is asked for anew.
    this.fresh ||= key !== this.axesKey || version !== this.version;
    this.axesKey = key;
    this.version = version;
    this.asked = null;
    this.answer = null;
    this.follow();
    this.reading.follow();
  }

  follow() {
    const { seen } = this.link;
    if (this.told.axes() === null) return;
    this.alone.follow(this.kindsOf());
    this.plot.region = this.told.region(seen);
    this.tools.follow(seen.selection?.length ?? 0, this.told.filtered(seen));
    if (this.key() !== this.asked) this.ask();
    this.mark();
    this.plot.drawOver();
  }

  // Shows one of the kinds alone, or all of them again.
  look(entry) {
    if (this.shown.of !== this.kindsOf()) return; // of colours that are being replaced
    this.alone.press(entry, this.shown);
    this.notice("");
    this.legend.show(this.shown, this.most, this.alone.entry);
    this.ask();
    this.mark();
  }

  filters() {
    return this.alone.narrowed(this.told.filters(this.link.seen));
  }

  kindsOf() {
    return JSON.stringify(this.told.coloring());
  }

  key() {
    const coloring = this.told.coloring();
    // Which groups are the largest hangs on all that is filtered.
    const grouped = coloring?.groups ? this.told.shown(this.link.seen) : null;
    return JSON.stringify([this.told.axes(), coloring, grouped, this.filters(), this.link.table.version, this.fresh]);
  }

  viewed() {
    this.touch();
    clearTimeout(this.resting);
    if (!this.complete()) this.resting = setTimeout(() => this.ask(), RESTING);
    else this.tell();
  }

  // Whether the points of all that is shown are there.
  complete() {
    return this.answer?.x !== undefined && this.asked === this.key() && holds(this.answer.box, this.plot.view.box);
  }

  ask() {
    clearTimeout(this.resting);
    const axes = this.told.axes();
    // A plot without a size is on a page that is not shown; it tells when it gets one.
    if (!axes || !this.plot.ratio) return;
    this.turn += 1;
    const { turn } = this;
    const coloring = this.told.coloring();
    this.asked = this.key();
    const { view } = this.plot;
    const box = this.fresh || !view.box ? null : view.box;
    const grid = [Math.max(Math.round(view.width / CELL), 8), Math.max(Math.round(view.height / CELL), 8)];
    const question = { ask: "points", ...axes, color: coloring?.chart ?? null, filters: this.filters(), box, most: EXACT, grid };
    const late = setTimeout(() => put(this.plot.root, "aria-busy", "true"), LATE);
    const done = () => {
      clearTimeout(late);
      if (turn === this.turn) put(this.plot.root, "aria-busy", null);
    };
    const kinds = this.kinds.of(coloring, this.told.shown(this.link.seen));
    const points = coloring?.groups ? kinds.then(({ parts }) => this.askOf(turn, { ...question, parts })) : this.askOf(turn, question);
    Promise.all([points, kinds]).then(
      ([answer, found]) => {
        done();
        if (turn === this.turn) this.show(answer, found, box === null);
      },
      (error) => {
        done();
        if (error.name === "Replaced" || turn !== this.turn) return;
        this.asked = null;
        this.fail(error);
      },
    );
  }

  // An older question must not take the place of a newer one.
  askOf(turn, question) {
    if (turn === this.turn) return this.link.ask(question, { slot: "points" });
    return Promise.reject(Object.assign(new Error("Asked anew."), { name: "Replaced" }));
  }

  show(answer, kinds, whole) {
    this.problem.hidden = true;
    this.answer = answer;
    if (whole) this.span(answer);
    const color = kinds.parts ? answer.part : answer.color;
    if (answer.x) this.plot.showPoints({ ...answer, color }, kinds.looks);
    else this.plot.showDensity(answer.density, answer.grid ?? [1, 1], answer.box);
    // All of them are there: wherever one zooms, none is missing.
    if (answer.x && whole) this.answer = { ...answer, box: [-Infinity, Infinity, -Infinity, Infinity] };
    this.found(kinds);
    this.mark();
    this.reading.follow();
    this.tell();
    if (whole && !this.plot.view.isWhole()) this.viewed();
  }

  // Shows how far the rows reach now; a part of the same plane that was looked at stays.
  span({ total, box }) {
    const { view } = this.plot;
    const part = this.spanned === this.axesKey && !view.isWhole() ? view.box : null;
    this.spanned = this.axesKey;
    this.fresh = false;
    this.asked = this.key();
    this.none = total === 0 && box.every((edge) => edge === 0);
    view.span(box);
    if (part) view.set(part);
    this.touch();
  }

  // Takes over the kinds there are now.
  found(kinds) {
    const before = JSON.stringify(this.filters());
    this.shown = this.alone.among(kinds);
    this.most = this.plot.density?.most ?? null;
    this.legend.show(this.shown, this.most, this.alone.entry);
    // Which ones the others are has changed: what is shown is of those before.
    if (JSON.stringify(this.filters()) !== before) this.ask();
  }

  // Marks the selected rows, those that the density hides too.
  mark() {
    const { selection = [] } = this.link.seen;
    if (!this.answer) return;
    if (this.answer.x || !selection.length) {
      const chosen = new Set(selection);
      const found = [];
      if (chosen.size && this.answer.x) this.answer.ids.forEach((id, n) => chosen.has(id) && found.push([this.answer.x[n], this.answer.y[n]]));
      this.chosen(found);
      return;
    }
    const { x, y } = this.told.axes();
    const filters = { all: [...this.filters().all, { column: this.link.table.id, in: selection }] };
    const { turn } = this;
    this.link.ask({ ask: "points", x, y, color: null, filters, box: this.answer.box, most: MOST, grid: [1, 1] }, { slot: "chosen" }).then(
      (found) => turn === this.turn && this.chosen(found.ids ? found.ids.map((_, n) => [found.x[n], found.y[n]]) : []),
      (error) => error.name !== "Replaced" && this.fail(error),
    );
  }

  chosen(found) {
    const were = this.plot.chosen.length > 0;
    this.plot.chosen = found;
    if (were !== found.length > 0) this.plot.redraw();
    else this.plot.drawMarks();
    this.tell();
  }

  tell() {
    const { answer, plot } = this;
    if (!answer || !plot.view.box) return;
    const { what } = this.told.labels();
    const dense = !answer.x;
    const near = dense ? answer.total : countWithin(plot.view.box, answer.x, answer.y);
    const given = { what, near, dense, whole: plot.view.isWhole(), nowhere: this.none, alone: this.alone.entry, all: this.shown.all, kinds: this.shown };
    say(this.status, status(given) + (answer.left_out ? ` ${this.told.missing(answer.left_out)}` : ""));
    plot.describe(description(given, plot));
    put(plot.root, "aria-label", what);
    put(plot.root, "data-shown", dense ? "density" : "points");
    put(plot.root, "data-total", near);
    put(plot.root, "data-chosen", plot.chosen.length);
    put(plot.root, "data-view", JSON.stringify(plot.view.box));
  }

  // The conditions of what is in a box.
  part([x0, x1, y0, y1]) {
    const { x, y } = this.told.axes();
    const range = (column, low, high) => ({ column, range: [low, high], closed: true });
    return { all: [...this.told.shown(this.link.seen).all, range(x, x0, x1), range(y, y0, y1)] };
  }

  narrow() {
    this.told.narrow(this.plot.view.box, this);
    const { entry } = this.alone;
    if (entry) this.notice(`The filter leaves every row in this part, not only those of “${entry.title}”.`);
  }

  notice(text) {
    this.note.hidden = !text;
    say(this.note, text);
  }

  fail(error) {
    this.problem.hidden = false;
    say(this.problem, error.message);
  }

  dispose() {
    clearTimeout(this.resting);
    for (const off of this.off) off();
    this.plot.dispose();
  }
}
