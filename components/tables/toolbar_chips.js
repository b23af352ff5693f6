// The conditions on rows as chips: each removed, negated, changed; several joined by or.

import { button, make, put, say } from "imlkit/elements.js";
import { said } from "imlkit/bars.js";
import { columnsOf, parts } from "imlkit/filters.js";
import { ConditionEditor, editable } from "./toolbar_editor.js";

export class ConditionChips {
  constructor(link) {
    this.link = link;
    this.combining = false;
    this.chosen = new Set(); // keys of the conditions that are to be joined
    this.chips = new Map(); // by key
    this.list = make("ul", { class: "chips", "aria-label": "Filters" });
    this.none = make("span", { class: "quiet", textContent: "No filters: every row is shown." });
    this.add = button("Add a filter", () => this.edit(null), { "aria-expanded": "false" });
    this.join = button("Any of these…", () => this.combine(true), { hidden: true, title: "Join filters: rows that meet any of them are shown" });
    this.clear = button("Clear all", () => this.cleared(), { hidden: true, title: "Remove every filter" });
    this.joined = button("Join", () => this.joinChosen());
    this.hint = make("span", { class: "quiet", role: "status" });
    this.joining = make("span", { class: "joining", role: "group", "aria-label": "Any of these", hidden: true }, this.hint, this.joined, button("Cancel", () => this.combine(false)));
    this.editor = new ConditionEditor(link, (condition) => this.edited(condition), () => this.closed());
    const line = make("div", { class: "line" }, make("span", { class: "what", textContent: "Filters" }), this.none, this.list, this.add, this.join, this.joining, this.clear);
    this.root = make("section", { role: "group", "aria-label": "Filters" }, line, this.editor.root);
  }

  show(anew = false) {
    const all = parts(this.link.seen);
    const had = this.list.contains(this.active()) ? [...this.list.children].findIndex((item) => item.contains(this.active())) : -1;
    // Columns that are gone are marked.
    const before = anew ? new Map() : this.chips;
    this.chips = new Map();
    const twice = new Map();
    const items = all.map((condition) => {
      const text = JSON.stringify(condition);
      const times = (twice.get(text) ?? 0) + 1;
      twice.set(text, times);
      const key = `${times} ${text}`;
      const chip = before.get(key) ?? this.chip(key, condition);
      this.chips.set(key, chip);
      return chip.root;
    });
    items.forEach((item, n) => {
      if (this.list.children[n] !== item) this.list.insertBefore(item, this.list.children[n] ?? null);
    });
    while (this.list.children.length > items.length) this.list.lastChild.remove();
    for (const key of this.chosen) if (!this.chips.has(key)) this.chosen.delete(key);
    if (all.length < 2) this.combining = false;
    this.none.hidden = all.length > 0 || this.link.table.rows === 0;
    this.list.hidden = this.clear.hidden = !all.length;
    this.mark();
    // Who removed a chip by keyboard goes on at the next one.
    if (had >= 0 && !this.list.contains(this.active())) (items[Math.min(had, items.length - 1)]?.querySelector(".remove") ?? this.add).focus();
  }

  active() {
    return this.root.getRootNode().activeElement;
  }

  chip(key, condition) {
    const negated = Boolean(condition.not);
    const inner = negated ? condition.not : condition;
    const names = columnsOf(condition);
    const { columns, rows } = this.link.table;
    const known = new Set(columns.map(({ name }) => name));
    // Columns of a dataset come with its rows.
    const gone = rows ? names.filter((name) => !known.has(name)) : [];
    const text = said(inner);
    const words = `${negated ? "not " : ""}${text}`;
    const shown = make("span", { class: "words", textContent: text });
    const change = !gone.length && editable(inner, columns);
    const body = change
      ? make("button", { type: "button", class: "said", title: `Change: ${words}`, "aria-label": `Change the filter ${words}`, "aria-expanded": "false", onclick: () => this.edit(key) }, shown)
      : make("span", { class: "said", title: words }, shown);
    const choose = make("input", { type: "checkbox", class: "choose", "aria-label": `Join the filter ${words}`, onchange: () => this.choose(key) });
    const manner = negated ? "not" : "only";
    const not = button(manner, () => this.replace(key, negated ? [inner] : [{ not: condition }]), { class: "not manner", "aria-label": `${manner}: ${text}`, title: negated ? "Show the rows that meet this" : "Show the rows that do not meet this" });
    const apart = !negated && condition.any && names.length > 1 ? button("separate", () => this.replace(key, condition.any), { class: "not", title: "Rows must meet each of them again", "aria-label": `Separate the filter ${words}` }) : null;
    const remove = button("×", () => this.replace(key, []), { class: "remove", "aria-label": `Remove the filter ${words}`, title: "Remove" });
    const root = make("li", { class: gone.length ? "chip gone" : "chip", "data-negated": negated }, choose, not, body, apart, remove);
    if (gone.length) root.insertBefore(make("span", { class: "warning", textContent: `no column “${gone[0]}” any more` }), remove);
    return { root, condition, choose, body };
  }

  mark() {
    const several = this.chips.size > 1;
    this.join.hidden = this.combining || !several;
    this.joining.hidden = !this.combining;
    for (const [key, { root, choose, body }] of this.chips) {
      root.classList.toggle("joinable", this.combining);
      choose.checked = this.chosen.has(key);
      if (body.tagName === "BUTTON") put(body, "aria-expanded", String(key === this.editing));
    }
    put(this.add, "aria-expanded", String(!this.editor.root.hidden && this.editing === null));
    put(this.joined, "aria-disabled", String(this.chosen.size < 2));
    say(this.hint, this.chosen.size < 2 ? "Choose two or more filters" : `${this.chosen.size} chosen`);
  }

  set(all) {
    this.link.show({ ...this.link.seen, filters: { all } });
  }

  replace(key, conditions) {
    this.set([...this.chips].flatMap(([one, { condition }]) => (one === key ? conditions : [condition])));
  }

  cleared() {
    this.set([]);
    this.add.focus();
  }

  combine(on) {
    this.combining = on;
    this.chosen.clear();
    this.mark();
    if (on) this.list.querySelector(".choose").focus();
    else this.join.focus();
  }

  choose(key) {
    if (!this.chosen.delete(key)) this.chosen.add(key);
    this.mark();
  }

  joinChosen() {
    if (this.chosen.size < 2) return;
    const together = [...this.chips].filter(([key]) => this.chosen.has(key));
    const any = together.flatMap(([, { condition }]) => condition.any ?? [condition]);
    const [first] = together[0];
    this.combining = false;
    this.set([...this.chips].flatMap(([key, { condition }]) => (key === first ? [{ any }] : this.chosen.has(key) ? [] : [condition])));
    this.add.focus();
  }

  // Opens the editor on the condition of a chip; on a new one if null.
  edit(key) {
    if (!this.editor.root.hidden && this.editing === key) {
      this.editor.close();
      return;
    }
    this.editing = key;
    const condition = key === null ? null : this.chips.get(key).condition;
    this.editor.open(condition?.not ?? condition);
    this.mark();
  }

  edited(condition) {
    const chip = this.editing === null ? null : this.chips.get(this.editing);
    // A condition that was removed meanwhile comes back as it was changed.
    if (chip) this.replace(this.editing, [chip.condition.not ? { not: condition } : condition]);
    else this.set([...parts(this.link.seen), condition]);
    this.editor.close();
  }

  closed() {
    const from = this.editing === null ? this.add : (this.chips.get(this.editing)?.body ?? this.add);
    this.editing = undefined;
    this.mark();
    from.focus();
  }

  dispose() {
    this.editor.dispose();
  }
}
