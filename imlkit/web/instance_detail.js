// One row in full: its samples and all its values, in a dialog.

import { button, make, put, say } from "imlkit/elements.js";
import { shown } from "imlkit/sample_loader.js";
import { words } from "imlkit/values.js";

const SAMPLES = 3;
const VALUES = 200; // columns that are shown at once
const PIXELS = 1024;
const SHORT = 200; // characters of what is better seen as a sample

export class InstanceDetail {
  // selecting: has(id), toggle(id)
  constructor(root, link, selecting) {
    this.link = link;
    this.selecting = selecting;
    this.title = make("h3");
    this.chosen = make("input", { type: "checkbox", onchange: () => this.selecting.toggle(this.id) });
    this.before = button("‹", () => this.go(-1), { class: "icon", "aria-label": "Previous", title: "Previous (←)" });
    this.after = button("›", () => this.go(1), { class: "icon", "aria-label": "Next", title: "Next (→)" });
    const close = button("×", () => this.dialog.close(), { class: "icon", "aria-label": "Close", title: "Close (Esc)" });
    const head = make("div", { class: "detail-head" }, this.title, make("label", {}, this.chosen, "Selected"), this.before, this.after, close);
    this.samples = make("div", { class: "detail-samples" });
    this.search = make("input", { type: "search", placeholder: "Find a column", "aria-label": "Find a column", oninput: () => this.values() });
    this.note = make("p", { class: "quiet", role: "status" });
    this.list = make("dl");
    const body = make("div", { class: "detail-body", tabindex: "0", autofocus: true, role: "group", "aria-label": "Samples and values" }, this.samples, this.search, this.note, this.list);
    this.dialog = make("dialog", { class: "detail" }, head, body);
    this.dialog.addEventListener("keydown", (event) => this.pressed(event));
    this.dialog.addEventListener("click", (event) => event.target === this.dialog && this.dialog.close());
    this.dialog.addEventListener("close", () => this.closed());
    root.append(this.dialog);
  }

  // step(id, direction): the id of the row before or after, or null, or a promise; done(id) once it closes.
  open(id, column, step, done) {
    this.column = column;
    this.step = step;
    this.done = done;
    if (!this.dialog.open) this.dialog.showModal();
    this.search.value = "";
    this.show(id);
  }

  show(id) {
    this.id = id;
    this.turn = (this.turn ?? 0) + 1;
    say(this.title, words(id));
    put(this.dialog, "aria-label", `Details of ${words(id)}`);
    this.mark();
    this.link.point(id);
    this.picture();
    this.values();
  }

  mark() {
    if (this.dialog.open) this.chosen.checked = this.selecting.has(this.id);
  }

  // Looks again: the table has changed.
  renew() {
    if (this.dialog.open) this.show(this.id);
  }

  async picture() {
    const { turn, id } = this;
    const others = this.link.table.columns.filter(({ kind, name }) => ["image", "audio", "embedding"].includes(kind) && name !== this.column);
    const columns = [...(this.column === null ? [] : [this.column]), ...others.map(({ name }) => name)].slice(0, SAMPLES);
    this.samples.setAttribute("aria-busy", "true");
    const nodes = await Promise.all(columns.map((column) => this.whole(column, id, columns.length > 1)));
    if (turn !== this.turn) return;
    this.free();
    this.held = nodes.map(([, sample]) => sample);
    this.samples.removeAttribute("aria-busy");
    this.samples.replaceChildren(...nodes.map(([node]) => node));
  }

  async whole(column, id, named) {
    let sample;
    try {
      [sample] = (await this.link.ask({ ask: "samples", column, ids: [id], size: PIXELS, whole: true })).samples;
    } catch (error) {
      sample = { media_type: null, text: error.message };
    }
    sample ??= { media_type: null, text: "This row is not in the table any more." };
    const said = [named ? column : "", sample.media_type?.startsWith("text/") ? "" : sample.text].filter(Boolean).join(" · ");
    const told = sample.media_type === null ? (named ? column : "") : said;
    return [make("figure", {}, shown(sample), told ? make("figcaption", { class: "quiet", textContent: told }) : null), sample];
  }

  async values() {
    const { turn, id } = this;
    const all = this.link.table.columns;
    const text = this.search.value.toLowerCase();
    this.search.hidden = all.length <= 20;
    const found = text ? all.filter(({ name }) => name.toLowerCase().includes(text)) : all;
    const columns = found.slice(0, VALUES).map(({ name }) => name);
    let row;
    try {
      [row] = columns.length ? (await this.link.ask({ ask: "by_id", ids: [id], columns, whole: true }, { slot: "detail" })).rows : [{}];
    } catch (error) {
      if (error.name !== "Replaced" && turn === this.turn) say(this.note, error.message);
      return;
    }
    if (turn !== this.turn) return;
    const more = found.length - columns.length;
    say(this.note, row ? (more > 0 ? `${more.toLocaleString("en")} more columns are not shown: find them by name.` : found.length ? "" : "No column of this name.") : "This row is not in the table any more.");
    this.note.hidden = !this.note.textContent;
    this.list.replaceChildren(
      ...(row ? found.slice(0, VALUES) : []).flatMap(({ name, kind }) => {
        const missing = row[name] === null || row[name] === undefined;
        const said = words(row[name]);
        const textContent = kind === "embedding" && said.length > SHORT ? `${said.slice(0, SHORT)}…` : said;
        return [make("dt", { textContent: name }), make("dd", { textContent, class: missing ? "missing" : undefined })];
      }),
    );
  }

  async go(direction) {
    const { turn } = this;
    const id = await this.step(this.id, direction);
    if (turn !== this.turn || !this.dialog.open) return;
    if (id !== null && id !== undefined) this.show(id);
    else say(this.title, `${words(this.id)} (the ${direction < 0 ? "first" : "last"})`);
  }

  pressed(event) {
    const typing = event.target.matches("input[type=search], audio");
    if (event.key === "Escape") event.stopPropagation();
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const direction = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!direction) return;
    event.preventDefault();
    this.go(direction);
  }

  free() {
    for (const sample of this.held ?? []) if (sample.blob) URL.revokeObjectURL(sample.blob);
    this.held = [];
  }

  closed() {
    this.turn += 1;
    this.free();
    this.samples.replaceChildren();
    this.link.point(null);
    this.done?.(this.id);
  }

  dispose() {
    this.done = null;
    if (this.dialog.open) this.dialog.close();
    this.free();
  }
}
