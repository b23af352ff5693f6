// The checkpoints of one run: given back, downloaded, removed.

import { button, make, put, say } from "imlkit/elements.js";
import { HistoryCheckpoint } from "./history_checkpoint.js";

const AT_ONCE = 50;

export class HistoryCheckpoints {
  // send: tells Python what the person wants
  constructor(send) {
    this.send = send;
    this.items = new Map(); // id: a HistoryCheckpoint
    this.doings = {
      restore: (id) => this.act("restore", id),
      download: (id) => this.act("download", id),
      remove: (id) => this.act("remove checkpoint", id),
    };
    this.title = make("h3", { id: "checkpoints", dir: "auto", tabindex: -1 });
    const close = button("×", () => this.root.close(), { class: "icon close", "aria-label": "Close" });
    this.status = make("p", { class: "how-many", role: "status" });
    this.said = make("p", { class: "said", role: "status", hidden: true });
    this.wrong = make("p", { class: "problem", role: "alert", hidden: true });
    this.list = make("ul", { class: "saved", "aria-labelledby": "checkpoints" });
    this.more = button("", () => this.open(this.most + AT_ONCE), { hidden: true });
    const code = make("pre", { tabindex: 0, role: "region", "aria-label": "How to save a checkpoint" }, make("code", { textContent: "run.checkpoint(model)" }));
    this.hint = make("div", { class: "empty", hidden: true }, make("p", { textContent: "This run has no checkpoints. A training saves one, for example after each epoch, with:" }), code);
    this.root = make("dialog", { class: "checkpoints", "aria-labelledby": "checkpoints" }, make("div", { class: "top" }, make("div", { class: "menu-head" }, this.title, close), this.status, this.said, this.wrong), this.hint, this.list, this.more);
    this.root.addEventListener("keydown", (event) => event.stopPropagation());
    this.root.addEventListener("close", () => {
      this.run = null;
      this.send("checkpoints closed");
      this.back?.focus({ preventScroll: true });
    });
  }

  ask(run, back) {
    this.run = run.id;
    this.back = back;
    this.items.clear();
    this.list.replaceChildren();
    for (const part of [this.hint, this.more]) part.hidden = true;
    say(this.title, `Checkpoints of \u2068“${run.name}”\u2069`);
    this.title.title = run.name;
    say(this.status, "The checkpoints are being read…");
    this.status.hidden = false;
    this.tell("");
    this.open(AT_ONCE);
    this.root.showModal();
    this.title.focus();
  }

  open(most) {
    this.most = most;
    this.send("checkpoints", { run: this.run, most });
  }

  act(type, id) {
    this.tell("");
    this.send(type, { id });
  }

  // What became of what the person asked for.
  tell(words, wrong = false) {
    for (const [part, mine] of [[this.said, !wrong], [this.wrong, wrong]]) {
      say(part, mine ? words : "");
      part.hidden = !mine || !words;
    }
  }

  label(id, words) {
    this.items.get(id)?.label(words);
    const going = words !== "Download";
    // One at a time.
    for (const item of this.items.values()) item.download.disabled = going && item.id !== id;
  }

  take({ run, count, problem, lines }) {
    if (run !== this.run) return;
    if (problem) {
      this.tell(problem, true);
      this.status.hidden = !this.items.size;
      return;
    }
    const active = this.root.getRootNode().activeElement;
    const held = this.items;
    const focused = [...held.values()].find(({ root }) => root.contains(active));
    const row = focused ? [...held.keys()].indexOf(focused.id) : -1;
    this.items = new Map();
    for (const line of lines) {
      const item = held.get(line[0]) ?? new HistoryCheckpoint(line[0], this.doings);
      item.show(line);
      this.items.set(item.id, item);
    }
    this.place([...this.items.values()].map(({ root }) => root));
    say(this.status, `${count.toLocaleString("en")} ${count === 1 ? "checkpoint" : "checkpoints"}, the latest first`);
    this.status.hidden = !count;
    this.hint.hidden = count > 0;
    const left = Math.max(0, Math.min(AT_ONCE, count - lines.length));
    say(this.more, `Show ${left} more`);
    this.more.hidden = !left;
    if (!focused) return;
    // Who had the keyboard keeps it; where that is gone, its neighbour has it.
    const next = this.items.has(focused.id) ? null : [...this.items.values()][Math.min(row, this.items.size - 1)];
    if (next) next.remove.focus();
    else if (this.items.has(focused.id)) active.focus({ preventScroll: true });
    else this.title.focus();
  }

  // Puts the lines in order, moving none that is in its place.
  place(nodes) {
    for (const node of [...this.list.children]) if (!nodes.includes(node)) node.remove();
    nodes.forEach((node, n) => {
      if (this.list.children[n] !== node) this.list.insertBefore(node, this.list.children[n] ?? null);
    });
    put(this.list, "hidden", nodes.length ? null : true);
  }
}
