// Whether a state fits a table, told by what its columns are, without their values.

import { refuse } from "./page_errors.js";
import { searched } from "./page_predicates.js";
import { fitting, valueOf } from "./page_values.js";

// Raises a DataError where a table has no such column, or one that a condition cannot be on.
export function checkSeen(table, seen) {
  if (seen.filters) checkCondition(table, seen.filters);
  for (const { column } of seen.groups ?? []) told(table, column, "to group by.");
  for (const { column } of seen.sort ?? []) told(table, column, "to sort by.");
}

function checkCondition(table, condition) {
  const parts = condition.all ?? condition.any ?? (condition.not ? [condition.not] : null);
  if (parts) {
    for (const part of parts) checkCondition(table, part);
    return;
  }
  const column = told(table, condition.column, `: the table has ${table.listed()}.`);
  const values = condition.in ?? ("equals" in condition ? [condition.equals] : (condition.range ?? []));
  for (const value of values) if (value !== null) fitting(column, valueOf(value));
  if ("text" in condition) searched(column, condition);
}

function told(table, name, words) {
  return table.told.get(name) ?? refuse(`There is no column “${name}”${words.startsWith(":") ? "" : " "}${words}`);
}
