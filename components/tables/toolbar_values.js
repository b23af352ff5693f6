// Values of a column to choose among, found by typing, with how many rows have each.

import { make, say } from "imlkit/elements.js";
import { usual } from "imlkit/bars.js";
import { count, words } from "imlkit/values.js";

const KNOWN = 200; // values that are fetched at first
const LISTED = 50;
const TYPING = 250; // milliseconds after a stroke until other values are looked for

export class ValuePicker {
  constructor(link, column, condition, changed) {
    this.link = link;
    this.column = column;
    this.changed = changed;
    this.chosen = new Map(); // by JSON
    const now = condition?.in ?? (condition && "equals" in condition ? [condition.equals] : []);
    for (const value of now) this.chosen.set(JSON.stringify(value), value);
    this.known = null; // [{key, value, size}]
    this.whole = false; // whether all values are known
    this.search = make("input", { type: "search", class: "wide", placeholder: "Find a value", "aria-label": `Find a value of ${column.name}`, autocomplete: "off", oninput: () => this.look() });
    this.note = make("p", { class: "quiet", role: "status", textContent: "Looking for the values…" });
    this.list = make("ul", { class: "picker", "aria-label": `Values of ${column.name}` });
    this.root = make("div", {}, this.search, this.note, this.list);
    // Enter chooses the only value that is left.
    this.search.onkeydown = (event) => {
      if (event.key !== "Enter") return;
      const boxes = this.list.querySelectorAll("input");
      if (!this.search.value || boxes.length !== 1) return;
      event.preventDefault();
      boxes[0].click();
    };
    this.fetch();
  }

  async fetch() {
    try {
      const bars = await this.link.ask({ ask: "bars", column: this.column.name, most: KNOWN });
      this.known = bars.values.map((value, bar) => ({ key: JSON.stringify(value), value, size: bars.totals[bar] }));
      this.whole = !bars.specials.includes("others");
      this.distinct = bars.distinct ?? usual(bars);
      this.look();
    } catch (error) {
      say(this.note, error.message);
    }
  }

  look() {
    clearTimeout(this.waiting);
    if (!this.known) return;
    const text = this.search.value.trim().toLowerCase();
    this.found = this.known.filter(({ value }) => words(value).toLowerCase().includes(text));
    this.draw();
    if (text && !this.whole) this.waiting = setTimeout(() => this.lookFurther(), TYPING);
  }

  // Among so many values that not all are known here.
  async lookFurther() {
    const text = this.search.value.trim();
    const filters = { all: [{ column: this.column.name, text, case: false, word: false, regex: false }] };
    try {
      const { groups, others } = await this.link.ask({ ask: "groups", groups: [{ column: this.column.name, bins: null }], filters, most: LISTED }, { slot: "values" });
      if (this.search.value.trim() !== text) return;
      // The key may be shortened, the condition is not.
      this.found = groups.map(({ filters: { all }, count: size }) => ({ key: JSON.stringify(all[0].equals), value: all[0].equals, size }));
      this.further = others;
      this.draw();
    } catch (error) {
      if (error.name !== "Replaced") say(this.note, error.message);
    }
  }

  draw() {
    const found = new Map(this.found.map((one) => [one.key, one]));
    const text = this.search.value.trim();
    const first = text ? [] : [...this.chosen].map(([key, value]) => found.get(key) ?? { key, value, size: null });
    const rest = this.found.filter(({ key }) => text || !this.chosen.has(key)).slice(0, LISTED);
    this.list.replaceChildren(...[...first, ...rest].map((one) => this.row(one)));
    this.list.hidden = !this.list.children.length;
    const left = (text ? this.found.length + (this.whole ? 0 : (this.further ?? 0)) : this.distinct) - rest.length - first.length;
    this.further = 0;
    if (!this.known.length) say(this.note, "There is no value in this column.");
    else if (text && !this.found.length) say(this.note, this.whole ? "No value has this text." : "No such value found yet…");
    else say(this.note, left > 0 ? `${count(left)} more: type to find them.` : "");
    this.note.hidden = !this.note.textContent;
  }

  row({ key, value, size }) {
    const box = make("input", { type: "checkbox", onchange: () => this.choose(key, value, box.checked) });
    box.checked = this.chosen.has(key);
    return make("li", {}, make("label", {}, box, make("span", { class: "words", textContent: words(value), title: words(value) }), make("span", { class: "quiet", textContent: size === null ? "" : count(size) })));
  }

  choose(key, value, on) {
    if (on) this.chosen.set(key, value);
    else this.chosen.delete(key);
    this.changed();
  }

  focus() {
    this.search.focus();
  }

  condition() {
    if (!this.chosen.size) throw new Error("Choose at least one value.");
    return { column: this.column.name, in: [...this.chosen.values()] };
  }

  dispose() {
    clearTimeout(this.waiting);
  }
}
