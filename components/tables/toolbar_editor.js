// One condition, made or changed: a column, how it is asked about, and with what.

import { button, make, put, say } from "imlkit/elements.js";
import { ColumnChoice } from "imlkit/column_choice.js";
import { rows } from "imlkit/values.js";
import { fieldFor, hows } from "./toolbar_fields.js";

const TYPING = 350; // milliseconds after a stroke until the rows that would be left are counted
const WORDS = { range: "is in a range", values: "is one of", numbers: "is one of the numbers", text: "contains a text", null: "is missing", nan: "is NaN" };

// How a condition asks about its column, or null where the editor cannot show it.
function howOf(condition, kind) {
  if (condition.range) return "range";
  if ("text" in condition) return "text";
  if (condition.null) return "null";
  if (condition.equals?.number === "nan") return "nan";
  if ("equals" in condition || condition.in) return hows(kind).includes("values") ? "values" : "numbers";
  return null;
}

export function editable(condition, columns) {
  const column = columns.find(({ name }) => name === condition.column);
  if (!column) return false;
  const how = howOf(condition, column.kind);
  return how !== null && hows(column.kind).includes(how);
}

export class ConditionEditor {
  // done(condition) once it is to be met; closed() when the editor is gone.
  constructor(link, done, closed) {
    this.link = link;
    this.done = done;
    this.closed = closed;
    this.columns = new ColumnChoice("Column", (name) => this.choose(name));
    this.how = make("select", { "aria-label": "Condition", onchange: () => this.ask(this.how.value, null) });
    this.place = make("div", { class: "field" });
    this.preview = make("span", { class: "quiet", role: "status" });
    this.problem = make("p", { class: "problem", role: "alert", hidden: true });
    this.apply = make("button", { type: "submit", class: "main", textContent: "Apply" });
    const foot = make("div", { class: "tools" }, this.apply, button("Cancel", () => this.close()), this.preview);
    this.root = make("form", { class: "editor", "aria-label": "Filter", hidden: true, novalidate: true }, make("div", { class: "tools" }, this.columns.root, this.how), this.place, this.problem, foot);
    this.root.onsubmit = (event) => {
      event.preventDefault();
      this.submit();
    };
    this.root.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      this.close();
    });
    this.root.addEventListener("input", () => this.typed());
  }

  open(condition) {
    const { columns } = this.link.table;
    this.root.hidden = false;
    this.fail("");
    if (!columns.length) {
      this.place.replaceChildren(make("p", { class: "quiet", textContent: "This table has no columns to filter by." }));
      this.how.hidden = this.apply.hidden = true;
      return;
    }
    this.how.hidden = this.apply.hidden = false;
    const first = columns.find(({ name, kind }) => name !== this.link.table.id && !["embedding", "other"].includes(kind)) ?? columns[0];
    this.choose(condition?.column ?? first.name, condition);
    if (condition) this.field.focus();
    else this.columns.field.querySelector("select, input").focus();
  }

  choose(name, condition = null) {
    const { columns } = this.link.table;
    this.column = columns.find((column) => column.name === name);
    this.columns.show([["", columns.map((column) => [column.name, column.name.trim() === "" ? `“${column.name}”` : column.name])]], name);
    const ways = hows(this.column.kind);
    this.how.replaceChildren(...ways.map((way) => make("option", { value: way, textContent: WORDS[way] })));
    this.how.hidden = false;
    this.ask(condition ? howOf(condition, this.column.kind) : ways[0], condition);
  }

  ask(how, condition) {
    this.how.value = how;
    this.field?.dispose?.();
    this.field = fieldFor(how, this.link, this.column, condition, () => this.typed());
    this.place.replaceChildren(...(this.field.root ? [this.field.root] : []));
    this.fail("");
    this.typed();
  }

  // Tells how many rows meet what is typed, by themselves.
  typed() {
    clearTimeout(this.waiting);
    this.turn = (this.turn ?? 0) + 1;
    const { turn } = this;
    this.waiting = setTimeout(async () => {
      let said = "";
      try {
        const { count } = await this.count(this.field.condition());
        said = `${rows(count)} of the whole table`;
      } catch (error) {
        if (error.name === "Replaced") return;
      }
      if (turn === this.turn) say(this.preview, said);
    }, TYPING);
  }

  count(condition) {
    return this.link.ask({ ask: "count", filters: { all: [condition] } }, { slot: "tried" });
  }

  // What cannot be met, such as a pattern that is none, is told here and becomes no filter.
  async submit() {
    clearTimeout(this.waiting);
    this.turn = (this.turn ?? 0) + 1;
    const { turn } = this;
    try {
      const condition = this.field.condition();
      put(this.apply, "aria-busy", "true");
      await this.count(condition);
      if (turn === this.turn && !this.root.hidden) this.done(condition);
    } catch (error) {
      if (error.name !== "Replaced") this.fail(error.message);
    } finally {
      put(this.apply, "aria-busy", null);
    }
  }

  fail(words) {
    say(this.problem, words);
    this.problem.hidden = !words;
  }

  close() {
    if (this.root.hidden) return;
    this.dispose();
    this.root.hidden = true;
    this.closed();
  }

  dispose() {
    clearTimeout(this.waiting);
    this.turn = (this.turn ?? 0) + 1;
    this.field?.dispose?.();
    say(this.preview, "");
  }
}
