// Cells of two charts, coloured by how many rows are in each: chosen by mouse, finger and keyboard.

import { make, put, say } from "imlkit/elements.js";
import { name, usual } from "imlkit/bars.js";
import { viridisOf } from "imlkit/colors.js";
import { count } from "imlkit/values.js";
import { pick } from "./picked_mark.js";

const percent = new Intl.NumberFormat("en", { style: "percent", maximumFractionDigits: 1 });
const ROOM = 7; // pixels a digit takes

export class HeatGrid {
  // x, y: charts; title: of the group, null if there is none; told: {chosen(grid, bars of x, bars of y)}
  constructor(x, y, title, told) {
    this.x = x;
    this.y = y;
    this.told = told;
    this.across = order(x, false);
    this.down = order(y, Boolean(y.edges)); // numbers rise upwards
    this.at = [0, 0]; // place that the keyboard is at
    this.from = null; // where a drag, or an extension by the keyboard, began
    const corner = make("th", { class: "corner", scope: "col" }, make("span", { textContent: `${y.column} ↓  ${x.column} →` }));
    const heads = this.across.map((i) => make("th", { scope: "col", class: i >= usual(x) ? "special" : undefined, title: name(x, i) }, make("span", { textContent: brief(x, i) })));
    this.cells = this.down.map((j, row) => this.across.map((i, column) => this.cell(row, column, i, j)));
    this.rowSums = this.down.map(() => make("td", { class: "sum" }));
    this.columnSums = this.across.map(() => make("td", { class: "sum" }));
    this.sum = make("td", { class: "sum" });
    const total = () => make("th", { class: "sum", scope: "col", textContent: "Total" });
    const lines = this.down.map((j, row) => {
      const head = make("th", { scope: "row", class: j >= usual(y) ? "special" : undefined, title: name(y, j) }, make("span", { textContent: brief(y, j) }));
      return make("tr", {}, head, ...this.cells[row].map(({ root }) => root), this.rowSums[row]);
    });
    const last = make("tr", { class: "sums" }, make("th", { scope: "row", class: "sum", textContent: "Total" }), ...this.columnSums, this.sum);
    this.table = make("table", { role: "grid", "aria-label": `Rows by ${x.column} and ${y.column}${title === null ? "" : `, ${title}`}`, "aria-multiselectable": "true" }, make("thead", {}, make("tr", {}, corner, ...heads, total())), make("tbody", {}, ...lines, last));
    this.table.style.setProperty("--columns", this.across.length);
    this.root = make("div", { class: "heat" }, this.table);
    this.watch = new ResizeObserver(() => this.fit());
    this.watch.observe(this.root);
    this.listen();
    this.reach(0, 0, false);
  }

  cell(row, column, i, j) {
    const words = make("span", { "aria-hidden": "true" });
    const root = make("td", { role: "gridcell", tabindex: -1, "aria-selected": "false" }, words);
    root.cell = [row, column];
    return { root, words, i, j };
  }

  // Takes counts, to be shown as such or as shares; returns the most that a cell has, to colour by.
  measure(counts, share) {
    const [wide, high] = [this.x.totals.length, this.y.totals.length];
    const rows = new Float64Array(high);
    const columns = new Float64Array(wide);
    let all = 0;
    for (let i = 0; i < wide; i += 1) {
      for (let j = 0; j < high; j += 1) {
        columns[i] += counts[i * high + j];
        rows[j] += counts[i * high + j];
        all += counts[i * high + j];
      }
    }
    const of = { none: () => 1, row: (i, j) => rows[j], column: (i) => columns[i], all: () => all }[share];
    const part = (i, j) => (of(i, j) > 0 ? counts[i * high + j] / of(i, j) : 0);
    let most = 0;
    for (const line of this.cells) for (const { i, j } of line) most = Math.max(most, part(i, j));
    this.down.forEach((j, n) => say(this.rowSums[n], count(rows[j])));
    this.across.forEach((i, n) => say(this.columnSums[n], count(columns[i])));
    say(this.sum, count(all));
    put(this.table, "data-all", all);
    this.measured = { counts, share, part };
    return most;
  }

  // Colours the cells by the most that one has; picked: how many of each cell's rows are selected, or null.
  paint(most, picked) {
    const { x, y } = this;
    const { counts, share, part } = this.measured;
    const high = y.totals.length;
    this.longest = 1;
    for (const line of this.cells) {
      for (const { root, words, i, j } of line) {
        const found = counts[i * high + j];
        const text = share === "none" ? count(found) : percent.format(part(i, j));
        this.longest = Math.max(this.longest, text.length);
        say(words, found ? text : "");
        const [r, g, b] = viridisOf(most > 0 ? part(i, j) / most : 0);
        root.style.background = found ? `rgb(${r} ${g} ${b})` : "";
        root.style.color = found ? (light(r, g, b) > 0.179 ? "#000" : "#fff") : "";
        const shared = share === "none" ? "" : `, ${percent.format(part(i, j))}`;
        const selected = pick(root, picked?.[i * high + j] ?? 0, found);
        put(root, "aria-label", `${x.column} ${name(x, i)}, ${y.column} ${name(y, j)}: ${count(found)} rows${shared}${selected}`);
        put(root, "title", root.getAttribute("aria-label"));
      }
    }
    this.fit();
  }

  // Writes numbers into cells where they fit.
  fit() {
    const wide = this.cells[0]?.[0]?.root.clientWidth ?? 0;
    this.table.classList.toggle("tight", wide < (this.longest ?? 1) * ROOM + 6);
  }

  // Marks the cells that are filtered to: bars of x and of y, null for none.
  mark(xs, ys) {
    const on = xs !== null;
    this.table.classList.toggle("filtered", on);
    for (const line of this.cells) for (const { root, i, j } of line) put(root, "aria-selected", String(on && xs.has(i) && ys.has(j)));
  }

  listen() {
    const { table } = this;
    const cellOf = (element) => element?.closest?.("td[role=gridcell]")?.cell ?? null;
    const under = (event) => cellOf(this.table.getRootNode().elementFromPoint(event.clientX, event.clientY));
    table.addEventListener("pointerdown", (event) => {
      const at = cellOf(event.target);
      if (!at || event.button !== 0) return;
      this.from = at;
      this.touched = event.pointerType === "touch";
      this.reach(...at, false);
      if (!this.touched) event.preventDefault();
    });
    table.addEventListener("pointermove", (event) => {
      if (!this.from || this.touched) return;
      const at = under(event);
      if (at) this.trace(this.from, at);
    });
    const up = (event) => {
      if (!this.from) return;
      const at = this.touched ? this.from : (under(event) ?? this.until ?? this.from);
      const { from } = this;
      this.give();
      if (event.type === "pointerup") this.choose(from, at);
    };
    table.addEventListener("pointerup", up);
    table.addEventListener("pointercancel", up);
    // Let go outside of the cells.
    this.away = (event) => this.from && up(event);
    window.addEventListener("pointerup", this.away);
    table.addEventListener("keydown", (event) => this.pressed(event));
    table.addEventListener("focusin", (event) => {
      const at = cellOf(event.target);
      if (at) this.at = at;
    });
  }

  pressed(event) {
    const [row, column] = this.at;
    const [lastRow, lastColumn] = [this.down.length - 1, this.across.length - 1];
    const to = {
      ArrowUp: [row - 1, column],
      ArrowDown: [row + 1, column],
      ArrowLeft: [row, column - 1],
      ArrowRight: [row, column + 1],
      Home: [event.ctrlKey ? 0 : row, 0],
      End: [event.ctrlKey ? lastRow : row, lastColumn],
    }[event.key];
    if (to) {
      event.preventDefault();
      if (event.shiftKey) this.anchor ??= this.at;
      else this.anchor = null;
      this.reach(Math.min(Math.max(to[0], 0), lastRow), Math.min(Math.max(to[1], 0), lastColumn), true);
      if (this.anchor) this.trace(this.anchor, this.at);
      else this.give();
    } else if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      this.choose(this.anchor ?? this.at, this.at);
      this.anchor = null;
      this.give();
    } else if (event.key === "Escape") {
      this.anchor = null;
      this.give();
    }
  }

  reach(row, column, focus) {
    const cell = (at) => this.cells[at[0]]?.[at[1]]?.root;
    if (cell(this.at)) put(cell(this.at), "tabindex", -1);
    this.at = [row, column];
    if (!cell(this.at)) return;
    put(cell(this.at), "tabindex", 0);
    if (focus) cell(this.at).focus();
  }

  // Shows what is being dragged over.
  trace(from, to) {
    this.until = to;
    const [top, bottom] = sorted(from[0], to[0]);
    const [left, right] = sorted(from[1], to[1]);
    this.cells.forEach((line, row) => line.forEach(({ root }, column) => root.classList.toggle("traced", row >= top && row <= bottom && column >= left && column <= right)));
  }

  give() {
    this.from = null;
    this.until = null;
    for (const line of this.cells) for (const { root } of line) root.classList.remove("traced");
  }

  choose(from, to) {
    const [top, bottom] = sorted(from[0], to[0]);
    const [left, right] = sorted(from[1], to[1]);
    this.told.chosen(this, this.across.slice(left, right + 1), this.down.slice(top, bottom + 1));
  }

  dispose() {
    this.watch.disconnect();
    window.removeEventListener("pointerup", this.away);
  }
}

// How light a colour is to the eye: above 0.179 black is read more easily on it than white (WCAG 2).
function light(...parts) {
  const [r, g, b] = parts.map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

const sorted = (one, other) => [Math.min(one, other), Math.max(one, other)];

// The bars from left to right, or from top to bottom: those with no usual value come last.
function order(chart, rising) {
  const first = usual(chart);
  const bars = Array.from({ length: first }, (_, n) => (rising ? first - 1 - n : n));
  return [...bars, ...chart.specials.map((_, n) => first + n)];
}

// The lower edge says which bin it is.
function brief(chart, bar) {
  const words = name(chart, bar);
  return chart.edges && bar < usual(chart) ? words.split(" to ")[0] : words;
}
