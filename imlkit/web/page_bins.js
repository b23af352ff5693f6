// Bins of equal width by numpy's rule, to the last bit.

import { counted, refuse } from "./page_errors.js";

// Edges as numpy.linspace gives them.
function edgesOf(low, high, count) {
  const edges = new Float64Array(count + 1);
  const span = high - low;
  const step = span / count;
  for (let n = 0; n <= count; n += 1) edges[n] = (step === 0 ? (n / count) * span : n * step) + low;
  edges[count] = high;
  return edges;
}

// The outer edges of bins; a single value has half a unit to each side.
function spanOf(low, high) {
  return low === high ? [low - 0.5, high + 0.5] : [low, high];
}

// {edges, low, high, count}. Raises a DataError where there are no such bins.
function binsOf(low, high, count) {
  const said = `${low} to ${high}`;
  if (!(Number.isFinite(low) && Number.isFinite(high) && low <= high)) {
    refuse(`There are no bins from ${said}: give two finite numbers.`);
  }
  if (!Number.isFinite(high - low)) refuse(`From ${said} is too far for bins of equal width.`);
  const bins = { edges: edgesOf(...spanOf(low, high), count), low, high, count };
  if (!rising(bins.edges)) refuse(`There are no ${counted(count)} numbers from ${said}: give fewer bins.`);
  return bins;
}

// As many bins as asked for, or as there are numbers for.
export function fittingBins(low, high, count) {
  let wanted = count;
  while (wanted > 1) {
    try {
      return binsOf(low, high, wanted);
    } catch {
      wanted = Math.floor(wanted / 2);
    }
  }
  return binsOf(low, high, 1);
}

const HALVES = 2 ** 51;

// At most so many bins that each hold equally many whole numbers; edges lie half-way between.
export function wholeBins(low, high, most) {
  if (Math.max(Math.abs(low), Math.abs(high)) >= HALVES) return fittingBins(low, high, most);
  const width = Math.ceil((high - low + 1) / most);
  const count = Math.ceil((high - low + 1) / width);
  return binsOf(low - 0.5, low - 0.5 + width * count, count);
}

// The bin of each value, written to `codes`; `none` where it is in none.
export function place(values, edges, codes, none) {
  const last = edges.length - 2;
  const low = edges[0];
  const high = edges[last + 1];
  const finest = (last + 1) / (high - low);
  const scale = Number.isFinite(finest) ? finest : 0;
  for (let row = 0; row < values.length; row += 1) {
    const value = values[row];
    if (value >= low && value <= high) {
      // An estimate, mended by comparing with the edges themselves.
      let bin = Math.min(Math.trunc((value - low) * scale), last);
      while (bin > 0 && value < edges[bin]) bin -= 1;
      while (bin < last && value >= edges[bin + 1]) bin += 1;
      codes[row] = bin;
    } else codes[row] = none;
  }
}

function rising(edges) {
  for (let n = 1; n < edges.length; n += 1) if (!(edges[n] > edges[n - 1])) return false;
  return true;
}
