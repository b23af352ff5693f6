// How rows are put together, as chips in their order, the outermost first.

import { button, make } from "imlkit/elements.js";
import { ColumnChoice } from "imlkit/column_choice.js";

const MOST = 10; // columns that rows are put together by
const MOST_BINS = 10_000;
const BINNED = ["integer", "continuous", "latitude", "longitude", "datetime"];
const BINS = 10;

export class GroupChips {
  constructor(link) {
    this.link = link;
    this.list = make("ol", { class: "chips", "aria-label": "Groups, the outermost first" });
    this.choice = new ColumnChoice("Group by", (name) => this.add(name));
    this.full = make("span", { class: "quiet", textContent: `At most ${MOST} columns.` });
    this.clear = button("Ungroup", () => this.set([]), { title: "Show the rows in no groups" });
    const line = make("div", { class: "line" }, make("span", { class: "what", textContent: "Groups" }), this.list, this.choice.root, this.full, this.clear);
    this.root = make("section", { role: "group", "aria-label": "Groups" }, line);
  }

  get groups() {
    return this.link.seen.groups ?? [];
  }

  set(groups) {
    this.link.show({ ...this.link.seen, groups });
  }

  show() {
    const { columns } = this.link.table;
    const said = JSON.stringify([this.groups, columns]);
    if (said === this.said) return;
    this.said = said;
    const active = this.root.getRootNode().activeElement;
    const at = this.list.contains(active) ? [[...this.list.children].findIndex((item) => item.contains(active)), active.dataset.act] : null;
    const kinds = new Map(columns.map(({ name, kind }) => [name, kind]));
    this.list.replaceChildren(...this.groups.map((group, n) => this.chip(group, n, kinds.get(group.column))));
    this.list.hidden = this.clear.hidden = !this.groups.length;
    const taken = new Set(this.groups.map(({ column }) => column));
    const free = columns.filter(({ name, kind }) => !taken.has(name) && !["embedding", "other"].includes(kind));
    this.choice.root.hidden = !free.length || this.groups.length >= MOST;
    this.full.hidden = this.groups.length < MOST;
    this.choice.show([["", [[null, this.groups.length ? "another column…" : "a column…"], ...free.map(({ name }) => [name, name.trim() === "" ? `“${name}”` : name])]]], null);
    if (at) this.focus(...at);
  }

  focus(n, act) {
    const item = this.list.children[Math.min(n, this.list.children.length - 1)];
    const again = item?.querySelector(`[data-act="${act}"]:not([aria-disabled="true"])`) ?? item?.querySelector("button:last-child");
    (again ?? this.choice.field.querySelector("select, input"))?.focus();
  }

  chip(group, n, kind) {
    const words = make("span", { class: "words", textContent: group.column, title: group.column });
    const last = this.groups.length - 1;
    const move = (by, sign, said) => button(sign, () => this.move(n, by), { "data-act": said, "aria-label": `Move ${group.column} ${said}`, title: `Move ${said}`, "aria-disabled": String(n + by < 0 || n + by > last) });
    const remove = button("×", () => this.set(this.groups.filter((_, m) => m !== n)), { class: "remove", "data-act": "remove", "aria-label": `Do not group by ${group.column}`, title: "Remove" });
    const item = make("li", { class: kind ? "chip" : "chip gone" }, words);
    if (!kind) item.append(make("span", { class: "warning", textContent: "no such column any more" }));
    if (BINNED.includes(kind) || group.bins !== null) item.append(this.bins(group, n));
    if (last > 0) item.append(move(-1, "‹", "outwards"), move(1, "›", "inwards"));
    item.append(remove);
    return item;
  }

  bins(group, n) {
    const input = make("input", { type: "number", min: 1, max: MOST_BINS, step: 1, class: "bins", value: group.bins ?? "", placeholder: "each", "data-act": "bins", "aria-label": `Number of bins of ${group.column}; empty for each value by itself`, title: "Number of bins; empty for each value by itself" });
    input.onchange = () => {
      const bins = input.value === "" ? null : Math.round(Math.min(Math.max(Number(input.value), 1), MOST_BINS));
      this.set(this.groups.map((one, m) => (m === n ? { ...one, bins } : one)));
    };
    return make("label", {}, "in", input, group.bins === null ? "value" : "bins");
  }

  add(name) {
    const kind = this.link.table.columns.find((column) => column.name === name)?.kind;
    if (kind) this.set([...this.groups, { column: name, bins: BINNED.includes(kind) ? BINS : null }]);
  }

  move(n, by) {
    const groups = [...this.groups];
    if (!groups[n + by]) return;
    [groups[n], groups[n + by]] = [groups[n + by], groups[n]];
    this.set(groups);
    this.focus(n + by, by < 0 ? "outwards" : "inwards");
  }
}
