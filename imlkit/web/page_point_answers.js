// Answers for charts of two columns: points, density beyond, and what a lasso holds.

import { barsOf } from "./page_bars.js";
import { fittingBins, place } from "./page_bins.js";
import { refuse } from "./page_errors.js";
import { met } from "./page_predicates.js";

const MOST_POINTS = 200_000;
const MOST_CORNERS = 5_000;
const FINEST = 1_000;

export function points(table, question) {
  const [x, y] = ["x", "y"].map((part) => numbers(table, question.text(part)));
  const most = question.integer("most", 1, MOST_POINTS);
  const [width, height] = (question.numbers("grid", 2) ?? [100, 100]).map((size) =>
    Math.trunc(Math.min(Math.max(size, 1), FINEST)),
  );
  const mask = met(table, question.filters());
  const both = placed(x, y);
  const box = question.numbers("box", 4) ?? spans(x, y, both);
  const chart = question.optionalChart("color");
  const divided = question.divided();
  let total = 0;
  let leftOut = 0;
  const seen = new Uint8Array(table.rows);
  for (let row = 0; row < seen.length; row += 1) {
    if (mask !== null && !mask[row]) continue;
    if (!both[row]) leftOut += 1;
    else if (within(x.floats[row], box[0], box[1]) && within(y.floats[row], box[2], box[3])) {
      seen[row] = 1;
      total += 1;
    }
  }
  const said = { total, box, left_out: leftOut };
  if (total > most) return { ...said, ...density(x, y, seen, box, width, height) };
  const rows = new Uint32Array(total);
  for (let row = 0, at = 0; row < seen.length; row += 1) if (seen[row]) rows[at++] = row;
  const ids = table.column(table.id);
  const bars = chart === null ? null : barsOf(table, ...chart);
  return {
    ...said,
    ids: Array.from(rows, (row) => ids.id(row)),
    x: Float64Array.from(rows, (row) => x.floats[row]),
    y: Float64Array.from(rows, (row) => y.floats[row]),
    color: bars === null ? null : Array.from(rows, (row) => (bars.codes[row] === bars.length ? null : bars.codes[row])),
    part: divided && partsOf(table, rows, divided),
  };
}

// The number of the first group that each row is of, null for rows of none.
function partsOf(table, rows, divided) {
  const masks = divided.map((part) => met(table, part));
  return Array.from(rows, (row) => {
    const number = masks.findIndex((mask) => mask === null || mask[row]);
    return number < 0 ? null : number;
  });
}

export function inside(table, question) {
  const [x, y] = ["x", "y"].map((part) => numbers(table, question.text(part)));
  const polygon = question.points("polygon", MOST_CORNERS);
  const most = question.integer("most", 0, MOST_POINTS);
  if (polygon.length < 3) refuse("A lasso has at least three corners.");
  const mask = met(table, question.filters());
  const edges = polygon.map(([ax, ay], n) => [ax, ay, ...polygon[(n + 1) % polygon.length]]).filter(([, ay, , by]) => ay !== by);
  const [xs, ys] = [0, 1].map((axis) => polygon.map((corner) => corner[axis]));
  const least = (values) => values.reduce((one, other) => Math.min(one, other));
  const greatest = (values) => values.reduce((one, other) => Math.max(one, other));
  const box = [least(xs), greatest(xs), least(ys), greatest(ys)];
  const column = table.column(table.id);
  const ids = [];
  let total = 0;
  const both = placed(x, y);
  for (let row = 0; row < both.length; row += 1) {
    if (!both[row] || (mask !== null && !mask[row])) continue;
    const px = x.floats[row];
    const py = y.floats[row];
    if (!within(px, box[0], box[1]) || !within(py, box[2], box[3]) || !holds(edges, px, py)) continue;
    total += 1;
    if (ids.length < most) ids.push(column.id(row));
  }
  return { ids, total };
}

// Whether a closed line holds a point, by the even-odd rule.
function holds(edges, px, py) {
  let odd = false;
  for (const [ax, ay, bx, by] of edges) {
    if (ay > py !== by > py && px < ((bx - ax) * (py - ay)) / (by - ay) + ax) odd = !odd;
  }
  return odd;
}

function density(x, y, seen, box, width, height) {
  // Where there are not so many different numbers there are fewer cells.
  const across = fittingBins(box[0], box[1], width);
  const up = fittingBins(box[2], box[3], height);
  const i = new Uint16Array(seen.length);
  const j = new Uint16Array(seen.length);
  place(x.floats, across.edges, i, across.count);
  place(y.floats, up.edges, j, up.count);
  const found = new Float64Array(across.count * up.count);
  for (let row = 0; row < seen.length; row += 1) if (seen[row]) found[j[row] * across.count + i[row]] += 1;
  return { density: found, grid: [across.count, up.count] };
}

// The rows with two finite numbers.
function placed(x, y) {
  return x.once(`with ${y.name}`, () => {
    const both = new Uint8Array(x.rows);
    for (let row = 0; row < both.length; row += 1) {
      const finite = x.floats[row] - x.floats[row] === 0 && y.floats[row] - y.floats[row] === 0;
      both[row] = finite && !x.lacks(row) && !y.lacks(row) ? 1 : 0;
    }
    return both;
  });
}

function spans(x, y, both) {
  const box = [Infinity, -Infinity, Infinity, -Infinity];
  for (let row = 0; row < both.length; row += 1) {
    if (!both[row]) continue;
    box[0] = Math.min(box[0], x.floats[row]);
    box[1] = Math.max(box[1], x.floats[row]);
    box[2] = Math.min(box[2], y.floats[row]);
    box[3] = Math.max(box[3], y.floats[row]);
  }
  return box.map((edge) => (Number.isFinite(edge) ? edge : 0));
}

function within(value, low, high) {
  return value >= low && value <= high;
}

function numbers(table, name) {
  const words = "of numbers to draw points by.";
  const column = table.column(name, words);
  return column.numeric ? column : refuse(`There is no column “${name}” ${words}`);
}
