// How one parameter of one run is distributed: a column for each step, coloured by how many values are where.

import { draw, make, put, say } from "imlkit/elements.js";
import { BOTTOM, HEIGHT, LEFT, RIGHT, TOP, axesOf } from "./plot_axes.js";
import { colorOf, swatch } from "./plot_looks.js";
import { Scale } from "./plot_scale.js";
import { count, many, rounded } from "./plot_words.js";
import { binAt, columnOf, edge, spans } from "./weight_histograms_columns.js";
import { WeightTable } from "./weight_histograms_table.js";

const KEYS = "Left and right arrow keys go from step to step, up and down from bin to bin, Home and End to the first and the last step, Escape leaves.";
const PALEST = 0.1;
const NAMES = { weight: "weights", gradient: "gradients" };

export class WeightChart {
  // shown: {axis, of, parameter, low, high}, the same for all charts. even: places numbers at an even axis.
  constructor(shown, even) {
    this.shown = shown;
    this.even = even;
    this.sent = new Map(); // columns by the id of their document
    this.ids = [];
    this.at = null; // [id of the column, bin] that is read
    this.canvas = make("canvas", { role: "img" });
    this.axes = draw("svg", { class: "axes", "aria-hidden": "true" });
    this.marks = draw("svg", { class: "marks", role: "group", "aria-label": "Steps with values that are no number" });
    this.area = make("div", { class: "area", tabindex: 0, role: "group", "aria-roledescription": "chart" }, this.axes, this.canvas, this.marks);
    this.said = make("p", { class: "reading", role: "status", "aria-live": "off" });
    this.title = make("h3", {});
    this.note = make("p", { class: "note" });
    this.damaged = make("p", { class: "damaged" });
    this.table = new WeightTable(this);
    this.root = make("section", { class: "chart" }, this.title, this.area, this.said, this.note, this.damaged, this.table.root);
    this.area.addEventListener("pointermove", (event) => this.pointed(event));
    this.area.addEventListener("pointerdown", (event) => this.pointed(event));
    this.area.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && this.read(null));
    this.area.addEventListener("keydown", (event) => this.pressed(event));
    this.area.addEventListener("blur", () => this.read(null));
    this.watch = new ResizeObserver(() => this.redraw());
    this.watch.observe(this.area);
  }

  // fresh: of another parameter than before.
  take({ run, name, look, ids, new: came, count: logged, read, damaged }, fresh) {
    if (fresh) this.sent.clear();
    for (const told of came) this.sent.set(told.id, columnOf(told));
    const there = new Set(ids);
    for (const id of this.sent.keys()) if (!there.has(id)) this.sent.delete(id);
    Object.assign(this, { run, name, look, ids, logged, steps: read, faults: damaged });
    const title = JSON.stringify([name, look]);
    if (title === this.titled) return;
    this.titled = title;
    this.title.replaceChildren(swatch(look), make("span", { class: "name", textContent: name, title: name }));
    put(this.root, "aria-label", name);
    put(this.area, "aria-label", `${name}. ${KEYS}`);
  }

  // What is drawn, ascending: of several in the same place the last.
  columns() {
    const found = new Map();
    for (const id of this.ids) {
      const column = this.sent.get(id);
      const at = column?.[this.shown.axis];
      if (Number.isFinite(at)) found.set(at, column);
    }
    return [...found.entries()].sort(([one], [other]) => one - other).map(([, column]) => column);
  }

  redraw() {
    this.drawing ??= requestAnimationFrame(() => {
      this.drawing = null;
      this.drawNow();
    });
  }

  drawNow() {
    const columns = this.columns();
    this.drawn = columns;
    this.tell(columns);
    const width = this.area.clientWidth;
    if (!width || !columns.length) return;
    const { axis, low, high } = this.shown;
    const ratio = globalThis.devicePixelRatio || 1;
    const [w, h] = [Math.round(width * ratio), Math.round((HEIGHT + TOP + BOTTOM) * ratio)];
    if (this.canvas.width !== w || this.canvas.height !== h) Object.assign(this.canvas, { width: w, height: h });
    const pen = this.canvas.getContext("2d");
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, width, HEIGHT + TOP + BOTTOM);
    const across = spans(columns.map((column) => column[axis]));
    this.x = new Scale(across[0][0], across.at(-1)[1], LEFT, width - RIGHT, false, 0);
    this.y = low === null ? null : new Scale(low, high, TOP + HEIGHT, TOP);
    this.places = across.map(([from, to]) => [this.x.at(from), this.x.at(to)]);
    if (this.y) this.paint(pen, columns, ratio);
    this.axes.replaceChildren(...axesOf(this.x, this.y, { width, axis, known: true }, this.even));
    if (this.y) this.axes.append(this.middle(columns));
    this.mark(columns);
    if (this.at) this.frame();
  }

  paint(pen, columns, ratio) {
    pen.fillStyle = colorOf(this.look);
    columns.forEach((column, n) => {
      const [left, right] = this.places[n];
      for (let bin = 0; bin < column.bins.length; bin += 1) {
        if (!column.bins[bin]) continue;
        pen.globalAlpha = PALEST + (1 - PALEST) * Math.sqrt(column.bins[bin] / column.fullest);
        // On whole pixels of the screen: no seams between bins.
        const [top, bottom, from, to] = [this.y.at(edge(column, bin + 1)), this.y.at(edge(column, bin)), left, right].map((at) => Math.round(at * ratio) / ratio);
        pen.fillRect(from, top, Math.max(to - from, 1 / ratio), Math.max(bottom - top, 1 / ratio));
      }
    });
    pen.globalAlpha = 1;
  }

  // The line through the medians, drawn as the page's own ink, whichever theme it has.
  middle(columns) {
    let path = "";
    columns.forEach(({ median }, n) => {
      if (median === null) return;
      const [left, right] = this.places[n];
      const y = this.y.at(median);
      const gap = n === 0 || columns[n - 1].median === null;
      const alone = gap && (columns[n + 1]?.median ?? null) === null;
      path += alone ? `M${left} ${y}H${right}` : `${gap ? "M" : "L"}${(left + right) / 2} ${y}`;
    });
    return draw("path", { class: "median", d: path });
  }

  // A triangle at the lower edge for each step with values that are no number.
  mark(columns) {
    const nodes = [];
    columns.forEach((column, n) => {
      if (!column.others) return;
      const x = (this.places[n][0] + this.places[n][1]) / 2;
      const words = `${others(column)} at ${place(column)}`;
      nodes.push(draw("path", { class: "fault", role: "img", "aria-label": words, d: `M${x - 5} ${TOP + HEIGHT}h10l-5 -9z`, fill: "#d55e00" }, draw("title", { textContent: words })));
    });
    this.marks.replaceChildren(...nodes);
    put(this.marks, "hidden", !nodes.length);
  }

  // What the chart shows, in words.
  tell(columns) {
    const { axis, of, parameter, low, high } = this.shown;
    const last = columns.at(-1);
    this.area.hidden = this.said.hidden = this.table.root.hidden = !columns.length;
    if (columns.length) {
      const middle = last.median === null ? "no value is a number" : `median ${rounded(last.median)}`;
      const range = low === null ? "" : `, drawn from ${rounded(low)} to ${rounded(high)}`;
      put(this.canvas, "aria-label", `${NAMES[of]} of ${parameter} in ${this.name} by ${axis}: ${many(columns.length, "step")}${range}. At ${place(last)}: ${middle}.`);
    }
    const notes = [];
    if (!this.logged) notes.push("This run has logged no weights.");
    else if (!this.steps) notes.push("The steps are being read.");
    else if (!columns.length && axis === "epoch" && this.sent.size) notes.push("No epoch was logged with these: choose Step.");
    else if (!columns.length) notes.push(of === "gradient" ? `No gradient of ${parameter} was logged: it is frozen, or log_histograms was called before backward.` : `This run has no weights ${parameter}.`);
    else if (columns.length < this.logged) notes.push(`${count(columns.length)} of ${many(this.logged, "step")} drawn.`);
    const wrong = columns.filter((column) => column.others);
    if (wrong.length) notes.push(`${many(wrong.reduce((sum, column) => sum + column.others, 0), "value")} not a number or infinite, at ${many(wrong.length, "step")}.`);
    say(this.note, notes.join(" "));
    const words = this.faults.map(([step, reason]) => `${step === null ? "A step" : `Step ${count(step)}`} is damaged: ${reason}.`);
    say(this.damaged, words.join(" "));
    this.damaged.hidden = !words.length;
    this.table.refresh();
  }

  pointed(event) {
    if (!this.y || !this.drawn?.length) return;
    const box = this.area.getBoundingClientRect();
    const x = event.clientX - box.left;
    let n = this.places.findIndex(([, right]) => x < right);
    if (n < 0) n = this.places.length - 1;
    const share = (event.clientY - box.top - this.y.from) / (this.y.to - this.y.from);
    const column = this.drawn[n];
    this.read([column.id, binAt(column, this.y.least + (this.y.most - this.y.least) * share)]);
  }

  pressed(event) {
    if (event.target !== this.area || event.ctrlKey || event.metaKey || event.altKey || !this.drawn?.length) return;
    if (event.key === "Escape" && this.at) {
      this.read(null);
      return;
    }
    const last = this.drawn.length - 1;
    const here = this.at ? this.drawn.findIndex(({ id }) => id === this.at[0]) : -1;
    const to = { ArrowLeft: here < 0 ? last : Math.max(here - 1, 0), ArrowRight: here < 0 ? 0 : Math.min(here + 1, last), Home: 0, End: last, ArrowUp: here < 0 ? last : here, ArrowDown: here < 0 ? last : here }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const column = this.drawn[to];
    // From step to step the value stays; at first it is the median.
    const value = here < 0 ? column.median : (edge(this.drawn[here], this.at[1]) + edge(this.drawn[here], this.at[1] + 1)) / 2;
    let bin = binAt(column, value ?? column.low);
    if (here >= 0 && to === here && event.key === "ArrowUp") bin = Math.min(this.at[1] + 1, column.bins.length - 1);
    if (here >= 0 && to === here && event.key === "ArrowDown") bin = Math.max(this.at[1] - 1, 0);
    this.read([column.id, bin], true);
  }

  // Tells how many values are in a bin of a step; null tells nothing. aloud: by the keyboard.
  read(at, aloud = false) {
    this.at = at;
    put(this.said, "aria-live", aloud ? "polite" : "off");
    this.frame();
  }

  frame() {
    this.axes.querySelector(".picked")?.remove();
    const n = this.at ? this.drawn.findIndex(({ id }) => id === this.at[0]) : -1;
    if (n < 0) {
      say(this.said, "");
      return;
    }
    const column = this.drawn[n];
    const bin = this.at[1];
    const [from, to] = [edge(column, bin), edge(column, bin + 1)];
    const values = column.bins[bin];
    const share = column.total ? ` (${((100 * values) / column.total).toFixed(1)}%)` : "";
    const odd = column.others ? `, and ${others(column)}` : "";
    say(this.said, `${place(column)}: ${count(values)} of ${many(column.total, "value")} from ${rounded(from)} to ${rounded(to)}${share}${odd}`);
    if (!this.y) return;
    const [left, right] = this.places[n];
    const [top, bottom] = [this.y.at(to), this.y.at(from)];
    this.axes.append(draw("path", { class: "picked", d: `M${left} ${top}H${right}V${Math.max(bottom, top + 1)}H${left}Z` }));
  }

  dispose() {
    this.watch.disconnect();
    cancelAnimationFrame(this.drawing);
  }
}

const others = ({ others: number }) => `${many(number, "value")} not a number or infinite`;
const place = ({ step, epoch }) => `step ${count(step)}${epoch === null ? "" : `, epoch ${rounded(epoch)}`}`;
