// The matrix itself: a grid that is walked through by keyboard, labels down, predictions across.

import { make, put, say } from "imlkit/elements.js";
import { count } from "imlkit/values.js";
import { percent } from "./confusion_words.js";
import { pick } from "./picked_mark.js";

const RIGHT = "0 114 178"; // blue
const WRONG = "213 94 0"; // vermilion

export class ConfusionGrid {
  // told: {cell(grid, row, column, adds), heading(grid, side, at, adds)}
  constructor(told) {
    this.told = told;
    this.table = make("table", { role: "grid", "aria-multiselectable": "true" });
    this.root = make("div", { class: "matrix" }, this.table);
    this.table.addEventListener("click", (event) => this.pressed(event.target.closest("[data-at]"), event));
    this.table.addEventListener("keydown", (event) => this.key(event));
    this.table.addEventListener("focusin", (event) => this.focused(event.target.closest("[data-at]")));
    this.at = [1, 1]; // of the cell that Tab reaches, headings included
  }

  // told: {label, prediction, shares, title: of the group or null, apart: whether there are rows without a prediction,
  // strongest: shares that are coloured most, picked: the counts of the rows selected or null}
  show(counts, chosen, told) {
    const key = JSON.stringify([counts.classes.slice(0, counts.shown).map(({ name, sides }) => [name, ...sides]), told.label, told.prediction, told.apart]);
    if (key !== this.key_) {
      this.key_ = key;
      this.build(counts, told);
    }
    this.fill(counts, chosen, told);
  }

  build(counts, { label, prediction, title, apart }) {
    const classes = counts.classes.slice(0, counts.shown);
    this.apart = apart;
    const act = { tabindex: "-1" };
    const name = (words) => make("span", { class: "class", textContent: words, title: words });
    const only = ({ sides }, side) => (sides.has(side) ? null : make("span", { class: "only", textContent: `never a ${side}` }));
    put(this.table, "aria-label", `${label} by ${prediction}${title === null ? "" : `, ${title}`}`);
    const corner = make("td", { class: "corner" }, make("span", { textContent: `${label} ↓`, title: label }), make("span", { textContent: `${prediction} →`, title: prediction }));
    this.columns = classes.map((one, n) => make("th", { ...act, scope: "col", "data-at": `0 ${n + 1}` }, name(one.words), only(one, "prediction")));
    const more = (words) => make("th", { scope: "col", class: "extra" }, make("span", { textContent: words }));
    const extras = [...(this.apart ? [more("no prediction")] : []), more("rows"), more("recall")];
    const lines = classes.map((one, row) => {
      const head = make("th", { ...act, scope: "row", "data-at": `${row + 1} 0` }, name(one.words), only(one, "label"));
      const cells = classes.map((_, column) => make("td", { ...act, class: row === column ? "cell right" : "cell", "data-at": `${row + 1} ${column + 1}` }));
      const ends = extras.map(() => make("td", { class: "extra" }));
      return { head, cells, ends };
    });
    this.lines = lines;
    this.feet = classes.map(() => make("td", { class: "extra" }));
    this.sums = classes.map(() => make("td", { class: "extra" }));
    const foot = (words, cells) => make("tr", {}, make("th", { scope: "row", class: "extra" }, make("span", { textContent: words })), ...cells, ...extras.map(() => make("td", { class: "extra" })));
    this.table.replaceChildren(
      make("thead", {}, make("tr", {}, corner, ...this.columns, ...extras)),
      make("tbody", {}, ...lines.map(({ head, cells, ends }) => make("tr", {}, head, ...cells, ...ends)), foot("rows", this.sums), foot("precision", this.feet)),
    );
    this.at = this.at.map((at) => Math.min(at, classes.length));
    this.node(...this.at).tabIndex = 0;
  }

  node(row, column) {
    if (row === 0) return this.columns[column - 1];
    return column === 0 ? this.lines[row - 1].head : this.lines[row - 1].cells[column - 1];
  }

  fill(counts, chosen, { shares, strongest, picked }) {
    const size = counts.shown;
    const any = chosen.cells.size + chosen.label.size + chosen.prediction.size > 0;
    for (let row = 0; row < size; row += 1) {
      const { head, cells, ends } = this.lines[row];
      const label = counts.classes[row].words;
      put(head, "aria-selected", String(chosen.label.has(row)));
      put(this.columns[row], "aria-selected", String(chosen.prediction.has(row)));
      cells.forEach((cell, column) => {
        const rows = counts.at(row, column);
        const kind = row === column ? 0 : 1;
        const strength = rows ? 0.08 + (0.62 * counts.strength(row, column, shares)) / strongest[kind] : 0;
        const text = shares === "counts" ? count(rows) : percent(counts.share(row, column, shares), 0);
        say(cell, rows || kind === 0 ? text : "·");
        cell.style.background = strength ? `rgb(${kind ? WRONG : RIGHT} / ${strength.toFixed(3)})` : "";
        const selected = chosen.cells.has(`${row} ${column}`) || chosen.label.has(row) || chosen.prediction.has(column);
        put(cell, "aria-selected", String(selected));
        cell.classList.toggle("away", any && !selected);
        const of = counts.share(row, column, "label");
        const said = `${count(rows)} of ${label} ${kind ? `taken for ${counts.classes[column].words}` : "recognised"}${of === null ? "" : `, ${percent(of)} of its rows`}${pick(cell, picked?.at(row, column) ?? 0, rows)}`;
        put(cell, "title", said);
        put(cell, "aria-label", said);
      });
      const last = [count(counts.labelled[row]), percent(counts.recall[row])];
      if (this.apart) last.unshift(counts.missed[row] ? count(counts.missed[row]) : "·");
      ends.forEach((end, n) => say(end, last[n]));
      say(this.sums[row], count(counts.predicted[row]));
      say(this.feet[row], percent(counts.precision[row]));
    }
  }

  pressed(node, event) {
    if (!node) return;
    const [row, column] = placeOf(node);
    const adds = event.ctrlKey || event.metaKey;
    node.focus();
    if (row === 0) this.told.heading(this, "prediction", column - 1, adds);
    else if (column === 0) this.told.heading(this, "label", row - 1, adds);
    else this.told.cell(this, row - 1, column - 1, adds);
  }

  focused(node) {
    if (!node) return;
    const before = this.node(...this.at);
    if (before && before !== node) before.tabIndex = -1;
    node.tabIndex = 0;
    this.at = placeOf(node);
  }

  key(event) {
    const node = event.target.closest("[data-at]");
    if (!node) return;
    const [row, column] = placeOf(node);
    const last = this.lines.length;
    const control = event.ctrlKey || event.metaKey;
    const to = {
      ArrowUp: [row - 1, column],
      ArrowDown: [row + 1, column],
      ArrowLeft: [row, column - 1],
      ArrowRight: [row, column + 1],
      Home: [control ? 1 : row, row || control ? 0 : 1],
      End: [control ? last : row, last],
      PageUp: [Math.max(row - 10, column ? 0 : 1), column],
      PageDown: [Math.min(row + 10, last), column],
    }[event.key];
    if (event.key === "Enter" || event.key === " ") this.pressed(node, event);
    else if (!to) return;
    else if (to[0] >= 0 && to[1] >= 0 && to[0] <= last && to[1] <= last && (to[0] || to[1])) {
      const next = this.node(...to);
      next.focus();
      next.scrollIntoView({ block: "nearest", inline: "nearest" });
    }
    event.preventDefault();
  }
}

function placeOf(node) {
  return node.dataset.at.split(" ").map(Number);
}
