// Conditions on rows as JSON has them: read, checked, and given back in their one form.

import { counted, given, refuse } from "./page_errors.js";
import { scalarOf, valueOf } from "./page_values.js";

const DEEPEST = 50;
const MOST_CONDITIONS = 10_000;
const MOST_VALUES = 100_000;
const LONGEST_PATTERN = 1_000;

// The conditions that all rows shown meet, as {all: […]}. Raises a DataError where it is no filter.
export function filtersOf(said) {
  if (said === null || said === undefined) return { all: [] };
  const found = new Reader().condition(said, 0);
  return found.all ? found : { all: [found] };
}

// The columns that a condition looks at.
export function columnsOf(condition, found = new Set()) {
  if (condition.all || condition.any) for (const part of condition.all ?? condition.any) columnsOf(part, found);
  else if (condition.not) columnsOf(condition.not, found);
  else found.add(condition.column);
  return found;
}

// Conditions without those on exactly one column, for the columns named.
export function without(filters, ...columns) {
  return {
    all: filters.all.filter((part) => {
      const on = columnsOf(part);
      return on.size !== 1 || !columns.includes(on.values().next().value);
    }),
  };
}

class Reader {
  constructor() {
    this.conditions = 0;
  }

  condition(said, depth) {
    this.conditions += 1;
    if (depth > DEEPEST || this.conditions > MOST_CONDITIONS) {
      refuse(
        `The filter has more than ${counted(MOST_CONDITIONS)} conditions, or more than ${DEEPEST} in one ` +
          "another: make it simpler.",
      );
    }
    const names = said !== null && typeof said === "object" && !Array.isArray(said) ? Object.keys(said) : [];
    if (names.length === 1) {
      if (Array.isArray(said.all)) return { all: said.all.map((part) => this.condition(part, depth + 1)) };
      if (Array.isArray(said.any)) return { any: said.any.map((part) => this.condition(part, depth + 1)) };
      if (names[0] === "not") return { not: this.condition(said.not, depth + 1) };
    }
    if (names.includes("column") && typeof said.column === "string") return onColumn(said, names);
    return refuse(`${given(said)} is no filter: give what LinkedState.to_json gave.`);
  }
}

function onColumn(said, names) {
  const { column } = said;
  const only = (...wanted) => names.length === wanted.length + 1 && wanted.every((name) => names.includes(name));
  if (only("equals")) {
    scalarOf(said.equals, column);
    return { column, equals: said.equals };
  }
  if (only("in") && Array.isArray(said.in)) {
    for (const value of said.in) scalarOf(value, column);
    if (said.in.length > MOST_VALUES) {
      refuse(
        `A condition on “${column}” has ${counted(said.in.length)} values: ` +
          `give at most ${counted(MOST_VALUES)}, or a range.`,
      );
    }
    return { column, in: said.in };
  }
  if (only("range", "closed") && Array.isArray(said.range) && said.range.length === 2 && typeof said.closed === "boolean") {
    checkRange(column, said.range);
    return { column, range: said.range, closed: said.closed };
  }
  if (only("null") && said.null === true) return { column, null: true };
  const flags = ["case", "word", "regex"];
  if (only("text", ...flags) && typeof said.text === "string" && flags.every((flag) => typeof said[flag] === "boolean")) {
    if (Array.from(said.text).length > LONGEST_PATTERN) {
      refuse(`What is looked for in “${column}” is no text of at most ${counted(LONGEST_PATTERN)} characters.`);
    }
    return { column, text: said.text, case: said.case, word: said.word, regex: said.regex };
  }
  return refuse(`${given(said)} is no condition on “${column}”: give what LinkedState.to_json gave.`);
}

function checkRange(column, range) {
  const [low, high] = range.map((bound) => (bound === null ? null : valueOf(bound)));
  for (const bound of [low, high]) {
    const fits = bound === null || bound.type === "times" || (bound.type === "numbers" && !Number.isNaN(bound.value));
    if (!fits) refuse(`${bound.words} is no bound of “${column}”: give a number or a time.`);
  }
  if (low === null || high === null) return;
  const said = `The range of “${column}” is from ${low.words} to ${high.words}`;
  if (low.type !== high.type || low.form !== high.form) refuse(`${said}: give two of one kind.`);
  if (high.value < low.value) refuse(`${said}: give the lower first.`);
}
