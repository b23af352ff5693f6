// What a condition is made with: two bounds, values, numbers, a text. Each: {root, focus, condition}.

import { make } from "imlkit/elements.js";
import { isoTime } from "imlkit/values.js";
import { ValuePicker } from "./toolbar_values.js";

const BY_KIND = {
  integer: ["range", "numbers", "null"],
  continuous: ["range", "numbers", "nan", "null"],
  latitude: ["range", "nan", "null"],
  longitude: ["range", "nan", "null"],
  datetime: ["range", "null"],
  boolean: ["values", "null"],
  nominal: ["values", "text", "null"],
  text: ["text", "values", "null"],
  image: ["text", "values", "null"],
  audio: ["text", "values", "null"],
};

export function hows(kind) {
  return BY_KIND[kind] ?? ["null"];
}

export function fieldFor(how, link, column, condition, changed) {
  if (how === "range") return column.kind === "datetime" ? new TimeField(column, condition) : new RangeField(column, condition);
  if (how === "values") return new ValuePicker(link, column, condition, changed);
  if (how === "numbers") return new NumbersField(column, condition);
  if (how === "text") return new TextField(column, condition);
  const made = how === "nan" ? { column: column.name, equals: { number: "nan" } } : { column: column.name, null: true };
  return { root: null, focus() {}, condition: () => made };
}

class RangeField {
  constructor(column, condition) {
    this.column = column.name;
    const [low, high] = condition?.range ?? [null, null];
    this.low = this.bound("At least", low);
    this.high = this.bound("At most", high);
    this.closed = make("input", { type: "checkbox" });
    this.closed.checked = condition?.closed ?? true;
    this.root = make("div", { class: "tools" }, make("label", {}, "At least", this.low), make("label", {}, "At most", this.high), make("label", { title: "Whether rows with just the upper value are shown as well" }, this.closed, "including the upper"));
  }

  bound(label, value) {
    return make("input", { type: "number", step: "any", class: "bound", "aria-label": `${label}, ${this.column}`, value: this.written(value) });
  }

  written(value) {
    if (value === null || value === undefined) return "";
    return typeof value === "number" ? String(value) : (value.integer ?? "");
  }

  focus() {
    this.low.focus();
  }

  read(input) {
    if (input.validity.badInput) throw new Error("This is no number: write one such as 12.5.");
    if (input.value === "") return null;
    const value = Number(input.value);
    if (Number.isInteger(value) && !Number.isSafeInteger(value) && /^-?\d+$/.test(input.value)) return { integer: input.value };
    return value;
  }

  order(value) {
    return typeof value === "number" ? value : Number(value.integer);
  }

  condition() {
    const [low, high] = [this.read(this.low), this.read(this.high)];
    if (low === null && high === null) throw new Error("Give a lower bound, an upper one, or both.");
    if (low !== null && high !== null && this.order(low) > this.order(high)) throw new Error("The lower bound is above the upper one: give the lower first.");
    return { column: this.column, range: [low, high], closed: this.closed.checked };
  }
}

class TimeField extends RangeField {
  bound(label, value) {
    return make("input", { type: "datetime-local", step: "0.001", class: "bound", "aria-label": `${label}, ${this.column} (UTC)`, value: this.written(value) });
  }

  written(value) {
    const text = value?.time ?? value?.date;
    if (!text) return "";
    const milliseconds = Date.parse(/Z|[+-]\d\d:\d\d$/.test(text) || text.length <= 10 ? text : `${text}Z`);
    return Number.isNaN(milliseconds) ? "" : isoTime(milliseconds).replace(/(:00)?\.000$/, "");
  }

  read(input) {
    if (input.validity.badInput) throw new Error("This is no time: give a day and an hour.");
    return input.value === "" ? null : { time: isoTime(Date.parse(`${input.value}Z`)) };
  }

  order(value) {
    return Date.parse(`${value.time}Z`);
  }
}

class NumbersField {
  constructor(column, condition) {
    this.column = column;
    const values = condition?.in ?? (condition && "equals" in condition ? [condition.equals] : []);
    const written = values.map((value) => (typeof value === "object" ? (value.integer ?? value.number) : String(value)));
    this.input = make("input", { type: "text", class: "wide", value: written.join(", "), placeholder: "1, 2, 3", "aria-label": `Numbers, ${column.name}`, autocomplete: "off" });
    this.root = make("label", { class: "whole" }, "Numbers, with commas between", this.input);
  }

  focus() {
    this.input.focus();
  }

  condition() {
    const said = this.input.value.split(/[\s,;]+/).filter(Boolean);
    if (!said.length) throw new Error("Write one number, or several with commas between.");
    const values = said.map((text) => {
      const value = Number(text);
      if (["nan", "inf", "-inf"].includes(text.toLowerCase())) return { number: text.toLowerCase() };
      if (!Number.isFinite(value)) throw new Error(`“${text}” is no number: write numbers such as 12 or 0.5.`);
      return /^-?\d+$/.test(text) && !Number.isSafeInteger(value) ? { integer: text } : value;
    });
    return { column: this.column.name, in: values };
  }
}

class TextField {
  constructor(column, condition) {
    this.column = column.name;
    this.input = make("input", { type: "text", class: "wide", value: condition?.text ?? "", placeholder: "Text to look for", "aria-label": `Text to look for in ${column.name}`, autocomplete: "off", maxlength: 1000 });
    this.ways = [
      ["case", "capitals count", "“Cat” is not “cat”"],
      ["word", "whole words", "“cat” is not in “cats”"],
      ["regex", "regular expression", "The text is a pattern such as ^a.*z$"],
    ].map(([way, words, title]) => {
      const box = make("input", { type: "checkbox" });
      box.checked = Boolean(condition?.[way]);
      return { way, box, label: make("label", { title }, box, words) };
    });
    this.root = make("div", { class: "tools" }, this.input, ...this.ways.map(({ label }) => label));
  }

  focus() {
    this.input.focus();
    this.input.select();
  }

  condition() {
    if (!this.input.value) throw new Error("Write the text to look for.");
    const ways = Object.fromEntries(this.ways.map(({ way, box }) => [way, box.checked]));
    return { column: this.column, text: this.input.value, ...ways };
  }
}
