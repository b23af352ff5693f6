// A table whose columns are in the page's own files, and what is asked of it.

import { Latest } from "./page_cache.js";
import * as charts from "./page_chart_answers.js";
import { Column } from "./page_columns.js";
import { columnsOf, filtersOf } from "./page_conditions.js";
import { given, refuse } from "./page_errors.js";
import { Question } from "./page_question.js";
import * as pointsOf from "./page_point_answers.js";
import * as rowsOf from "./page_row_answers.js";
import { Samples } from "./page_samples.js";

const BYTES = 200_000_000; // of each kind of what is kept, at a byte a row
const PREVIEWED = 8; // columns of a row in small

const ANSWERS = new Map([
  ["count", rowsOf.count],
  ["rows", rowsOf.rows],
  ["by_id", rowsOf.byId],
  ["ids", rowsOf.ids],
  ["groups", rowsOf.groups],
  ["samples", rowsOf.samples],
  ["bars", charts.bars],
  ["counts", charts.counts],
  ["cube", charts.cube],
  ["pairs", charts.pairs],
  ["points", pointsOf.points],
  ["inside", pointsOf.inside],
]);

export class Table {
  // told: {title, id, rows, columns: [{name, kind, type, said, …}], samples}
  // fetch: a function that returns a promise of what the file of a column's number holds
  // fetchSamples: the same, of the samples of a column, by its number among those that have some
  constructor(told, fetch, fetchSamples) {
    this.id = told.id;
    this.rows = told.rows;
    this.title = told.title;
    this.told = new Map(told.columns.map((column, number) => [column.name, { ...column, number }]));
    this.sampled = new Map((told.samples ?? []).map((name, number) => [name, number]));
    this.samples = new Map();
    this.fetch = fetch;
    this.fetchSamples = fetchSamples;
    this.coming = new Map();
    this.columns = new Map();
    const fitting = (most) => Math.max(Math.min(most, Math.floor(BYTES / (this.rows + 1))), 4);
    this.masks = new Latest(fitting(48));
    this.bars = new Latest(fitting(256));
    this.positions = new Latest(fitting(32));
    this.orders = new Latest(4);
    this.founds = new Latest(4);
  }

  // Brings the columns of these names; others there are none of.
  load(names) {
    return Promise.all([...names].filter((name) => this.told.has(name)).map((name) => this.bring(name)));
  }

  bring(name) {
    const told = this.told.get(name);
    return this.once(`column ${name}`, () => this.fetch(told.number), (held) => {
      this.columns.set(name, new Column(told, held, this.rows));
    });
  }

  bringSamples(name) {
    const number = this.sampled.get(name);
    return this.once(`samples ${name}`, () => this.fetchSamples(number), (held) => {
      this.samples.set(name, new Samples(held));
    });
  }

  // Fetches something that is not here or on its way yet.
  once(name, fetch, take) {
    if (!this.coming.has(name)) {
      const coming = fetch().then(take);
      this.coming.set(name, coming);
      coming.catch(() => this.coming.delete(name));
    }
    return this.coming.get(name);
  }

  column(name, purpose = null) {
    if (this.columns.has(name)) return this.columns.get(name);
    return refuse(`There is no column “${name}”${purpose === null ? `: the table has ${this.listed()}.` : ` ${purpose}`}`);
  }

  listed() {
    const names = [...this.told.keys()].map((name) => `“${name}”`);
    return names.length <= 10 ? names.join(", ") : `${names.slice(0, 10).join(", ")} and ${names.length - 10} more`;
  }

  // The number of the row of an id, or -1.
  rowOf(id) {
    const column = this.column(this.id);
    if (column.words) {
      if (typeof id !== "string") refuse(`“${this.id}” holds text: it cannot be compared with ${id}.`);
      const word = column.words.find(id);
      return word < 0 ? -1 : column.once("rows", () => inverted(column.codes))[word];
    }
    if (typeof id !== "number") refuse(`“${this.id}” holds numbers: it cannot be compared with ${given(id)}.`);
    const rows = column.once("rows", () => new Map(Array.from(column.floats, (value, row) => [value, row])));
    return rows.get(id) ?? -1;
  }

  // What is shown of a row's picture, sound or other sample.
  sample(column, id, whole) {
    const kept = this.samples.get(column);
    return kept ? kept.of(this.rowOf(id), id, whole) : this.words(column, id, whole);
  }

  words(column, id, whole) {
    const row = this.rowOf(id);
    const names = column === null ? [...this.told.keys()].slice(0, whole ? undefined : PREVIEWED) : [column];
    const columns = names.map((name) => this.column(name));
    const text = columns.map((one) => {
      const value = one.shown(row, whole);
      const said = value === null ? "no value" : typeof value === "object" ? Object.values(value)[0] : String(value);
      return column === null ? `${one.name}: ${said}` : said;
    });
    return { id, media_type: "text/plain", data: null, url: null, text: text.join("\n") };
  }

  // The answer to a question, once the columns that it needs are here.
  async answer(said) {
    await this.load(this.needed(said));
    if (said?.ask === "samples" && this.sampled.has(said.column)) await this.bringSamples(said.column);
    const question = new Question(said);
    const answer = ANSWERS.get(question.text("ask"));
    return answer ? answer(this, question) : refuse(`Nobody answers ${given(said.ask)}: ask one of ${[...ANSWERS.keys()].join(", ")}.`);
  }

  // The names of the columns that a question is about; more than there are may be among them.
  needed(said) {
    const question = said !== null && typeof said === "object" ? said : {};
    const names = new Set([this.id, question.mean, question.column]);
    for (const part of ["x", "y", "color", "active"]) names.add([question[part]].flat()[0]);
    for (const part of ["charts", "groups", "sort"]) {
      for (const each of Array.isArray(question[part]) ? question[part] : []) names.add(Array.isArray(each) ? each[0] : each?.column);
    }
    const every = ["rows", "by_id"].includes(question.ask) && !Array.isArray(question.columns);
    const shown = every ? this.told.keys() : [question.columns ?? []].flat();
    for (const name of shown) names.add(name);
    if (question.ask === "samples" && typeof question.column !== "string") {
      for (const name of [...this.told.keys()].slice(0, question.whole ? undefined : PREVIEWED)) names.add(name);
    }
    if (question.filters) columnsOf(filtersOf(question.filters), names);
    return names;
  }
}

function inverted(codes) {
  const rows = new Uint32Array(codes.length);
  for (let row = 0; row < codes.length; row += 1) rows[codes[row]] = row;
  return rows;
}
