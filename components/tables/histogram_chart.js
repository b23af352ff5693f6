// A chart of numbers or times that is brushed: by mouse, by finger, by keyboard.

import { button, draw, make, put, say } from "imlkit/elements.js";
import { chosen, name, place, ranged, span, usual, within } from "imlkit/bars.js";
import { SPECIAL_WORDS, count } from "imlkit/values.js";
import { PLAIN, amounts, sum, told as groupsTold } from "./divided_bars.js";

const HEIGHT = 84;
export const POSITIONS = 200;
const EDGE = 8; // pixels within which an edge of the brush is taken hold of

export class HistogramChart {
  // told: {began(), moved(low, high), settled(condition), filtered(condition), selects(), read(bar, box), unread()}
  // settled: what is chosen, undefined where a brush was broken off; filtered: what is filtered, whatever a click does
  constructor(chart, told) {
    this.chart = chart;
    this.told = told;
    this.positions = POSITIONS;
    this.brush = null; // [low, high] in positions
    this.specials = new Set();
    this.counts = chart.totals;
    this.among = null;
    this.look = PLAIN;
    this.pending = false; // whether a brush by the keyboard waits for Enter
    const bars = usual(chart);
    this.behind = draw("path", { class: "behind" });
    this.bars = Array.from({ length: bars }, (_, n) => draw("rect", { class: "bar", x: n + 0.04, width: 0.92 }));
    this.layers = draw("g");
    this.picked = draw("path", { class: "picked" });
    this.shade = [draw("rect", { class: "shade", y: 0, height: HEIGHT }), draw("rect", { class: "shade", y: 0, height: HEIGHT })];
    this.plot = draw(
      "svg",
      { viewBox: `0 0 ${Math.max(bars, 1)} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true" },
      this.behind,
      ...this.bars,
      this.layers,
      this.picked,
      ...this.shade,
    );
    this.handles = ["From", "To"].map((side, n) =>
      make("div", { class: "handle", role: "slider", tabindex: 0, "aria-label": `${side}, ${chart.column}`, onkeydown: (event) => this.pressed(event, n) }),
    );
    this.area = make("div", { class: "area" }, this.plot, ...this.handles);
    this.axis = make("div", { class: "axis quiet" });
    this.note = make("div", { class: "note quiet" });
    this.clear = button("Clear", () => this.widen(), { "aria-label": `Clear the range of ${chart.column}`, hidden: true });
    this.others = make("div", { class: "specials" });
    this.marks = chart.specials.map((special) => {
      const mark = button("", () => this.toggle(special), { "aria-pressed": "false" });
      const bar = bars + chart.specials.indexOf(special);
      const read = () => {
        put(mark, "aria-description", this.look.parts ? groupsTold(this, bar) : null);
        told.read(bar, mark.getBoundingClientRect());
      };
      Object.assign(mark, { onpointerenter: read, onfocus: read, onpointerleave: () => told.unread(), onblur: () => told.unread() });
      this.others.append(mark);
      return mark;
    });
    this.root = make("div", { class: "histogram" }, this.area, this.axis, make("div", { class: "foot" }, this.note, this.clear), this.others);
    if (bars) this.listen();
    else this.area.replaceChildren(make("p", { class: "quiet", textContent: "No number in this column." }));
    this.scale();
    this.show(chart.totals);
    this.mark();
  }

  scale() {
    const { edges, totals } = this.chart;
    const first = usual(this.chart);
    this.most = Math.max(1, ...totals.slice(0, first));
    this.behind.setAttribute("d", totals.slice(0, first).map((total, n) => `M${n + 0.04} ${HEIGHT}v${-this.high(total)}h0.92V${HEIGHT}z`).join(""));
    if (!edges?.length) return;
    const ends = this.chart.whole ? [Math.ceil(edges[0]), Math.floor(edges.at(-1))] : [edges[0], edges.at(-1)];
    this.axis.replaceChildren(...ends.map((end) => make("span", { textContent: place(this.chart, end) })));
  }

  high(rows) {
    // One row among millions still shows.
    return rows > 0 ? Math.max((rows / this.most) * HEIGHT, 1) : 0;
  }

  // Shows how many of the rows are in each bar.
  show(counts, look = PLAIN) {
    this.counts = counts;
    this.look = look;
    put(this.plot, "data-divided", look.parts ? (look.shares ? "shares" : "stacked") : null);
    if (!look.parts) this.bars.forEach((bar, n) => this.size(bar, counts[n], look.colors?.[n]));
    this.stack();
    this.pick(this.among);
    const first = usual(this.chart);
    this.marks.forEach((mark, n) => {
      const special = this.chart.specials[n];
      say(mark, `${SPECIAL_WORDS[special]}: ${count(counts[first + n])}`);
      put(mark, "aria-pressed", String(this.specials.has(special)));
    });
  }

  size(bar, rows, color) {
    const high = this.high(rows);
    bar.setAttribute("y", HEIGHT - high);
    bar.setAttribute("height", high);
    bar.style.fill = color ?? "";
  }

  // Draws each bar as a stack of its groups, the first one lowest: a path for each group.
  stack() {
    const { parts, division, shares } = this.look;
    const colors = parts ? division.colors : [];
    while (this.layers.childElementCount < colors.length) this.layers.append(draw("path", { class: "part" }));
    while (this.layers.childElementCount > colors.length) this.layers.lastChild.remove();
    if (!parts) return;
    const paths = colors.map(() => "");
    for (let bar = 0; bar < this.bars.length; bar += 1) {
      const sizes = amounts(this.counts, parts, bar);
      const scale = (shares ? HEIGHT : this.high(this.counts[bar])) / Math.max(sum(sizes), 1);
      let y = HEIGHT;
      sizes.forEach((size, n) => {
        if (!size) return;
        const high = size * scale;
        paths[n] += `M${bar + 0.04} ${y.toFixed(3)}v${(-high).toFixed(3)}h0.92v${high.toFixed(3)}z`;
        y -= high;
      });
    }
    [...this.layers.children].forEach((path, n) => {
      path.setAttribute("d", paths[n]);
      path.style.fill = colors[n];
    });
  }

  // Shows how many of the selected rows are in each bar, as narrower ones before it; none if null.
  pick(counts) {
    this.among = counts;
    const { parts, shares } = this.look;
    const high = (rows, n) => (parts && shares ? HEIGHT * Math.min(rows / Math.max(this.counts[n], 1), 1) : this.high(rows));
    const narrow = (rows, n) => (rows ? `M${n + 0.3} ${HEIGHT}v${-high(rows, n)}h0.4V${HEIGHT}z` : "");
    this.picked.setAttribute("d", (counts ?? []).slice(0, this.bars.length).map(narrow).join(""));
  }

  // Follows the condition on the column.
  follow(condition) {
    if (this.dragging || this.pending) return;
    const { range, low, high, specials } = chosen(this.chart, condition);
    this.specials = specials;
    this.range = range;
    this.brush = range && usual(this.chart) ? this.places(low, high) : null;
    this.mark();
    this.show(this.counts, this.look);
  }

  // Takes the positions that a brush has been counted at: fewer than asked for, where there are fewer numbers.
  take(edges) {
    const scale = (edges.length - 1) / this.positions;
    this.fine = edges;
    this.positions = edges.length - 1;
    if (scale === 1 || !this.brush) return;
    this.brush = this.brush.map((position) => Math.round(position * scale));
    this.mark();
  }

  places(low, high) {
    const { edges } = this.chart;
    const at = (value, none) => (value === null ? none : Math.round(((value - edges[0]) / (edges.at(-1) - edges[0])) * this.positions));
    return [at(low, 0), at(high, this.positions)].map((position) => Math.min(Math.max(position, 0), this.positions));
  }

  edge(position) {
    const { edges } = this.chart;
    if (position === this.positions) return edges.at(-1);
    // As the answers have them, to the last bit: the brush then means what the cube has counted.
    return this.fine ? this.fine[position] : edges[0] + position * ((edges.at(-1) - edges[0]) / this.positions);
  }

  mark() {
    const [low, high] = this.brush ?? [0, this.positions];
    const bars = usual(this.chart);
    const on = this.brush !== null;
    const across = (position) => (position / this.positions) * bars;
    this.shade[0].setAttribute("x", 0);
    this.shade[0].setAttribute("width", on ? across(low) : 0);
    this.shade[1].setAttribute("x", across(high));
    this.shade[1].setAttribute("width", on ? bars - across(high) : 0);
    this.handles.forEach((handle, n) => {
      const position = n ? high : low;
      handle.style.left = `${(position / this.positions) * 100}%`;
      put(handle, "aria-valuemin", 0);
      put(handle, "aria-valuemax", this.positions);
      put(handle, "aria-valuenow", position);
      if (bars) put(handle, "aria-valuetext", place(this.chart, this.edge(position)));
      handle.classList.toggle("on", on);
    });
    this.clear.hidden = !on;
    const enter = this.pending ? ": Enter selects" : "";
    if (bars) say(this.note, on ? span(this.chart, this.edge(low), this.edge(high)) + enter : "");
  }

  listen() {
    const { area } = this;
    let from = null; // {at, brush, part}
    const at = (event) => {
      const box = area.getBoundingClientRect();
      return Math.min(Math.max(Math.round(((event.clientX - box.left) / box.width) * this.positions), 0), this.positions);
    };
    area.addEventListener("pointerenter", () => this.told.began());
    area.addEventListener("focusin", () => this.told.began());
    area.addEventListener("focusout", (event) => this.pending && !area.contains(event.relatedTarget) && this.leave());
    area.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      this.told.began();
      this.told.unread();
      const near = (EDGE / area.getBoundingClientRect().width) * this.positions;
      const here = at(event);
      let part = "new";
      if (this.brush) {
        const [low, high] = this.brush;
        if (Math.abs(here - low) <= near) part = "low";
        else if (Math.abs(here - high) <= near) part = "high";
        else if (here > low && here < high) part = "all";
      }
      from = { at: here, x: event.clientX, brush: this.brush, part, moved: false };
      this.dragging = true;
      area.setPointerCapture(event.pointerId);
    });
    area.addEventListener("pointermove", (event) => {
      if (!from) return this.read(event);
      if (!from.moved && Math.abs(event.clientX - from.x) < 3) return undefined;
      from.moved = true;
      this.move(dragged(from, at(event), this.positions));
      return undefined;
    });
    const end = (event) => {
      if (!from) return;
      const { moved } = from;
      const here = from;
      from = null;
      this.dragging = false;
      if (event.type === "pointercancel") {
        this.brush = here.brush;
        this.mark();
        this.told.settled(undefined);
      } else if (moved) this.settle(this.brush);
      else if (this.brush && here.part === "new") this.widen();
    };
    area.addEventListener("pointerup", end);
    area.addEventListener("pointercancel", end);
    area.addEventListener("pointerleave", () => {
      this.told.unread();
      if (!from) this.mark();
    });
  }

  // Says how many are under the pointer.
  read(event) {
    const box = this.area.getBoundingClientRect();
    const bar = Math.min(Math.floor(((event.clientX - box.left) / box.width) * this.bars.length), this.bars.length - 1);
    if (bar < 0) return;
    const among = this.among ? `, ${count(this.among[bar])} selected` : "";
    say(this.note, `${name(this.chart, bar)}: ${count(this.counts[bar])} of ${count(this.chart.totals[bar])}${among}`);
    const wide = box.width / this.bars.length;
    this.told.read(bar, { left: box.left + bar * wide, right: box.left + (bar + 1) * wide, top: box.top, bottom: box.bottom });
  }

  move([low, high]) {
    this.brush = [low, high];
    this.range = null;
    this.mark();
    this.told.moved(low, high);
  }

  pressed(event, side) {
    const steps = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10, Home: -this.positions, End: this.positions };
    if (event.key === "Escape" && this.pending) this.leave();
    else if (event.key === "Escape" && this.brush) this.widen();
    if (event.key === "Enter" && this.pending) this.settle(this.brush);
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const brush = [...(this.brush ?? [0, this.positions])];
    brush[side] = Math.min(Math.max(brush[side] + step * (event.shiftKey ? 10 : 1), side ? brush[0] : 0), side ? this.positions : brush[1]);
    // What is filtered can be filtered on; what is selected is said when both ends are where they should be.
    this.pending = this.told.selects();
    this.move(brush);
    clearTimeout(this.resting);
    if (!this.pending) this.resting = setTimeout(() => this.settle(this.brush), 400);
  }

  toggle(special) {
    if (this.told.selects()) return this.told.settled(ranged(this.chart, null, new Set([special])));
    if (!this.specials.delete(special)) this.specials.add(special);
    return this.settle(this.brush);
  }

  settle(brush) {
    const specials = this.told.selects() ? new Set() : this.specials;
    this.told.settled(ranged(this.chart, this.rested(brush), specials));
  }

  // Takes the brush away, whatever a click does.
  widen() {
    this.told.filtered(ranged(this.chart, this.rested(null), this.specials));
  }

  // Leaves what waited for Enter.
  leave() {
    this.pending = false;
    this.told.settled(undefined);
  }

  rested(brush) {
    clearTimeout(this.resting);
    this.pending = false;
    this.brush = brush;
    this.mark();
    return brush && (this.range ?? within(this.chart, this.edge(brush[0]), this.edge(brush[1]), brush[1] === this.positions));
  }

  dispose() {
    clearTimeout(this.resting);
  }
}

function dragged({ at, brush, part }, here, most) {
  const order = (one, other) => [Math.min(one, other), Math.max(one, other)];
  if (part === "low") return order(here, brush[1]);
  if (part === "high") return order(brush[0], here);
  if (part === "new") return order(at, here);
  const shift = Math.min(Math.max(here - at, -brush[0]), most - brush[1]);
  return [brush[0] + shift, brush[1] + shift];
}
