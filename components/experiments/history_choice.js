// Which columns are shown.

import { make, say } from "imlkit/elements.js";

export class HistoryChoice {
  // columns: a HistoryColumns
  constructor(columns, changed) {
    this.columns = columns;
    this.changed = changed;
    this.boxes = make("div", { class: "boxes", role: "group", "aria-label": "Columns that are shown" });
    this.opener = make("summary", { textContent: "Columns" });
    this.root = make("details", {}, this.opener, this.boxes);
  }

  renew() {
    const { columns } = this;
    const all = columns.all.filter((column) => !column.always);
    const shown = all.filter((column) => columns.isShown(column));
    say(this.opener, shown.length < all.length ? `Columns (${all.length - shown.length} not shown)` : "Columns");
    const said = JSON.stringify([all.map(({ key }) => key), shown.map(({ key }) => key)]);
    if (said === this.said) return;
    this.said = said;
    const active = this.boxes.getRootNode().activeElement?.key;
    this.boxes.replaceChildren(...all.map((column) => this.box(column)));
    [...this.boxes.querySelectorAll("input")].find(({ key }) => key === active)?.focus();
  }

  box(column) {
    const box = make("input", { type: "checkbox" });
    box.key = column.key;
    box.checked = this.columns.isShown(column);
    box.onchange = () => {
      this.columns.choose(column, box.checked);
      this.renew();
      this.changed();
    };
    return make("label", {}, box, make("span", { dir: "auto", textContent: column.title || "(empty)" }), column.kind ? make("small", { textContent: column.kind }) : null);
  }
}
