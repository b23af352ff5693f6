// Which rows meet a condition: one byte a row, 1 where it is met.

import { refuse } from "./page_errors.js";
import { expression, literal } from "./page_pattern.js";
import { fitting, valueOf } from "./page_values.js";

const BESIDE = "[^\\p{L}\\p{M}\\p{N}_]";
const ASCII = /^[\x00-\x7f]*$/;

// The rows that meet a condition; null where all do. Raises a DataError where it does not fit.
export function met(table, condition) {
  if (condition.all && condition.all.length === 0) return null;
  if (condition.all && condition.all.length === 1) return met(table, condition.all[0]);
  return table.masks.get(JSON.stringify(condition), () => reckoned(table, condition));
}

// How many rows meet it.
export function count(table, mask) {
  if (mask === null) return table.rows;
  let found = 0;
  for (let row = 0; row < mask.length; row += 1) found += mask[row];
  return found;
}

function reckoned(table, condition) {
  if (condition.all) return together(table, condition.all, 1);
  if (condition.any) return together(table, condition.any, 0);
  if (condition.not) {
    const inner = met(table, condition.not);
    const mask = new Uint8Array(table.rows);
    if (inner !== null) for (let row = 0; row < mask.length; row += 1) mask[row] = inner[row] ^ 1;
    return mask;
  }
  const column = table.column(condition.column);
  if (condition.null) return column.missing ?? new Uint8Array(table.rows);
  if ("equals" in condition) return oneOf(column, [condition.equals]);
  if (condition.in) return oneOf(column, condition.in);
  if (condition.range) return inRange(column, condition);
  return contains(column, condition);
}

function together(table, parts, every) {
  const mask = new Uint8Array(table.rows).fill(every);
  for (const part of parts) {
    const other = met(table, part);
    if (other === null) {
      if (!every) mask.fill(1);
    } else if (every) for (let row = 0; row < mask.length; row += 1) mask[row] &= other[row];
    else for (let row = 0; row < mask.length; row += 1) mask[row] |= other[row];
  }
  return mask;
}

function oneOf(column, said) {
  const wanted = said.map((value) => fitting(column, valueOf(value)));
  if (column.words) {
    const hits = new Uint8Array(column.words.size + 1);
    for (const text of wanted) {
      const found = column.words.find(text);
      if (found >= 0) hits[found] = 1;
    }
    return looked(column.codes, hits);
  }
  const mask = column.long ? amongLong(column, wanted) : among(column.values, wanted.map(Number));
  return present(column, mask);
}

function among(values, wanted) {
  const mask = new Uint8Array(values.length);
  if (wanted.length === 1 && !Number.isNaN(wanted[0])) {
    const [one] = wanted;
    for (let row = 0; row < mask.length; row += 1) mask[row] = values[row] === one ? 1 : 0;
  } else if (wanted.length) {
    // To a set NaN equals NaN, and 0 is −0.
    const set = new Set(wanted);
    for (let row = 0; row < mask.length; row += 1) mask[row] = set.has(values[row]) ? 1 : 0;
  }
  return mask;
}

// Integers are compared with integers to the last digit, with other numbers as numbers.
function amongLong({ values, floats }, wanted) {
  const whole = (value) => typeof value === "bigint" || Number.isSafeInteger(value);
  const exact = new Set(wanted.filter(whole).map(BigInt));
  const near = new Set(wanted.filter((value) => !whole(value)));
  const mask = new Uint8Array(values.length);
  for (let row = 0; row < mask.length; row += 1) mask[row] = exact.has(values[row]) || near.has(floats[row]) ? 1 : 0;
  return mask;
}

function inRange(column, { range, closed }) {
  const [low, high] = range.map((bound) => (bound === null ? null : fitting(column, valueOf(bound))));
  if (low === null && high === null && column.words) {
    return present(column, new Uint8Array(column.rows).fill(1));
  }
  const values = column.values;
  const mask = new Uint8Array(values.length);
  const least = low ?? -Infinity;
  const most = high ?? Infinity;
  if (high === null || closed) {
    for (let row = 0; row < mask.length; row += 1) mask[row] = values[row] >= least && values[row] <= most ? 1 : 0;
  } else for (let row = 0; row < mask.length; row += 1) mask[row] = values[row] >= least && values[row] < most ? 1 : 0;
  return present(column, mask);
}

function contains(column, condition) {
  const holds = searched(column, condition);
  const { words } = column;
  const hits = new Uint8Array(words.size + 1);
  for (let n = 0; n < words.size; n += 1) hits[n] = holds(words.at(n)) ? 1 : 0;
  return looked(column.codes, hits);
}

// The search for a text in a column, as a function of a text.
export function searched(column, { text, case: capitals, word, regex }) {
  if (column.said !== "text") {
    refuse(`“${column.name}” holds ${column.said}: a text can be looked for in a column of text only.`);
  }
  if (!text.isWellFormed()) return regex ? refuse(`“${text}” is no regular expression of this page.`) : () => false;
  if (!regex && !word) {
    if (capitals) return (value) => value.includes(text);
    const fold = ASCII.test(text) ? lowered : folded;
    const wanted = fold(text);
    return (value) => fold(value).includes(wanted);
  }
  const wrap = (source) => (word ? `(?:^|${BESIDE})(?:${source})(?:$|${BESIDE})` : source);
  const found = regex
    ? expression(text, !capitals, wrap)
    : new RegExp(wrap(Array.from(text, literal).join("")), capitals ? "u" : "iu");
  return (value) => found.test(value);
}

// Every character by itself: what stands around it does not count, and none becomes two.
function lowered(text) {
  if (ASCII.test(text)) return text.toLowerCase();
  return Array.from(text, (one) => (one === "\u0130" ? "i" : one.toLowerCase())).join("");
}

function folded(text) {
  if (ASCII.test(text)) return text.toUpperCase();
  return Array.from(lowered(text), (one) => (Array.from(one.toUpperCase()).length > 1 ? one : one.toUpperCase())).join("");
}

function looked(codes, hits) {
  const mask = new Uint8Array(codes.length);
  for (let row = 0; row < mask.length; row += 1) mask[row] = hits[codes[row]];
  return mask;
}

function present(column, mask) {
  const { missing } = column;
  if (missing !== null) for (let row = 0; row < mask.length; row += 1) mask[row] &= missing[row] ^ 1;
  return mask;
}
