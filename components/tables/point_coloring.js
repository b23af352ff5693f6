// What points can be coloured by: columns, and how finely; the groups that rows are put together in.

import { grouped } from "imlkit/groups.js";

export const NUMBERS = ["integer", "continuous", "latitude", "longitude"];
const MOST_VALUES = 12; // with a colour and shape of their own
const VALUES = ["boolean", "nominal", "text"];
const COLORED = [...NUMBERS, ...VALUES, "datetime"];

// What points are coloured by: {groups} | {column, chart} | null for nothing.
// color: a column's name; null for the groups, where there are some; false for nothing whatever is grouped.
export function coloring(link, color) {
  const { table, seen } = link;
  const column = table.columns.find(({ name }) => name === color);
  if (column) return { column: color, chart: [color, VALUES.includes(column.kind) ? MOST_VALUES : 24] };
  return color !== false && grouped(seen) ? { groups: seen.groups } : null;
}

// The choices of a person, as a ColumnChoice takes them, and the one that holds.
export function colorings(link, color, without = []) {
  const named = link.table.columns.filter(({ name, kind }) => COLORED.includes(kind) && !without.includes(name)).map(({ name }) => [name, name]);
  const [nothing, now] = grouped(link.seen) ? [[[null, "the groups"], [false, "nothing"]], color ?? null] : [[[null, "nothing"]], color || null];
  return [[["", nothing], [nothing.length > 1 ? "Columns" : "", named]], now];
}
