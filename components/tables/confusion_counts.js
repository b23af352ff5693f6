// How often each class was predicted as each, and what follows from it.

import { columnsOf, parts } from "imlkit/filters.js";
import { words } from "imlkit/values.js";

const SHOWN = 100; // classes
const collator = new Intl.Collator("en", { numeric: true });

// Parts the conditions that are only on these two columns from the others.
export function own(seen, label, prediction) {
  const mine = (part) => columnsOf(part).every((name) => name === label || name === prediction);
  const all = parts(seen);
  return { left: all.filter((part) => !mine(part)), mine: all.filter(mine) };
}

// What a condition says of its column, whichever that is: classes of both columns are the same by it.
function keyOf({ column, ...said }) {
  return JSON.stringify(said);
}

function missing(condition) {
  return condition.null === true || condition.equals?.number === "nan";
}

export class ConfusionCounts {
  // classes, shown: answers about the pairs of all rows, and of those that are shown
  constructor(all, shown, order) {
    this.partial = all.others > 0 || shown.others > 0;
    this.collect(all, order ?? null);
    const size = this.classes.length;
    this.labelled = new Float64Array(size); // rows with a prediction, by label
    this.predicted = new Float64Array(size);
    this.missed = new Float64Array(size); // rows without a prediction, by label
    this.cells = new Map(); // by "row column"
    this.total = this.right = this.unlabelled = this.unpredicted = 0;
    for (const { filters, count } of shown.groups) this.add(filters.all, count);
    const exact = !this.partial;
    this.accuracy = exact && this.total ? this.right / this.total : null;
    this.recall = this.classes.map((_, n) => (exact && this.labelled[n] ? this.at(n, n) / this.labelled[n] : null));
    this.precision = this.classes.map((_, n) => (exact && this.predicted[n] ? this.at(n, n) / this.predicted[n] : null));
  }

  collect({ groups }, order) {
    const found = new Map();
    const types = [new Set(), new Set()];
    for (const { key, filters, count } of groups) {
      filters.all.forEach((condition, n) => {
        if (missing(condition)) return;
        const name = keyOf(condition);
        const one = found.get(name) ?? { name, value: key[n], condition, words: words(key[n]), size: 0, sides: new Set() };
        one.size += count;
        one.sides.add(n ? "prediction" : "label");
        types[n].add(typeof condition.equals);
        found.set(name, one);
      });
    }
    this.mixed = types.every((side) => side.size) && [...types[0]].every((type) => !types[1].has(type));
    const place = new Map((order ?? []).map((value, n) => [JSON.stringify({ equals: value }), n]));
    const at = ({ name }) => place.get(name) ?? Infinity;
    const sorted = [...found.values()].sort((one, other) => (at(one) === at(other) ? compared(one.value, other.value) : at(one) - at(other)));
    const shown = new Set([...sorted].sort((one, other) => other.size - one.size).slice(0, SHOWN));
    // Those that are shown come first, each kind in its order.
    this.classes = sorted.length > SHOWN ? [...sorted.filter((one) => shown.has(one)), ...sorted.filter((one) => !shown.has(one))] : sorted;
    this.shown = Math.min(sorted.length, SHOWN);
    this.places = new Map(this.classes.map(({ name }, n) => [name, n]));
  }

  add([label, prediction], count) {
    if (missing(label)) {
      this.unlabelled += count;
      return;
    }
    const row = this.places.get(keyOf(label));
    if (missing(prediction)) {
      this.unpredicted += count;
      if (row !== undefined) this.missed[row] += count;
      return;
    }
    const column = this.places.get(keyOf(prediction));
    // The table may have changed between the two answers; it is asked again then.
    if (row === undefined || column === undefined) return;
    const name = `${row} ${column}`;
    this.cells.set(name, this.at(row, column) + count);
    this.labelled[row] += count;
    this.predicted[column] += count;
    this.total += count;
    if (row === column) this.right += count;
  }

  at(row, column) {
    return this.cells.get(`${row} ${column}`) ?? 0;
  }

  // The share that a cell has of its row, its column or all; null where that is 0/0 or not known.
  share(row, column, shares) {
    if (this.partial) return null;
    const whole = shares === "label" ? this.labelled[row] : shares === "prediction" ? this.predicted[column] : this.total;
    return whole ? this.at(row, column) / whole : null;
  }

  // As strong as a cell is coloured by: its share of its row where counts are shown.
  strength(row, column, shares) {
    return this.share(row, column, shares === "counts" ? "label" : shares) ?? (this.total ? this.at(row, column) / this.total : 0);
  }

  // The strongest of what is right and of what is wrong: errors are few beside what is right.
  strongest(shares) {
    const found = [1e-9, 1e-9];
    for (let row = 0; row < this.shown; row += 1) {
      for (let column = 0; column < this.shown; column += 1) {
        const kind = row === column ? 0 : 1;
        found[kind] = Math.max(found[kind], this.strength(row, column, shares));
      }
    }
    return found;
  }

  confused(most) {
    return [...this.cells]
      .map(([name, size]) => ({ row: Number(name.split(" ")[0]), column: Number(name.split(" ")[1]), size }))
      .filter(({ row, column }) => row !== column)
      .sort((one, other) => other.size - one.size || one.row - other.row || one.column - other.column)
      .slice(0, most);
  }

  // The condition that a column has a class.
  condition(column, n) {
    return { ...this.classes[n].condition, column };
  }
}

// Truth values, then numbers by size, then texts as people sort them.
function compared(one, other) {
  const rank = (value) => (typeof value === "boolean" ? 0 : typeof value === "string" ? 2 : 1);
  if (rank(one) !== rank(other)) return rank(one) - rank(other);
  if (rank(one) === 2) return collator.compare(one, other) || (one < other ? -1 : 1);
  return numeric(one) - numeric(other);
}

function numeric(value) {
  if (typeof value !== "object") return Number(value);
  return value.integer ? Number(value.integer) : value.number === "inf" ? Infinity : -Infinity;
}

export function ofCells(names, counts, label, prediction) {
  const cells = names.map((name) => {
    const [row, column] = name.split(" ").map(Number);
    return { all: [counts.condition(label, row), counts.condition(prediction, column)] };
  });
  if (!cells.length) return null;
  return cells.length === 1 ? cells[0] : { any: cells };
}

export function ofClasses(column, places, counts) {
  if (!places.length) return null;
  if (places.length === 1) return counts.condition(column, places[0]);
  return { column, in: [...places].sort((one, other) => one - other).map((n) => counts.classes[n].condition.equals) };
}

// Which cells, rows and columns the conditions on the two columns choose.
export function chosenIn(mine, counts, label, prediction) {
  const found = { cells: new Set(), label: new Set(), prediction: new Set(), other: false };
  const place = (condition) => counts.places.get(keyOf(condition));
  for (const condition of mine) {
    if (!read(condition, found, place, label, prediction)) found.other = true;
  }
  return found;
}

function read(condition, found, place, label, prediction) {
  if (typeof condition.column === "string") {
    const set = condition.column === label ? found.label : found.prediction;
    const values = condition.in ?? ("equals" in condition ? [condition.equals] : null);
    const places = values?.map((equals) => place({ column: condition.column, equals }));
    if (!places || places.includes(undefined)) return false;
    for (const n of places) set.add(n);
    return true;
  }
  for (const part of condition.any ?? [condition]) {
    const [one, other] = part.all?.length === 2 ? part.all : [];
    if (one?.column !== label || other?.column !== prediction) return false;
    const [row, column] = [place(one), place(other)];
    if (row === undefined || column === undefined) return false;
    found.cells.add(`${row} ${column}`);
  }
  return true;
}
