// Answers that charts are drawn from: bars, counts, and the counts of every brush.

import { barsOf, chartValues, counts as counted, described } from "./page_bars.js";
import { fittingBins, place } from "./page_bins.js";
import { without } from "./page_conditions.js";
import { counted as words, refuse } from "./page_errors.js";
import { met } from "./page_predicates.js";

const MOST_BARS = 5_000;
const MOST_POSITIONS = 2_000;
const MOST_CELLS = 4_000_000;

export function bars(table, question) {
  return described(barsOf(table, question.text("column"), question.integer("most", 1, MOST_BARS)));
}

export function counts(table, question) {
  const charts = question.charts("charts").map((chart) => barsOf(table, ...chart));
  const filters = question.filters();
  const divided = question.divided();
  const mean = question.optionalText("mean");
  const masks = charts.map((chart) => met(table, without(filters, chart.column)));
  const within = (part) => charts.map((chart) => Array.from(counted(chart, met(table, both(part, without(filters, chart.column))))));
  return {
    counts: charts.map((chart, n) => Array.from(counted(chart, masks[n]))),
    means: mean === null ? null : charts.map((chart, n) => means(chart, numbers(table, mean), masks[n])),
    parts: divided && divided.map(within),
  };
}

export function cube(table, question) {
  const active = barsOf(table, ...question.chart("active"));
  const charts = question.charts("charts", 100).map((chart) => barsOf(table, ...chart));
  const positions = question.integer("positions", 1, MOST_POSITIONS);
  const divided = question.divided();
  cells(positions, charts.reduce((sum, chart) => sum + chart.length, 0) * (1 + (divided?.length ?? 0)));
  if (active.type === "values") refuse(`“${active.column}” is no chart of numbers or times: only those can be brushed.`);
  const filters = question.filters();
  const bins = active.bins && fittingBins(active.bins.low, active.bins.high, positions);
  const edges = bins ? bins.edges : new Float64Array(0);
  const count = bins ? bins.count : 0;
  const brushed = positionsOf(table, active, edges, count);
  const summed = (part) =>
    charts.map((chart) => sums(brushed, count, chart, met(table, both(part, without(filters, active.column, chart.column)))));
  return { edges, sums: summed({ all: [] }), parts: divided && divided.map(summed) };
}

export function pairs(table, question) {
  const [x, y] = ["x", "y"].map((part) => barsOf(table, ...question.chart(part)));
  const [filters, divided] = [question.filters(), question.divided()];
  cells(x.length, y.length * (1 + (divided?.length ?? 0)));
  const counted = (within) => paired(x, y, met(table, within));
  return { counts: counted(filters), parts: divided?.map((part) => counted(both(filters, part))) ?? null };
}

function paired(x, y, mask) {
  const width = y.length + 1;
  const found = crossed(x.codes, x.length, y.codes, width, mask);
  const kept = new Float64Array(x.length * y.length);
  for (let i = 0; i < x.length; i += 1) {
    for (let j = 0; j < y.length; j += 1) kept[i * y.length + j] = found[i * width + j];
  }
  return kept;
}

const both = (one, other) => ({ all: [...one.all, ...other.all] });

// The position of each row in a brushed chart; as many as there are positions for rows in none.
function positionsOf(table, active, edges, count) {
  return table.positions.get(JSON.stringify([active.column, count]), () => {
    const column = table.column(active.column);
    const codes = new (count < 256 ? Uint8Array : Uint16Array)(table.rows);
    if (count) place(chartValues(column), edges, codes, count);
    if (column.missing) for (let row = 0; row < codes.length; row += 1) if (column.missing[row]) codes[row] = count;
    return codes;
  });
}

function sums(brushed, positions, chart, mask) {
  const width = chart.length + 1;
  const found = crossed(brushed, positions, chart.codes, width, mask);
  const summed = new Float64Array((positions + 1) * chart.length);
  for (let p = 0; p < positions; p += 1) {
    for (let b = 0; b < chart.length; b += 1) {
      summed[(p + 1) * chart.length + b] = summed[p * chart.length + b] + found[p * width + b];
    }
  }
  return summed;
}

// How many rows have each pair of numbers; those in no bar have the last one.
function crossed(one, most, other, width, mask) {
  const found = new Uint32Array((most + 1) * width);
  if (mask === null) for (let row = 0; row < one.length; row += 1) found[one[row] * width + other[row]] += 1;
  else for (let row = 0; row < one.length; row += 1) found[one[row] * width + other[row]] += mask[row];
  return found;
}

function means(chart, { floats, missing }, mask) {
  const totals = new Float64Array(chart.length + 1);
  const sizes = new Float64Array(chart.length + 1);
  for (let row = 0; row < floats.length; row += 1) {
    const value = floats[row];
    if (value - value !== 0 || (mask !== null && !mask[row]) || (missing !== null && missing[row])) continue;
    totals[chart.codes[row]] += value;
    sizes[chart.codes[row]] += 1;
  }
  return Array.from({ length: chart.length }, (_, bar) => (sizes[bar] ? totals[bar] / sizes[bar] : null));
}

function numbers(table, name) {
  const column = table.column(name, "of numbers to take the mean of.");
  return column.numeric || column.type === "truth" ? column : refuse(`There is no column “${name}” of numbers to take the mean of.`);
}

function cells(one, other) {
  if (one * other > MOST_CELLS) refuse(`That are ${words(one * other)} counts: ask for fewer bars or positions.`);
}
