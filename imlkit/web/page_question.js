// A question about a table: read part by part, nothing of it trusted.

import { filtersOf } from "./page_conditions.js";
import { counted, given, refuse } from "./page_errors.js";
import { groupsOf, idsOf, sortOf } from "./page_seen.js";

const MOST_PARTS = 20; // groups that rows are divided into at once

export class Question {
  constructor(said) {
    if (said === null || typeof said !== "object" || Array.isArray(said)) {
      refuse(`${given(said)} is no question about a table.`);
    }
    this.said = new Map(Object.entries(said));
  }

  text(part) {
    return typeof this.said.get(part) === "string" ? this.said.get(part) : this.wrong(part, "a text");
  }

  optionalText(part) {
    return this.lacks(part) ? null : this.text(part);
  }

  integer(part, least, most) {
    const value = this.said.get(part);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    return this.wrong(part, `a whole number from ${counted(least)} to ${counted(most)}`);
  }

  filters() {
    return filtersOf(this.said.get("filters"));
  }

  // What the rows of each group meet, or null where rows are not divided.
  divided() {
    return this.lacks("parts") ? null : this.several("parts", MOST_PARTS).map((each) => filtersOf(each));
  }

  chart(part) {
    return chartOf(this.said.get(part), part);
  }

  optionalChart(part) {
    return this.lacks(part) ? null : this.chart(part);
  }

  charts(part, most = 1000) {
    return this.several(part, most).map((each) => chartOf(each, part));
  }

  columns(part, most = 1000) {
    if (this.lacks(part)) return null;
    const names = this.several(part, most);
    if (!names.every((name) => typeof name === "string")) this.wrong(part, "a list of names of columns");
    return [...new Set(names)];
  }

  ids(part, most) {
    return idsOf(this.several(part, most));
  }

  sort() {
    return this.said.has("sort") ? sortOf(this.several("sort", 100)) : [];
  }

  groups() {
    return groupsOf(this.several("groups", 10));
  }

  numbers(part, count) {
    return this.lacks(part) ? null : finite(this.said.get(part), count, part);
  }

  points(part, most) {
    return this.several(part, most).map((each) => finite(each, 2, part));
  }

  lacks(part) {
    return this.said.get(part) === null || this.said.get(part) === undefined;
  }

  several(part, most) {
    const value = this.said.get(part);
    return Array.isArray(value) && value.length <= most ? value : this.wrong(part, `a list of at most ${counted(most)}`);
  }

  wrong(part, wanted) {
    return refuse(`${given(this.said.get(part))} is given as “${part}”: it must be ${wanted}.`);
  }
}

function chartOf(said, part) {
  const [column, most] = Array.isArray(said) && said.length === 2 ? said : [];
  if (typeof column === "string" && Number.isInteger(most) && most >= 1 && most <= 10_000) return [column, most];
  return refuse(`${given(said)} is no chart, in “${part}”: give a column and a number of bars.`);
}

function finite(said, count, part) {
  const fits = (Array.isArray(said) || ArrayBuffer.isView(said)) && said.length === count;
  if (fits && said.every(Number.isFinite)) return Array.from(said);
  return refuse(`${given(said)} is given in “${part}”: it must be ${count} finite numbers.`);
}
