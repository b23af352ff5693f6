// One metric of several runs: lines on a canvas, axes and marks around them.

import { draw, make, put, say } from "imlkit/elements.js";
import { BOTTOM, HEIGHT, LEFT, RIGHT, TOP, axesOf } from "./plot_axes.js";
import { acrossOf } from "./plot_line.js";
import { colorOf, dashOf } from "./plot_looks.js";
import { below, extent, nearest } from "./plot_places.js";
import { PlotReadout } from "./plot_readout.js";
import { Scale } from "./plot_scale.js";
import { PlotTable } from "./plot_table.js";
import { count, exact, many, place, told } from "./plot_words.js";

const AROUND = "200px"; // around the page's window, drawn ahead
const PALE = 0.3;
const DIMMED = 0.12;
const KEYS = "Left and right arrow keys go from point to point, Home and End to the first and the last, Escape leaves.";

export class PlotChart {
  // shown: {axis, logarithmic, smoothing, runs: Map(id → {name, look}), lit: id or null}, even: places numbers at an even axis.
  constructor(name, shown, even) {
    this.name = name;
    this.shown = shown;
    this.even = even;
    this.lines = new Map(); // by run, then by metric
    this.canvas = make("canvas", { role: "img" });
    this.axes = draw("svg", { class: "axes", "aria-hidden": "true" });
    this.marks = draw("svg", { class: "marks", role: "group", "aria-label": "Values that are no number" });
    this.readout = new PlotReadout();
    this.area = make("div", { class: "area", tabindex: 0, role: "group", "aria-roledescription": "chart", "aria-label": `${name}. ${KEYS}` }, this.axes, this.canvas, this.marks);
    this.note = make("p", { class: "note" });
    this.table = new PlotTable(this);
    this.root = make("section", { class: "chart", "aria-label": name }, make("h3", { textContent: name, title: name }), make("div", { class: "read" }, this.area, this.readout.root), this.note, this.table.root);
    this.at = null; // the place across that is read
    this.area.addEventListener("pointermove", (event) => this.pointed(event));
    this.area.addEventListener("pointerdown", (event) => this.pointed(event));
    this.area.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && this.read(null));
    this.area.addEventListener("keydown", (event) => this.pressed(event));
    this.area.addEventListener("blur", () => this.read(null));
    this.watch = new ResizeObserver(() => this.redraw());
    this.watch.observe(this.area);
    this.inSight = false;
    this.sight = new IntersectionObserver(([seen]) => this.look(seen.isIntersecting), { rootMargin: AROUND });
    this.sight.observe(this.area);
  }

  take(line, make) {
    if (!this.lines.has(line.run)) this.lines.set(line.run, new Map());
    const metrics = this.lines.get(line.run);
    if (!metrics.has(line.metric)) metrics.set(line.metric, make());
    metrics.get(line.metric).take(line);
    this.redraw();
  }

  // The lines of the runs that are shown, in the runs' order: [[line, run], …].
  all() {
    const found = [];
    for (const [id, run] of this.shown.runs) for (const line of this.lines.get(id)?.values() ?? []) found.push([line, run]);
    return found;
  }

  keep() {
    for (const id of this.lines.keys()) if (!this.shown.runs.has(id)) this.lines.delete(id);
    this.redraw();
  }

  // Only what is in sight is drawn; what is told of it in words is always so.
  look(inSight) {
    this.inSight = inSight;
    if (inSight) this.redraw();
  }

  redraw() {
    this.drawing ??= requestAnimationFrame(() => {
      this.drawing = null;
      this.drawNow();
    });
  }

  drawNow() {
    const width = this.area.clientWidth;
    const lines = this.all();
    this.tell(lines);
    if (!width || !this.inSight) return;
    const { axis, logarithmic, smoothing } = this.shown;
    this.ratio = globalThis.devicePixelRatio || 1;
    const [w, h] = [Math.round(width * this.ratio), Math.round((HEIGHT + TOP + BOTTOM) * this.ratio)];
    if (this.canvas.width !== w || this.canvas.height !== h) Object.assign(this.canvas, { width: w, height: h });
    const box = extent(lines, axis, logarithmic, smoothing > 0);
    this.x = new Scale(box[0], box[1], LEFT, width - RIGHT, false, 0.02);
    this.y = box[2] === null ? null : new Scale(box[2], box[3], TOP + HEIGHT, TOP, logarithmic);
    const pen = this.canvas.getContext("2d");
    pen.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    pen.clearRect(0, 0, width, HEIGHT + TOP + BOTTOM);
    if (this.y) {
      // The lines of what is pointed at lie above the others.
      const lit = ({ id }) => this.shown.lit === null || this.shown.lit === id;
      for (const [line, run] of [...lines].sort((one, other) => lit(one[1]) - lit(other[1]))) {
        const alpha = lit(run) ? 1 : DIMMED;
        if (smoothing > 0) this.stroke(pen, line, run, line.values, alpha * PALE, 1);
        this.stroke(pen, line, run, smoothing > 0 ? line.smoothed : line.values, alpha, 2);
      }
    }
    this.axes.replaceChildren(...axesOf(this.x, this.y, { width, axis, known: box[0] !== null }, this.even));
    this.drawMarks(lines);
    if (this.at !== null) this.read(this.at);
  }

  stroke(pen, line, run, values, alpha, width) {
    const across = line.across(this.shown.axis);
    const color = colorOf(run.look);
    Object.assign(pen, { globalAlpha: alpha, strokeStyle: color, fillStyle: color, lineWidth: width, lineJoin: "bevel" });
    pen.setLineDash(dashOf(run.look, line.validation));
    const fits = this.shown.logarithmic ? (value) => value > 0 && value < Infinity : Number.isFinite;
    const alone = [];
    let length = 0; // of the piece of the line that is being drawn
    let last = null;
    pen.beginPath();
    for (let n = 0; n <= values.length; n += 1) {
      if (n < values.length && fits(values[n]) && Number.isFinite(across[n])) {
        last = [this.x.at(across[n]), this.y.at(values[n])];
        if (length) pen.lineTo(...last);
        else pen.moveTo(...last);
        length += 1;
      } else {
        if (length === 1) alone.push(last);
        length = 0;
      }
    }
    pen.stroke();
    pen.setLineDash([]);
    for (const [x, y] of alone) {
      pen.beginPath();
      pen.arc(x, y, width + 1, 0, 2 * Math.PI);
      pen.fill();
    }
    pen.globalAlpha = 1;
  }

  // A triangle at the lower edge for each value that is no number.
  drawMarks(lines) {
    const nodes = [];
    for (const [line, run] of lines) {
      for (const fault of line.faults) {
        const across = acrossOf(fault, this.shown.axis);
        if (!Number.isFinite(across)) continue;
        const x = this.x.at(across);
        const words = `${run.name}, ${line.metric}: ${exact(fault[3])} at ${place(fault)}`;
        nodes.push(draw("path", { class: "fault", role: "img", "aria-label": words, d: `M${x - 5} ${TOP + HEIGHT}h10l-5 -9z`, fill: colorOf(run.look) }, draw("title", { textContent: words })));
      }
    }
    this.marks.replaceChildren(...nodes);
    put(this.marks, "hidden", !nodes.length);
  }

  // What the chart shows, in words.
  tell(lines) {
    const sentences = lines.map(([line, run]) => told(lines.length > this.shown.runs.size || line.validation ? `${run.name}, ${line.metric}` : run.name, line.summary));
    const runs = new Set(lines.map(([line]) => line.run)).size;
    put(this.canvas, "aria-label", `${this.name} of ${many(runs, "run")} by ${this.shown.axis}. ${sentences.join(" ")}`);
    const sum = (part) => lines.reduce((total, [line]) => total + line.summary[part], 0);
    const notes = [];
    if (this.shown.logarithmic && sum("low")) notes.push(`${many(sum("low"), "value")} of 0 or less ${sum("low") === 1 ? "is" : "are"} left out: a logarithmic axis has no place for ${sum("low") === 1 ? "it" : "them"}.`);
    if (this.shown.axis === "epoch" && sum("lost")) notes.push(`${many(sum("lost"), "point")} without an epoch ${sum("lost") === 1 ? "is" : "are"} left out.`);
    const faults = sum("faults");
    const marked = lines.reduce((total, [line]) => total + line.faults.length, 0);
    if (faults) notes.push(`${many(faults, "value")} not a number or infinite${faults > marked ? `, of which the first ${count(marked)} are marked` : ""}.`);
    say(this.note, notes.join(" "));
    this.table.refresh();
  }

  pointed(event) {
    if (!this.y) return;
    const x = event.clientX - this.area.getBoundingClientRect().left;
    const wide = this.x.to - this.x.from;
    const share = Math.min(Math.max((x - this.x.from) / wide, 0), 1);
    this.read(this.x.least + share * (this.x.most - this.x.least));
  }

  pressed(event) {
    const places = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity };
    if (event.target !== this.area || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && this.at !== null) this.read(null);
    else if (event.key in places) {
      const all = this.places();
      if (!all.length) return;
      event.preventDefault();
      const by = places[event.key];
      let to = by < 0 ? 0 : all.length - 1;
      if (Number.isFinite(by) && this.at === null) to = by > 0 ? 0 : all.length - 1;
      else if (by === 1) to = Math.min(below(all, this.at, true), all.length - 1);
      else if (by === -1) to = Math.max(below(all, this.at, false) - 1, 0);
      this.read(all[to], true);
    }
  }

  // Where points are across, each place once, ascending.
  places() {
    const found = new Set();
    for (const [line] of this.all()) for (const across of line.across(this.shown.axis)) if (Number.isFinite(across)) found.add(across);
    return [...found].sort((one, other) => one - other);
  }

  // Reads the nearest point of each line to a place across; null reads none. aloud: by the keyboard.
  read(at, aloud = false) {
    this.at = at;
    this.axes.querySelector(".cursor")?.remove();
    for (const dot of this.axes.querySelectorAll(".dot")) dot.remove();
    if (at === null) return this.readout.clear();
    const rows = [];
    for (const [line, run] of this.all()) {
      const n = nearest(line.across(this.shown.axis), at);
      if (n === null) continue;
      rows.push({ line, run, n, labelled: line.validation || this.lines.get(line.run).size > 1 });
    }
    if (this.x) this.axes.append(draw("path", { class: "cursor", d: `M${this.x.at(at)} ${TOP}v${HEIGHT}` }));
    for (const { line, run, n } of rows) {
      const value = this.shown.smoothing > 0 ? line.smoothed[n] : line.values[n];
      const y = Number.isFinite(value) && (value > 0 || !this.shown.logarithmic) ? this.y?.at(value) : null;
      if (Number.isFinite(y)) this.axes.append(draw("circle", { class: "dot", cx: this.x.at(line.across(this.shown.axis)[n]), cy: y, r: 4, fill: colorOf(run.look) }));
    }
    return this.readout.show(rows, this.shown.smoothing > 0, aloud);
  }

  dispose() {
    this.watch.disconnect();
    this.sight.disconnect();
    cancelAnimationFrame(this.drawing);
  }
}
