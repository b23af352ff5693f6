// A text with headings, lists and links; where Python listens, changed in its place.

import { button, make, put, say } from "imlkit/elements.js";
import { safe } from "./safe_html.js";

class Markdown {
  constructor(root, link) {
    this.link = link;
    this.base = null; // the text that is being changed
    this.prose = make("div", { class: "prose" });
    this.edit = button("✎ Edit", () => this.open(), { class: "pencil", title: "Change this text" });
    root.append(this.prose, this.edit);
    if (link.save) root.append(this.build());
    this.off = link.onConfig(() => this.show());
    this.leaving = (event) => this.changed() && event.preventDefault();
    window.addEventListener("beforeunload", this.leaving);
    this.show();
  }

  build() {
    this.field = make("textarea", { rows: 12, "aria-label": "Text in Markdown", spellcheck: "true" });
    this.field.onkeydown = (event) => this.pressed(event);
    this.seen = make("div", { class: "prose preview", hidden: true, tabindex: "0", role: "region", "aria-label": "Preview" });
    this.write = button("Write", () => this.turn(false), { "aria-pressed": "true" });
    this.look = button("Preview", () => this.turn(true), { "aria-pressed": "false" });
    this.keep = button("Save", () => this.save(), { class: "main", title: "Save (Ctrl+Enter)" });
    this.problem = make("p", { class: "problem", role: "alert", hidden: true });
    const hint = make("span", { class: "quiet", textContent: "# heading, *emphasis*, - list, [words](address)" });
    this.editor = make(
      "div",
      { class: "writing", hidden: true },
      make("div", { class: "tools", role: "group", "aria-label": "Write or see" }, this.write, this.look, hint),
      this.field,
      this.seen,
      this.problem,
      make("div", { class: "tools" }, this.keep, button("Cancel", () => this.cancel())),
    );
    return this.editor;
  }

  show() {
    const { html, text, editable } = this.link.config;
    if (html !== this.html) {
      this.html = html;
      if (text.trim()) this.prose.replaceChildren(safe(html));
      else this.prose.replaceChildren(make("p", { class: "empty", textContent: `There is no text here yet.${editable && this.link.save ? " Press Edit to write some." : ""}` }));
    }
    const editing = this.base !== null;
    this.prose.hidden = editing;
    this.edit.hidden = editing || !editable || !this.link.save;
    if (this.editor) this.editor.hidden = !editing;
  }

  changed() {
    return this.base !== null && this.field.value !== this.base;
  }

  open() {
    this.base = this.link.config.text;
    this.field.value = this.base;
    this.fail("");
    this.turn(false);
    this.show();
    this.field.focus();
  }

  async turn(preview) {
    put(this.write, "aria-pressed", String(!preview));
    put(this.look, "aria-pressed", String(preview));
    this.field.hidden = preview;
    this.seen.hidden = !preview;
    if (!preview) return;
    try {
      this.seen.replaceChildren(safe(await this.link.preview(this.field.value)));
    } catch (error) {
      this.fail(error.message);
    }
  }

  async save() {
    const text = this.field.value;
    put(this.keep, "aria-busy", "true");
    try {
      await this.link.save(text, this.base);
      this.close();
    } catch (error) {
      this.fail(error.message);
      // Whoever saves again has been told.
      this.base = this.link.config.text;
    } finally {
      put(this.keep, "aria-busy", null);
    }
  }

  cancel() {
    // A second press, now that it was said, gives the words up.
    if (this.changed() && !this.warned) {
      this.fail("What you wrote is not saved. Press Cancel again to give it up.");
      this.warned = true;
      return;
    }
    this.close();
  }

  close() {
    this.base = null;
    this.show();
    this.edit.focus();
  }

  fail(words) {
    this.warned = false;
    say(this.problem, words);
    this.problem.hidden = !words;
  }

  pressed(event) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.save();
    else if (event.key === "Escape" && !this.changed()) this.close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  dispose() {
    this.off();
    window.removeEventListener("beforeunload", this.leaving);
  }
}

export function show(el, link) {
  const view = new Markdown(el, link);
  return () => view.dispose();
}
