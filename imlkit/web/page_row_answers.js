// Answers about the rows of a table: how many, which, and how they come together.

import { barsOf, condition } from "./page_bars.js";
import { refuse } from "./page_errors.js";
import { compared, sorted } from "./page_order.js";
import { count as countOf, met } from "./page_predicates.js";
import { ranked } from "./page_ranks.js";

const MOST_ROWS = 2_000;
const MOST_IDS = 200_000;
const MOST_GROUPS = 10_000;

export function count(table, question) {
  return { count: countOf(table, met(table, question.filters())), total: table.rows };
}

export function rows(table, question) {
  const start = question.integer("start", 0, Number.MAX_SAFE_INTEGER - MOST_ROWS);
  const stop = question.integer("stop", start, start + MOST_ROWS);
  const found = matched(table, question);
  const columns = chosen(table, question);
  const shown = Array.from(found.subarray(start, stop), (row) => rowOf(columns, row));
  return { total: found.length, rows: shown };
}

export function byId(table, question) {
  const wanted = question.ids("ids", MOST_ROWS);
  const columns = chosen(table, question);
  const found = wanted.map((id) => table.rowOf(id)).filter((row) => row >= 0);
  const whole = question.said.get("whole") === true;
  return { rows: found.map((row) => rowOf(columns, row, whole)) };
}

export function ids(table, question) {
  const most = question.integer("most", 0, MOST_IDS);
  const found = matched(table, question);
  const column = table.column(table.id);
  return { ids: Array.from(found.subarray(0, most), (row) => column.id(row)), total: found.length };
}

export function samples(table, question) {
  const column = question.optionalText("column");
  if (column !== null && !table.told.has(column)) {
    refuse(`There is no column “${column}” to show samples of: choose another.`);
  }
  const whole = question.said.get("whole") === true;
  const wanted = question.ids("ids", MOST_ROWS).filter((id) => table.rowOf(id) >= 0);
  return { samples: wanted.map((id) => table.sample(column, id, whole)) };
}

export function groups(table, question) {
  const most = question.integer("most", 1, MOST_GROUPS);
  const asked = question.groups();
  if (!asked.length) refuse("The rows are put together by no column: name one or several in “groups”.");
  const [filters, divided] = [question.filters(), question.divided()];
  const keys = asked.map((group) => keyOf(table, group));
  const counted = (all) => putTogether(table, keys, met(table, { all }), most);
  const parts = divided?.map((part) => counted([...filters.all, ...part.all])) ?? null;
  return { ...counted(filters.all), parts };
}

// The rows that are met, put together by these keys.
function putTogether(table, keys, mask, most) {
  const combined = combine(keys, mask, table.rows);
  const byCode = (one, other) => keys.reduce((found, _, n) => found || one.codes[n] - other.codes[n], 0);
  combined.sort((one, other) => other.rows - one.rows || byCode(one, other));
  const parts = keys.map(() => new Map());
  const shown = combined.slice(0, most).map(({ codes, rows: size }) => ({
    parts: codes.map((code, n) => {
      if (!parts[n].has(code)) parts[n].set(code, { ...keys[n].part(code), size: 0 });
      const part = parts[n].get(code);
      part.size += size;
      return part;
    }),
    count: size,
  }));
  shown.sort((one, other) => one.parts.reduce((found, part, n) => found || inOrder(part, other.parts[n]), 0));
  return {
    groups: shown.map((group) => ({
      key: group.parts.map((part) => part.key),
      filters: { all: group.parts.map((part) => part.condition) },
      count: group.count,
    })),
    others: combined.length - shown.length,
  };
}

// Numbers ascending, else the most frequent first; what is missing last.
function inOrder(one, other) {
  if ((one.key === null) !== (other.key === null)) return one.key === null ? 1 : -1;
  if ((one.place === null) !== (other.place === null)) return one.place === null ? 1 : -1;
  const difference = one.place === null ? other.size - one.size : one.place - other.place;
  return difference || compared(wordsOf(one.key), wordsOf(other.key));
}

function wordsOf(key) {
  return typeof key === "string" ? key : JSON.stringify(key);
}

// How one column puts rows together: a number a row, of the order of the values, missing ones last.
function keyOf(table, { column: name, bins }) {
  const column = table.column(name, "to group by.");
  if (bins !== null) {
    const bars = barsOf(table, name, bins);
    return { codes: bars.codes, size: bars.length + 1, part: (bar) => partOf(column, bars, bar) };
  }
  if (column.type === "other") refuse(`“${name}” holds ${column.said}: rows are not put together by it.`);
  if (column.words) {
    const part = (code) => valuePart(column, code === column.words.size ? null : column.words.at(code));
    return { codes: column.codes, size: column.words.size + 1, part };
  }
  const { codes, values } = ranked(column);
  const part = (code) => valuePart(column, code === values.length ? null : column.json(values[code]));
  return { codes, size: values.length + 1, part };
}

function valuePart(column, value) {
  if (value === null) return { key: null, condition: { column: column.name, null: true }, place: null };
  return { key: shortKey(value), condition: { column: column.name, equals: value }, place: placeOf(column, value) };
}

function placeOf(column, value) {
  if (typeof value === "boolean" || typeof value === "number") return Number(value);
  if (value.number) return value.number === "nan" ? null : value.number === "inf" ? Infinity : -Infinity;
  if (value.integer) return Number(value.integer);
  return value.time ? Date.parse(column.zone ? value.time : `${value.time}Z`) : null;
}

function shortKey(value) {
  if (typeof value !== "string" || value.length <= 1000) return value;
  const characters = Array.from(value);
  return characters.length <= 1000 ? value : `${characters.slice(0, 999).join("")}…`;
}

function partOf(column, bars, bar) {
  if (bar === bars.length) return { key: null, condition: { column: column.name, null: true }, place: null };
  const made = condition(bars, bar);
  if (made.null) return { key: null, condition: made, place: null };
  if (made.range) return { key: { range: made.range, closed: made.closed }, condition: made, place: bar };
  if ("equals" in made) return { key: made.equals, condition: made, place: bar };
  return { key: made, condition: made, place: bar };
}

// The combinations there are, and how many rows have each.
function combine(keys, mask, total) {
  const found = new Map();
  const cells = keys.reduce((product, key) => product * key.size, 1);
  const named = cells <= Number.MAX_SAFE_INTEGER;
  for (let row = 0; row < total; row += 1) {
    if (mask !== null && !mask[row]) continue;
    let name = named ? 0 : "";
    for (const key of keys) name = named ? name * key.size + key.codes[row] : `${name},${key.codes[row]}`;
    const group = found.get(name);
    if (group) group.rows += 1;
    else found.set(name, { codes: keys.map((key) => key.codes[row]), rows: 1 });
  }
  return [...found.values()];
}

// The numbers of the rows that meet the filters, in the order that is asked for.
function matched(table, question) {
  const filters = question.filters();
  const sort = question.sort();
  const mask = met(table, filters);
  const orders = sort.map(({ column, descending }) => ({ column: table.column(column, "to sort by."), descending }));
  if (orders.length && !sort.some((order) => order.column === table.id)) {
    orders.push({ column: table.column(table.id), descending: false });
  }
  const order = table.orders.get(JSON.stringify(sort), () => sorted(table.rows, orders));
  if (mask === null) return order;
  return table.founds.get(JSON.stringify([filters, sort]), () => {
    const found = new Uint32Array(countOf(table, mask));
    let at = 0;
    for (let n = 0; n < order.length; n += 1) if (mask[order[n]]) found[at++] = order[n];
    return found;
  });
}

function chosen(table, question) {
  const names = question.columns("columns") ?? [...table.told.keys()];
  const columns = names.map((name) => table.column(name, "to show."));
  return columns.some((column) => column.name === table.id) ? columns : [table.column(table.id), ...columns];
}

// Its own properties, whatever columns are called.
function rowOf(columns, row, whole = false) {
  return Object.fromEntries(columns.map((column) => [column.name, column.shown(row, whole)]));
}
