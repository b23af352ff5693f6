// The selected rows: how many, shown alone, inverted, copied, saved as a file.

import { button, make, put, say } from "imlkit/elements.js";
import { conditionOn, filtered, filtersOf } from "imlkit/filters.js";
import { keyOf } from "imlkit/sample_loader.js";
import { count, rows } from "imlkit/values.js";
import { copy } from "./clipboard.js";
import { RowFile } from "./row_file.js";

const MOST = 100_000; // rows that are selected at once
const CHARACTERS = 900_000; // of what is seen: it is kept as a text of a limited length

export class SelectedTray {
  constructor(link, tell) {
    this.link = link;
    this.tell = tell;
    this.status = make("span", { role: "status" });
    this.only = button("Show only these", () => this.showOnly(), { "aria-pressed": "false", title: "Filter to the selected rows" });
    this.invert = button("Invert", () => this.inverted(), { title: "Of the rows shown, select those that are not selected" });
    this.clear = button("Deselect", () => this.select([]), { title: "Select no row" });
    this.ids = button("Copy ids", () => this.copied());
    this.files = ["csv", "json"].map((kind) => button(kind.toUpperCase(), () => this.save(kind), { "aria-label": `Download the selected rows as ${kind.toUpperCase()}`, title: `Download the selected rows as ${kind.toUpperCase()}` }));
    this.stop = button("Cancel", () => this.file?.cancel(), { hidden: true });
    this.note = make("span", { class: "quiet", role: "status" });
    this.field = make("textarea", { class: "to-copy", readonly: true, rows: 3, hidden: true, "aria-label": "Ids of the selected rows" });
    this.acts = make("span", { class: "line" }, this.only, this.clear, this.ids, make("span", { class: "together", role: "group", "aria-label": "Download the selected rows" }, make("span", { class: "quiet", textContent: "Download" }), ...this.files));
    const line = make("div", { class: "line" }, make("span", { class: "what", textContent: "Selected" }), this.status, this.acts, this.invert, this.stop, this.note);
    this.root = make("section", { role: "group", "aria-label": "Selected rows" }, line, this.field);
  }

  get selection() {
    return this.link.seen.selection ?? [];
  }

  select(selection) {
    this.see({ ...this.link.seen, selection });
  }

  see(seen) {
    const { length } = JSON.stringify(seen);
    if (length > CHARACTERS && length > JSON.stringify(this.link.seen).length) this.tell("The ids of so many rows are too long to be kept: select fewer.");
    else this.link.show(seen);
  }

  show(anew) {
    const { seen } = this.link;
    const chosen = this.selection;
    const some = chosen.length > 0;
    if (chosen !== this.before) {
      this.before = chosen;
      this.field.hidden = true;
      if (!this.file) say(this.note, "");
    }
    const active = this.root.getRootNode().activeElement;
    const lost = !some && this.acts.contains(active);
    this.acts.hidden = !some;
    if (lost) this.invert.focus();
    const onIds = conditionOn(seen, this.link.table.id);
    this.shownOnly = Boolean(onIds?.in) && some && same(onIds.in, chosen);
    put(this.only, "aria-pressed", String(this.shownOnly));
    this.invert.hidden = this.link.table.rows === 0;
    this.hidden(anew);
  }

  // Tells how many of the selected rows the filters leave out.
  async hidden(anew) {
    const chosen = this.selection;
    const { all } = filtersOf(this.link.seen);
    const said = JSON.stringify([chosen, all]);
    if (!anew && said === this.said) return;
    this.said = said;
    const plain = chosen.length ? rows(chosen.length) : "none: select rows in a list, a table or a chart";
    if (!chosen.length || !all.length || this.shownOnly || chosen.length > MOST) {
      say(this.status, plain);
      return;
    }
    try {
      const within = { all: [...all, { column: this.link.table.id, in: chosen }] };
      const { count: left } = await this.link.ask({ ask: "count", filters: within }, { slot: "selected" });
      if (said !== this.said) return;
      say(this.status, left < chosen.length ? `${plain}, ${count(chosen.length - left)} of them not shown` : plain);
    } catch (error) {
      // The toolbar's own count tells what is wrong with the filters.
      if (error.name !== "Replaced" && said === this.said) say(this.status, plain);
    }
  }

  showOnly() {
    const { seen, table } = this.link;
    this.see(filtered(seen, [table.id], this.shownOnly ? null : { column: table.id, in: this.selection }));
  }

  async inverted() {
    const { seen } = this.link;
    try {
      const question = { ask: "ids", filters: filtersOf(seen), sort: seen.sort ?? [], most: MOST };
      const { ids, total } = await this.link.ask(question, { slot: "inverted" });
      if (this.link.seen !== seen) return; // changed meanwhile
      if (total > MOST) {
        this.tell(`${rows(total)} are shown, more than can be selected at once (${count(MOST)}): filter them first.`);
        return;
      }
      const before = new Set(this.selection.map(keyOf));
      const shown = new Set(ids.map(keyOf));
      this.select([...this.selection.filter((id) => !shown.has(keyOf(id))), ...ids.filter((id) => !before.has(keyOf(id)))]);
    } catch (error) {
      if (error.name !== "Replaced") this.tell(error.message);
    }
  }

  async copied() {
    const text = this.selection.map(String).join("\n");
    if (await copy(text)) {
      this.field.hidden = true;
      say(this.note, `${count(this.selection.length)} ids copied.`);
      return;
    }
    this.field.value = text;
    this.field.hidden = false;
    this.field.focus();
    this.field.select();
    say(this.note, "The browser does not let pages copy: copy them from the field below.");
  }

  async save(kind) {
    if (this.file) return;
    this.file = new RowFile(this.link, this.selection, kind);
    this.stop.hidden = false;
    for (const one of this.files) put(one, "aria-disabled", "true");
    try {
      const saved = await this.file.save((done, total) => say(this.note, `Preparing ${count(done)} of ${rows(total)}…`));
      say(this.note, saved === null ? "Cancelled." : `${rows(saved)} saved.`);
    } catch (error) {
      say(this.note, "");
      this.tell(error.message);
    } finally {
      this.file = null;
      this.stop.hidden = true;
      for (const one of this.files) put(one, "aria-disabled", null);
    }
  }

  dispose() {
    this.file?.cancel();
  }
}

function same(ids, others) {
  if (ids.length !== others.length) return false;
  const keys = new Set(ids.map(keyOf));
  return others.every((id) => keys.has(keyOf(id)));
}
