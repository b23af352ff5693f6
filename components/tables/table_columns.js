// The columns of a table as they lie beside one another.

export const SAMPLED = ["image", "audio", "embedding"];
export const MARKS = 76; // pixels of the column in which rows are selected
const WIDTHS = { boolean: 90, integer: 110, continuous: 120, latitude: 110, longitude: 110, datetime: 180, text: 280, image: 90, audio: 150, embedding: 150 };
const NUMBERS = ["integer", "continuous", "latitude", "longitude"];
const LOW = 36; // pixels of a line
const HIGH = 64; // of a line with samples
export const AT_FIRST = 200; // columns that are shown unless others are chosen; all are there by choice

export class TableColumns {
  constructor(table, chosen) {
    const known = new Map(table.columns.map((column) => [column.name, column]));
    const named = (chosen ?? []).filter((name) => known.has(name)).map((name) => known.get(name));
    this.all = named.length ? named : table.columns.slice(0, AT_FIRST);
    this.lefts = [MARKS];
    for (const column of this.all) this.lefts.push(this.lefts.at(-1) + widthOf(column));
    this.high = this.all.some(({ kind }) => SAMPLED.includes(kind)) ? HIGH : LOW;
    this.said = JSON.stringify(this.all);
  }

  get length() {
    return this.all.length;
  }

  get names() {
    return this.all.map(({ name }) => name);
  }

  get width() {
    return this.lefts.at(-1);
  }

  // The first column in sight, and the one after the last.
  across(grid) {
    const left = grid.scrollLeft + MARKS;
    const right = grid.scrollLeft + Math.max(grid.clientWidth, 200);
    let first = 0;
    while (first < this.length - 1 && this.lefts[first + 1] <= left) first += 1;
    let last = first;
    while (last < this.length && this.lefts[last] < right) last += 1;
    return [first, last];
  }

  place(node, n) {
    node.style.left = `${this.lefts[n]}px`;
    node.style.width = `${widthOf(this.all[n])}px`;
  }

  // Pixels of the samples of a column.
  pixels(column) {
    return widthOf(column) > HIGH * 2 ? 2 * HIGH : HIGH;
  }
}

const widthOf = ({ kind, name }) => Math.max(WIDTHS[kind] ?? 140, Math.min(40 + 8 * name.length, 220));
export const sideOf = ({ kind }) => (NUMBERS.includes(kind) ? "number" : SAMPLED.includes(kind) ? "sampled" : "");
