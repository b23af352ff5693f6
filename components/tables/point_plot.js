// Points of a plane, or how densely they lie: drawn, moved, zoomed; a lasso or a box drawn over them.

import { draw, make, put } from "imlkit/elements.js";
import { listen } from "./plot_gestures.js";
import { PlotView } from "./plot_view.js";
import { plain, ticks } from "./plot_ticks.js";
import { densityPicture, drawChosen, drawPointed, drawPoints } from "./point_marks.js";

const NEAR = 6; // pixels within which a point is pointed at
const TOUCHED = 14; // the same for a finger
const LEFT = 58;
const BOTTOM = 38;

const HELP = "Arrow keys move the view, plus and minus zoom, 0 shows everything. Full stop and comma go from point to point, Enter selects the one pointed at, Escape gives up a line that is drawn.";

export class PointPlot {
  // told: {tool(), changed(), drawn(line in data, event), click(index | null, event), pointed(index | null, cell | null), step(by), enter(event)}
  constructor(told) {
    this.told = told;
    this.view = new PlotView();
    this.points = null; // {ids, x, y, color}
    this.density = null; // {picture, most, box, grid, counts}
    this.kinds = [];
    this.chosen = []; // [x, y] of each selected point
    this.pointed = null; // [x, y]
    this.region = null; // the box that filters, null ends where it is open
    this.line = null; // being drawn, in pixels
    this.labels = { x: "", y: "" };
    this.whole = { x: false, y: false }; // whether an axis has whole numbers only
    this.bare = false; // whether numbers at the axes would say nothing
    this.base = make("canvas", { class: "points", role: "img", "aria-label": "Points, not drawn yet" });
    this.marks = make("canvas", { class: "marks", "aria-hidden": "true" });
    this.over = draw("svg", { class: "over", "aria-hidden": "true" });
    this.axes = draw("svg", { class: "axes", "aria-hidden": "true" });
    this.area = make("div", { class: "plot-area" }, this.base, this.marks, this.over);
    this.help = make("span", { class: "hidden-words", textContent: HELP });
    this.root = make("div", { class: "point-plot", tabindex: 0, role: "group", "aria-label": "Plot", "aria-roledescription": "plot" }, this.axes, this.area, this.help);
    this.watch = new ResizeObserver(() => this.resize());
    this.watch.observe(this.root);
    this.off = listen(this.area, this.root, {
      tool: () => told.tool(),
      move: (dx, dy) => this.moved(() => this.view.move(dx, dy)),
      zoom: (times, x, y) => this.moved(() => this.view.zoom(times, x, y)),
      whole: () => this.showWhole(),
      drawn: (line, done, event) => this.lassoed(line, done, event),
      click: (x, y, event) => told.click(this.nearest(x, y, event.pointerType === "touch" ? TOUCHED : NEAR), event),
      over: (x, y) => this.hovered(x, y),
      left: () => told.pointed(null, null),
      step: (by) => told.step(by),
      enter: (event) => told.enter(event),
      escape: () => this.lassoed(null, false, null),
    });
  }

  resize() {
    const { clientWidth } = this.root;
    if (!clientWidth) return;
    const narrow = clientWidth < 420;
    const width = Math.max(clientWidth - LEFT - 8, 40);
    const height = Math.round(Math.min(Math.max(clientWidth * (narrow ? 0.85 : 0.55), 240), 460));
    this.root.style.height = `${height + BOTTOM + 8}px`;
    Object.assign(this.area.style, { left: `${LEFT}px`, top: "8px", width: `${width}px`, height: `${height}px` });
    const first = !this.ratio;
    this.ratio = globalThis.devicePixelRatio || 1;
    for (const canvas of [this.base, this.marks]) {
      const [w, h] = [Math.round(width * this.ratio), Math.round(height * this.ratio)];
      if (canvas.width !== w || canvas.height !== h) Object.assign(canvas, { width: w, height: h });
    }
    const before = JSON.stringify(this.view.box);
    this.view.size(width, height);
    this.redraw();
    if (first || JSON.stringify(this.view.box) !== before) this.told.changed();
  }

  // Moves the view; says whether that changed anything.
  moved(act) {
    if (!this.view.box || !this.view.spanned) return false;
    const before = this.view.box;
    act();
    const changed = this.view.box.some((edge, n) => Math.abs(edge - before[n]) > Math.abs(this.view.box[n | 1] - this.view.box[n & 2]) * 1e-9);
    if (!changed) return false;
    this.redraw();
    this.told.changed();
    return true;
  }

  zoom(times) {
    this.moved(() => this.view.zoom(times));
  }

  showWhole() {
    this.moved(() => this.view.whole());
  }

  showPoints(points, kinds) {
    this.points = points;
    this.density = null;
    this.kinds = kinds;
    this.redraw();
  }

  showDensity(counts, grid, box) {
    this.points = null;
    const { canvas, most } = densityPicture(counts, grid);
    this.density = { picture: canvas, most, box, grid, counts };
    this.redraw();
  }

  // The number of the point under a place, null where there is none near.
  nearest(px, py, near = NEAR) {
    if (!this.points || !this.view.box) return null;
    const { x, y } = this.points;
    const { box, width, height } = this.view;
    const [toX, toY] = [width / (box[1] - box[0]), height / (box[3] - box[2])];
    let least = near * near;
    let found = null;
    for (let n = 0; n < x.length; n += 1) {
      const dx = (x[n] - box[0]) * toX - px;
      const dy = height - (y[n] - box[2]) * toY - py;
      const far = dx * dx + dy * dy;
      if (far <= least) {
        least = far;
        found = n;
      }
    }
    return found;
  }

  hovered(px, py) {
    this.told.pointed(this.nearest(px, py), this.cell(px, py));
  }

  // How many rows are in the cell under a place, null where cells are not shown.
  cell(px, py) {
    if (!this.density) return null;
    const { box, grid, counts } = this.density;
    const [x, y] = this.view.at(px, py);
    const i = Math.floor(((x - box[0]) / (box[1] - box[0])) * grid[0]);
    const j = Math.floor(((y - box[2]) / (box[3] - box[2])) * grid[1]);
    return i >= 0 && j >= 0 && i < grid[0] && j < grid[1] ? counts[j * grid[0] + i] : null;
  }

  lassoed(line, done, event) {
    this.line = done ? null : line;
    this.drawOver();
    if (done && line.length > 2 && this.view.box) this.told.drawn(line.map(([x, y]) => this.view.at(x, y)), event);
  }

  redraw() {
    if (this.drawing) return;
    this.drawing = requestAnimationFrame(() => {
      this.drawing = null;
      this.drawNow();
    });
  }

  drawNow() {
    if (!this.ratio) return;
    this.drawBase();
    this.drawMarks();
    this.drawAxes();
    this.drawOver();
  }

  pen(canvas) {
    const pen = canvas.getContext("2d");
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, canvas.width, canvas.height);
    pen.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    return pen;
  }

  drawBase() {
    const pen = this.pen(this.base);
    if (!this.view.box) return;
    if (this.density) {
      const { picture, box } = this.density;
      const [left, right, top, bottom] = [this.view.x(box[0]), this.view.x(box[1]), this.view.y(box[3]), this.view.y(box[2])];
      pen.imageSmoothingEnabled = false;
      pen.globalAlpha = this.chosen.length ? 0.55 : 1;
      pen.drawImage(picture, left, top, right - left, bottom - top);
      pen.globalAlpha = 1;
    } else if (this.points) drawPoints(pen, this.view, this.points, this.kinds, this.ratio, this.chosen.length > 0);
  }

  drawMarks() {
    const pen = this.pen(this.marks);
    if (!this.view.box) return;
    drawChosen(pen, this.view, this.chosen);
    if (this.pointed) drawPointed(pen, this.view, this.pointed);
  }

  drawAxes() {
    const { width, height, box } = this.view;
    const nodes = [draw("rect", { class: "frame", x: LEFT, y: 8, width, height })];
    const text = (given, words) => nodes.push(draw("text", { ...given, textContent: words }));
    if (box && !this.bare) {
      for (const [value, words] of ticks(box[0], box[1], Math.max(Math.floor(width / 80), 3), this.whole.x)) {
        const x = LEFT + this.view.x(value);
        nodes.push(draw("path", { class: "grid", d: `M${x} 8v${height}` }));
        text({ x: Math.min(x, LEFT + width - 4 * words.length + 6), y: height + 24, "text-anchor": "middle" }, words);
      }
      for (const [value, words] of ticks(box[2], box[3], Math.max(Math.floor(height / 50), 2), this.whole.y)) {
        const y = 8 + this.view.y(value);
        nodes.push(draw("path", { class: "grid", d: `M${LEFT} ${y}h${width}` }));
        text({ x: LEFT - 6, y: y + 4, "text-anchor": "end" }, words);
      }
    }
    text({ class: "label", x: LEFT + width / 2, y: height + (this.bare ? 26 : 42), "text-anchor": "middle" }, fitted(this.labels.x, width));
    text({ class: "label", x: -(8 + height / 2), y: this.bare ? 44 : 12, transform: "rotate(-90)", "text-anchor": "middle" }, fitted(this.labels.y, height));
    this.axes.replaceChildren(...nodes);
  }

  drawOver() {
    const nodes = [];
    const { width, height, box } = this.view;
    if (box && this.region) {
      const [x0, x1, y0, y1] = this.region;
      const left = x0 === null ? 0 : within(this.view.x(x0), width);
      const right = x1 === null ? width : within(this.view.x(x1), width);
      const top = y1 === null ? 0 : within(this.view.y(y1), height);
      const bottom = y0 === null ? height : within(this.view.y(y0), height);
      nodes.push(draw("path", { class: "shade", "fill-rule": "evenodd", d: `M0 0h${width}v${height}h${-width}zM${left} ${top}H${right}V${bottom}H${left}z` }));
      nodes.push(draw("path", { class: "region", d: `M${left} ${top}H${right}V${bottom}H${left}z` }));
    }
    if (this.line) nodes.push(...["halo", "lasso"].map((name) => draw("polygon", { class: name, points: this.line.map((at) => at.join(",")).join(" ") })));
    this.over.replaceChildren(...nodes);
  }

  // What the plot shows, for people who hear it.
  describe(words) {
    put(this.base, "aria-label", words);
  }

  dispose() {
    this.watch.disconnect();
    this.off();
    cancelAnimationFrame(this.drawing);
  }
}

const within = (at, most) => Math.min(Math.max(at, -4), most + 4);

function fitted(words, pixels) {
  const most = Math.max(Math.floor(pixels / 7), 6);
  return words.length > most ? `${words.slice(0, most - 1)}…` : words;
}

// A place of an axis in words.
export function position(value, low, high) {
  return plain(value, (high - low) / 100, Math.max(Math.abs(low), Math.abs(high)));
}
