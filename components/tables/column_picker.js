// Which columns of a table are shown: a dialog to find and choose them.

import { button, make, say } from "imlkit/elements.js";
import { count } from "imlkit/values.js";

const LISTED = 200;

export class ColumnPicker {
  // chosen(names), or chosen(null) for those shown at first
  constructor(chosen) {
    this.chosen = chosen;
    this.opener = button("Columns", () => this.open());
    this.search = make("input", { type: "search", placeholder: "Find a column", "aria-label": "Find a column", oninput: () => this.list() });
    this.first = button("", () => this.reset());
    this.note = make("p", { class: "quiet", role: "status" });
    this.boxes = make("div", { class: "boxes", role: "group", "aria-label": "Columns" });
    const foot = make("div", { class: "tools" }, button("Show these", () => this.apply()), this.first, button("Cancel", () => this.dialog.close()));
    this.dialog = make("dialog", { class: "detail picker", "aria-label": "Columns to show" }, make("div", { class: "detail-head" }, make("h3", { textContent: "Columns to show" })), make("div", { class: "detail-body" }, this.search, this.note, this.boxes), make("div", { class: "picker-foot" }, foot));
    this.dialog.addEventListener("keydown", (event) => event.key === "Escape" && event.stopPropagation());
    this.dialog.addEventListener("click", (event) => event.target === this.dialog && this.dialog.close());
    this.dialog.addEventListener("close", () => this.opener.focus());
  }

  // first: how many are shown unless others are chosen
  show(columns, shown, first) {
    this.columns = columns.map(({ name }) => name);
    say(this.first, this.columns.length > first ? `Show the first ${first}` : "Show all");
    this.shown = shown;
    if (this.dialog.open) this.list();
  }

  open() {
    this.wanted = new Set(this.shown);
    this.search.value = "";
    this.list();
    this.dialog.showModal();
  }

  list() {
    const text = this.search.value.toLowerCase();
    const found = text ? this.columns.filter((name) => name.toLowerCase().includes(text)) : this.columns;
    const more = found.length - LISTED;
    say(this.note, found.length ? (more > 0 ? `${count(more)} more: find them by name.` : "") : "No column of this name.");
    this.boxes.replaceChildren(
      ...found.slice(0, LISTED).map((name) => {
        const box = make("input", { type: "checkbox" });
        box.checked = this.wanted.has(name);
        box.onchange = () => {
          if (box.checked) this.wanted.add(name);
          else this.wanted.delete(name);
        };
        return make("label", {}, box, make("span", { textContent: name }));
      }),
    );
  }

  apply() {
    // Those shown keep their order; new ones come in the table's.
    const kept = this.shown.filter((name) => this.wanted.has(name));
    const shown = new Set(kept);
    const names = [...kept, ...this.columns.filter((name) => this.wanted.has(name) && !shown.has(name))];
    if (!names.length) {
      say(this.note, "Choose at least one column.");
      return;
    }
    this.dialog.close();
    this.chosen(names);
  }

  reset() {
    this.dialog.close();
    this.chosen(null);
  }
}
