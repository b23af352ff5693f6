// What a linked state shows, as Seen has it in JSON: read and checked.

import { filtersOf } from "./page_conditions.js";
import { counted, given, refuse } from "./page_errors.js";

const PARTS = ["filters", "groups", "selection", "sort"];
const MOST = 1_000_000;
const MOST_BINS = 10_000;

// What a text describes. Raises a DataError where it describes no state, or one that is too large.
export function seenFrom(text) {
  if (text.length > MOST) refuse(`The state has ${counted(text.length)} characters: at most ${counted(MOST)} are read.`);
  let said;
  try {
    said = JSON.parse(text);
  } catch {
    refuse("The state is no JSON: give what to_json gave, whole.");
  }
  return seenOf(said);
}

// The same in its one form: what is as at first is left out.
export function seenOf(said) {
  const names = said !== null && typeof said === "object" && !Array.isArray(said) ? Object.keys(said) : null;
  if (names === null || !names.every((name) => PARTS.includes(name))) {
    refuse("This is no state of linked views: give what to_json gave.");
  }
  const found = {
    filters: filtersOf(said.filters),
    groups: groupsOf(said.groups ?? []),
    selection: idsOf(said.selection ?? []),
    sort: sortOf(said.sort ?? []),
  };
  const seen = {};
  if (found.filters.all.length) seen.filters = found.filters;
  for (const part of PARTS.slice(1)) if (found[part].length) seen[part] = found[part];
  return seen;
}

export function groupsOf(said) {
  return listed(said, "Group").map((group) => {
    fields(group, "Group", "column", "bins");
    const { column, bins = null } = group;
    if (typeof column !== "string") refuse(`A group is of ${given(column)}: give the name of a column.`);
    if (bins !== null && !(Number.isInteger(bins) && bins >= 1 && bins <= MOST_BINS)) {
      refuse(`${given(bins)} is no number of bins: give 1 to ${counted(MOST_BINS)}, or None for values.`);
    }
    return { column, bins };
  });
}

export function sortOf(said) {
  return listed(said, "Order").map((order) => {
    fields(order, "Order", "column", "descending");
    const { column, descending = false } = order;
    if (typeof column !== "string" || typeof descending !== "boolean") {
      refuse(`${given(column)}, ${given(descending)} is no order: give a column, and True or False.`);
    }
    return { column, descending };
  });
}

export function idsOf(said) {
  if (!Array.isArray(said)) refuse(`${given(said)} is no selection: set the ids of rows, as a list.`);
  for (const id of said) {
    if (typeof id !== "string" && !Number.isInteger(id)) {
      refuse(`${given(id)} is no id of a row: ids are texts or whole numbers.`);
    }
  }
  return [...new Set(said)];
}

function listed(said, kind) {
  return Array.isArray(said) ? said : refuse(`${given(said)} is no ${kind}: set one, or several.`);
}

function fields(said, kind, ...known) {
  const fits = said !== null && typeof said === "object" && Object.keys(said).every((name) => known.includes(name));
  if (!fits) refuse(`${given(said)} is no ${kind}: give what LinkedState.to_json gives.`);
}
