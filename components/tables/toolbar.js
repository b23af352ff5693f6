// What is seen of a table: how many rows, the conditions on them, their groups, the selected ones.

import { button, make, put, say } from "imlkit/elements.js";
import { filtersOf } from "imlkit/filters.js";
import { count, rows } from "imlkit/values.js";
import { ConditionChips } from "./toolbar_chips.js";
import { GroupChips } from "./toolbar_groups.js";
import { SelectedTray } from "./toolbar_tray.js";
import { ShareButton } from "./toolbar_share.js";

const LATE = 250; // milliseconds after which a count that is waited for is marked as old
const TYPED = ["text", "search", "number", "url", "email", "password", "tel", "date", "datetime-local", "time"];

class Toolbar {
  constructor(root, link) {
    this.link = link;
    this.root = root;
    this.build();
    this.keys = (event) => this.pressed(event);
    document.addEventListener("keydown", this.keys);
    this.off = [
      link.onTable(() => this.renew()),
      link.onSeen(() => this.follow()),
      link.onSteps(() => this.stepped()),
      link.onConfig(() => this.configured()),
      link.onNotice?.((words) => this.notice(words)),
    ];
    this.renew();
  }

  build() {
    const { link } = this;
    const tell = (words) => this.notice(words);
    this.status = make("span", { class: "status", role: "status" });
    this.undo = button("Undo", () => this.step(this.undo), { title: "Take back the last change (Ctrl+Z)" });
    this.redo = button("Redo", () => this.step(this.redo), { title: "Make it again (Ctrl+Shift+Z)" });
    this.share = new ShareButton(link, tell);
    this.problem = make("p", { class: "problem", role: "alert", hidden: true });
    this.words = make("span", { role: "alert" });
    this.noticed = make("div", { class: "problem noticed", hidden: true }, this.words, button("×", () => this.notice(""), { class: "icon", "aria-label": "Close the notice", title: "Close" }));
    this.chips = new ConditionChips(link);
    this.groups = new GroupChips(link);
    this.tray = new SelectedTray(link, tell);
    const history = make("span", { class: "together", role: "group", "aria-label": "Steps" }, this.undo, this.redo);
    const head = make("div", { class: "tools" }, this.status, history, this.share.button);
    this.root.append(head, this.share.field, this.noticed, this.problem, this.chips.root, this.groups.root, this.tray.root);
  }

  // What was refused is told until the person closes it: the count that follows is right all the same.
  notice(words) {
    this.noticed.hidden = !words;
    say(this.words, words);
  }

  tell(words) {
    say(this.problem, words);
    this.problem.hidden = !words;
  }

  renew() {
    this.tell(this.link.table.problem ?? "");
    this.configured();
    this.stepped();
    this.follow(true);
  }

  configured() {
    // The address of a notebook is not that of what is seen in it.
    this.share.button.hidden = !this.link.config.share || this.link.address({}) === null;
  }

  stepped() {
    const { undoable = 0, redoable = 0 } = this.link.steps ?? {};
    put(this.undo, "aria-disabled", String(!undoable));
    put(this.redo, "aria-disabled", String(!redoable));
  }

  step(which) {
    if (which.getAttribute("aria-disabled") === "true") return;
    if (which === this.undo) this.link.undo();
    else this.link.redo();
  }

  follow(anew = false) {
    this.chips.show(anew);
    this.groups.show();
    this.tray.show(anew);
    this.share.follow();
    this.count(anew);
  }

  count(anew) {
    const filters = filtersOf(this.link.seen);
    const said = JSON.stringify(filters);
    if (!anew && said === this.counted) return;
    this.counted = said;
    const { table } = this.link;
    // Without rows a dataset has no columns that conditions could be on.
    if (!table.rows) {
      put(this.status, "aria-busy", null);
      say(this.status, table.problem ? "No rows to count" : "This table has no rows yet");
      return;
    }
    const late = setTimeout(() => put(this.status, "aria-busy", "true"), LATE);
    this.link
      .ask({ ask: "count", filters }, { slot: "count" })
      .then(({ count: left, total }) => {
        if (said !== this.counted) return;
        this.tell("");
        say(this.status, left === total ? rows(total) : `${count(left)} of ${rows(total)}`);
      })
      .catch((error) => {
        if (error.name === "Replaced" || said !== this.counted) return;
        say(this.status, "The rows could not be counted");
        this.tell(error.message);
      })
      .finally(() => {
        clearTimeout(late);
        if (said === this.counted) put(this.status, "aria-busy", null);
      });
  }

  // Ctrl+Z anywhere in the views that have this state, but for where text is typed.
  pressed(event) {
    const key = event.key.toLowerCase();
    if (event.defaultPrevented || event.altKey || !(event.ctrlKey || event.metaKey) || !["z", "y"].includes(key)) return;
    const path = event.composedPath();
    const [target] = path;
    if (target.isContentEditable || target.tagName === "TEXTAREA") return;
    if (target.tagName === "INPUT" && TYPED.includes(target.type)) return;
    const within = path.find((node) => node.classList?.contains("linked"));
    if (!within || within.dataset.state !== this.root.dataset.state) return;
    event.preventDefault();
    this.step(key === "y" || event.shiftKey ? this.redo : this.undo);
  }

  dispose() {
    document.removeEventListener("keydown", this.keys);
    for (const off of this.off) off?.();
    this.chips.dispose();
    this.tray.dispose();
  }
}

export function show(el, link) {
  const toolbar = new Toolbar(el, link);
  return () => toolbar.dispose();
}
