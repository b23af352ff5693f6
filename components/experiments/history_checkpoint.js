// One checkpoint of a run in the list.

import { button, make, put, say } from "imlkit/elements.js";
import { brief, bytes, moment, whole } from "./history_words.js";

export class HistoryCheckpoint {
  // doings: restore(id), download(id), remove(id), left()
  constructor(id, doings) {
    this.id = id;
    this.doings = doings;
    this.name = make("strong", { dir: "auto" });
    this.place = make("span", { class: "quiet" });
    this.metrics = make("ul", { class: "metrics", "aria-label": "Metrics" });
    this.restore = button("Restore", () => doings.restore(id));
    this.download = button("Download", () => doings.download(id));
    this.remove = button("Remove", () => this.ask(), { class: "danger" });
    this.acts = make("div", { class: "acts" }, this.restore, this.download, this.remove);
    this.keep = button("Keep", () => this.spare());
    this.yes = button("Remove for good", () => doings.remove(id), { class: "danger" });
    this.question = make("p", {});
    this.asking = make("div", { class: "asking", role: "group", hidden: true }, this.question, make("div", { class: "acts" }, this.keep, this.yes));
    this.root = make("li", {}, make("div", { class: "about" }, make("div", {}, this.name), this.place, this.metrics), this.acts, this.asking);
  }

  show([, name, epoch, step, metrics, more, made, size]) {
    this.called = name;
    say(this.name, name);
    const at = epoch === null ? `step ${step.toLocaleString("en")}` : `epoch ${whole(epoch)}, step ${step.toLocaleString("en")}`;
    say(this.place, [at, made === null ? "" : moment(made), size === null ? "" : bytes(size)].filter(Boolean).join(" · "));
    const told = metrics.map(([metric, value]) => [`${metric} ${brief(value)}`, `${metric}: ${whole(value)}`]);
    if (more) told.push([`and ${more.toLocaleString("en")} more`, ""]);
    if (this.told !== JSON.stringify(told)) {
      this.told = JSON.stringify(told);
      this.metrics.replaceChildren(...told.map(([words, title]) => make("li", { dir: "auto", textContent: words, title: title || null })));
    }
    this.metrics.hidden = !told.length;
    for (const [control, word] of [[this.restore, "Restore"], [this.remove, "Remove"]]) put(control, "aria-label", `${word} ${name}`);
    put(this.asking, "aria-label", `Remove ${name}?`);
    say(this.question, `Remove \u2068“${name}”\u2069? Its weights are deleted; this cannot be undone.`);
    this.label(this.words ?? "Download");
  }

  label(words) {
    this.words = words;
    say(this.download, words);
    put(this.download, "aria-label", words === "Download" ? `Download ${this.called}` : `${this.called}: ${words}`);
  }

  ask() {
    this.acts.hidden = true;
    this.asking.hidden = false;
    this.keep.focus();
  }

  spare() {
    this.asking.hidden = true;
    this.acts.hidden = false;
    this.remove.focus();
  }
}
