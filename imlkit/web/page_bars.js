// The bars of a chart of a column, and the bar of each row.

import { fittingBins, place, wholeBins } from "./page_bins.js";
import { refuse } from "./page_errors.js";
import { ranked } from "./page_ranks.js";
import { between } from "./page_times.js";

const SPECIALS = ["null", "nan", "-inf", "inf"];

// The bars: {column, type, bins, values, chosen, specials, length, codes, totals, distinct}
//   bins    {edges, low, high, count} of numbers and times, else null
//   codes   the bar of each row; `length` for rows in none
export function barsOf(table, name, most) {
  return table.bars.get(JSON.stringify([name, most]), () => {
    const column = table.column(name, "to make a chart of.");
    const binned = column.type === "times" || (column.type === "numbers" && column.kind !== "nominal");
    return binned ? ofNumbers(column, most) : ofValues(column, most);
  });
}

// The bars as an answer has them.
export function described(bars) {
  const said = {
    column: bars.column,
    type: bars.type,
    edges: bars.bins ? Array.from(bars.bins.edges) : bars.type === "values" ? null : [],
    values: bars.values,
    specials: bars.specials,
    totals: Array.from(bars.totals),
  };
  if (bars.clock) said.clock = bars.clock;
  if (bars.numbers) said.whole = true;
  return bars.distinct === undefined ? said : { ...said, distinct: bars.distinct };
}

// The condition that a row is in a bar.
export function condition(bars, bar) {
  const { column } = bars;
  if (bar < bars.usual) {
    if (bars.bins === null) return { column, in: [bars.values[bar]] };
    const range = [bars.bins.edges[bar], bars.bins.edges[bar + 1]];
    const closed = bar === bars.usual - 1;
    return { column, ...(bars.type === "times" ? between(...range, closed, bars.clock) : { range, closed }) };
  }
  const special = bars.specials[bar - bars.usual];
  if (special === "null") return { column, null: true };
  if (special !== "others") return { column, equals: { number: special } };
  return { not: { any: [{ column, in: bars.values }, { column, null: true }] } };
}

// How many rows are in each bar, of those that a mask marks.
export function counts(bars, mask) {
  if (mask === null) return bars.totals;
  const found = new Float64Array(bars.length + 1);
  const { codes } = bars;
  for (let row = 0; row < codes.length; row += 1) found[codes[row]] += mask[row];
  return found.subarray(0, bars.length);
}

function ofNumbers(column, most) {
  const found = extent(column);
  const into = column.whole ? wholeBins : fittingBins;
  const bins = found.finite ? into(found.low, found.high, most) : null;
  const specials = SPECIALS.filter((special) => found[special]);
  const usual = bins ? bins.count : 0;
  const length = usual + specials.length;
  const codes = codesFor(column.rows, length);
  const values = chartValues(column);
  if (bins) place(values, bins.edges, codes, length);
  else codes.fill(length);
  const at = new Map(specials.map((special, n) => [special, usual + n]));
  if (at.has("nan") || at.has("inf") || at.has("-inf")) {
    for (let row = 0; row < values.length; row += 1) {
      const value = values[row];
      if (value !== value) codes[row] = at.get("nan") ?? length;
      else if (value === Infinity) codes[row] = at.get("inf") ?? length;
      else if (value === -Infinity) codes[row] = at.get("-inf") ?? length;
    }
  }
  if (at.has("null")) for (let row = 0; row < codes.length; row += 1) if (column.missing[row]) codes[row] = at.get("null");
  const clock = column.type === "times" ? column.clock : null;
  const numbers = Boolean(column.whole);
  return whole({ column: column.name, type: column.type, clock, numbers, bins, values: [], specials, usual, length, codes });
}

// The values that charts bin: times are in milliseconds.
export function chartValues(column) {
  if (column.type !== "times") return column.floats;
  return column.once("milliseconds", () => Float64Array.from(column.floats, (value) => value / 1000));
}

// The least and greatest finite number, and how many rows have none.
function extent(column) {
  return column.once("extent", () => {
    const found = { low: Infinity, high: -Infinity, finite: 0, null: 0, nan: 0, "-inf": 0, inf: 0 };
    const values = chartValues(column);
    const { missing } = column;
    for (let row = 0; row < values.length; row += 1) {
      const value = values[row];
      if (missing !== null && missing[row]) found.null += 1;
      else if (value - value === 0) {
        found.finite += 1;
        if (value < found.low) found.low = value;
        if (value > found.high) found.high = value;
      } else if (value !== value) found.nan += 1;
      else if (value > 0) found.inf += 1;
      else found["-inf"] += 1;
    }
    return found;
  });
}

function ofValues(column, most) {
  if (column.type === "other") refuse(`“${column.name}” holds ${column.said}: charts are of numbers, times and texts.`);
  const { codes: rows, values: all } = column.words ? { codes: column.codes, values: column.words } : ranked(column);
  const size = column.words ? column.words.size : all.length;
  const each = new Uint32Array(size + 1);
  for (let row = 0; row < rows.length; row += 1) each[rows[row]] += 1;
  const nulls = each[size];
  const chosen = frequent(each, size, most);
  let distinct = 0;
  let others = column.rows - nulls;
  for (let n = 0; n < size; n += 1) if (each[n]) distinct += 1;
  for (const value of chosen) others -= each[value];
  const specials = [...(others ? ["others"] : []), ...(nulls ? ["null"] : [])];
  const usual = chosen.length;
  const length = usual + specials.length;
  const bars = new (arrayFor(length))(size + 1).fill(others ? usual : length);
  chosen.forEach((value, n) => {
    bars[value] = n;
  });
  bars[size] = nulls ? length - 1 : length;
  const codes = codesFor(column.rows, length);
  for (let row = 0; row < codes.length; row += 1) codes[row] = bars[rows[row]];
  const values = chosen.map((value) => (column.words ? all.at(value) : column.json(all[value])));
  return whole({ column: column.name, type: "values", bins: null, values, specials, usual, length, codes, distinct });
}

// The most frequent values, equally frequent ones by value.
function frequent(each, size, most) {
  const found = [];
  for (let value = 0; value < size; value += 1) {
    const rows = each[value];
    if (!rows || (found.length === most && rows <= each[found[most - 1]])) continue;
    let low = 0;
    let high = found.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (each[found[middle]] >= rows) low = middle + 1;
      else high = middle;
    }
    found.splice(low, 0, value);
    if (found.length > most) found.pop();
  }
  return found;
}

function whole(bars) {
  const totals = new Float64Array(bars.length + 1);
  for (let row = 0; row < bars.codes.length; row += 1) totals[bars.codes[row]] += 1;
  return { ...bars, totals: totals.subarray(0, bars.length) };
}

function arrayFor(length) {
  return length < 256 ? Uint8Array : length < 65_536 ? Uint16Array : Uint32Array;
}

function codesFor(rows, length) {
  return new (arrayFor(length))(rows);
}
