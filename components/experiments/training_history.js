// The runs of a store on a page, and their link to Python.

import { button, make, say } from "imlkit/elements.js";
import { HistoryCheckpoints } from "./history_checkpoints.js";
import { HistoryChoice } from "./history_choice.js";
import { HistoryColumns } from "./history_columns.js";
import { HistoryGrid } from "./history_grid.js";
import { HistoryMenu } from "./history_menu.js";
import { HistoryOrder } from "./history_order.js";
import { HistoryRemoval } from "./history_removal.js";
import { HistoryRun } from "./history_run.js";
import { runs as counted } from "./history_words.js";

const words = (text) => text.split(",").map((word) => word.trim()).filter(Boolean);

class TrainingHistory {
  constructor(model) {
    this.model = model;
    this.runs = new Map(); // id: a HistoryRun
    this.selected = new Set();
    this.turn = 0; // of what was ticked here
    this.columns = new HistoryColumns(model.patience);
    this.order = new HistoryOrder();
    const doings = {
      rename: (line) => line.edit("name", line.run.name, `Name of ${line.run.name}`, (name) => this.send("rename", { run: line.run.id, name })),
      tag: (line) => this.editTags(line),
      checkpoints: (line) => this.checkpoints.ask(line.run, line.more),
      remove: (runs) => this.removal.ask(runs, this.remove),
      ask: (run, kind, value = null) => this.send("ask", { run, kind, value }),
    };
    this.menu = new HistoryMenu(doings, model.patience);
    this.checkpoints = new HistoryCheckpoints((type, more) => this.send(type, more));
    this.removal = new HistoryRemoval((runs) => this.send("remove", { runs }));
    this.grid = new HistoryGrid(model.title, this.columns, this.order, model.patience, {
      sort: (key) => this.sort(key),
      ticked: (id, on) => this.tick([id], on),
      openMenu: (line) => this.menu.open(line),
      rename: doings.rename,
      remove: (line) => this.removal.ask([line.run], line.more),
    });
    this.choice = new HistoryChoice(this.columns, () => this.show());
    this.build();
    model.on("msg:custom", (message) => this.heard(message));
    this.greet(1_000);
  }

  build() {
    this.status = make("span", { class: "count", role: "status", textContent: "The runs are being read…" });
    this.filter = make("input", { type: "search", class: "filter", "aria-label": "Filter by name, tags, state and parameters", placeholder: "Filter runs", autocomplete: "off" });
    this.filter.oninput = () => {
      this.order.seek(this.filter.value);
      this.show();
    };
    this.all = button("Select all shown", () => this.tick(this.grid.runs.map(({ id }) => id), true));
    this.none = button("Select none", () => this.tick([...this.selected], false));
    this.remove = button("Delete selected", () => this.removeSelected(), { class: "danger" });
    this.problemWords = make("span", {});
    this.problem = make("div", { class: "problem", role: "alert", hidden: true }, this.problemWords, " ", button("Try again", () => this.send("look")));
    this.notice = make("p", { class: "problem", role: "alert", hidden: true });
    this.nothing = make("p", { class: "empty", hidden: true, textContent: "No run has all these words in its name, tags, state or parameters." });
    this.tools = make("div", { class: "tools" }, this.filter, this.all, this.none, this.remove);
    this.hint = this.begin();
    this.root = make("div", { class: "linked history" }, this.status, this.problem, this.notice, this.hint, this.tools, this.choice.root, this.nothing, this.grid.root, this.menu.root, this.removal.root, this.checkpoints.root);
    this.show();
  }

  // How to begin, where no run was logged yet.
  begin() {
    const place = JSON.stringify(this.model.place || "my-runs");
    const lines = ["from imlkit.training import Run", `with Run(${place}, "my first run", params={"rate": 1e-3}) as run:`, "    run.log(epoch=1, loss=0.5)"];
    const code = make("pre", { tabindex: 0, role: "region", "aria-label": "How to log a run" }, make("code", { textContent: lines.join("\n") }));
    return make("div", { class: "empty", hidden: true }, make("p", { textContent: "There are no runs yet. Log one from your training; it appears here as soon as it begins:" }), code);
  }

  // Asks what there is to show, until Python answers: a notebook that is opened connects to it later.
  greet(pause) {
    if (this.known !== undefined) return;
    this.send("hello");
    this.greeting = setTimeout(() => this.greet(2 * pause), pause);
  }

  send(type, more = {}) {
    this.model.send_msg({ type, ...more });
  }

  heard({ runs, selected, turn, notice, checkpoints, said, download }) {
    if (runs !== undefined) this.take(JSON.parse(runs));
    if (selected !== undefined && turn >= this.turn) {
      this.selected = new Set(selected);
      this.mark();
    }
    if (checkpoints !== undefined) this.checkpoints.take(JSON.parse(checkpoints));
    if (said !== undefined) this.checkpoints.tell(...said);
    if (download !== undefined) this.checkpoints.label(...download);
    if (notice !== undefined) {
      say(this.notice, notice);
      this.notice.hidden = !notice;
      if (notice) this.grid.refresh();
    }
  }

  take(said) {
    if (said.all) {
      this.runs.clear();
      this.columns.begin();
      this.turn = 0;
    }
    this.known = said.known;
    this.columns.renew(said);
    for (const line of said.lines) this.runs.set(line[0], new HistoryRun(line));
    for (const id of said.gone) this.runs.delete(id);
    say(this.problemWords, said.problem);
    this.problem.hidden = !said.problem;
    this.choice.renew();
    this.menu.renew(this.runs);
    this.show();
  }

  show() {
    const some = this.runs.size > 0;
    for (const part of [this.tools, this.choice.root, this.grid.root]) part.hidden = !some;
    this.hint.hidden = some || !this.known || !this.problem.hidden;
    if (some) this.grid.show(this.order.arrange([...this.runs.values()], this.columns));
    this.nothing.hidden = !some || this.grid.runs.length > 0;
    this.mark();
  }

  mark() {
    this.grid.selected = this.selected;
    this.grid.mark();
    const [here, all] = [this.grid.runs.length, this.runs.size];
    const ticked = [...this.selected].filter((id) => this.runs.has(id)).length;
    const few = here < all ? `${here.toLocaleString("en")} of ${counted(all)}` : counted(all);
    if (this.known) say(this.status, all ? `${few}${ticked ? `, ${ticked.toLocaleString("en")} selected` : ""}` : "No runs");
    else if (!this.problem.hidden) say(this.status, "The runs could not be read");
    this.all.disabled = !here;
    this.none.disabled = this.remove.disabled = !ticked;
  }

  sort(key) {
    this.order.by(key);
    this.grid.root.scrollTop = 0;
    this.show();
  }

  tick(ids, on) {
    for (const id of ids) {
      if (on) this.selected.add(id);
      else this.selected.delete(id);
    }
    this.turn += 1;
    this.send("select", { ids: [...this.selected], turn: this.turn });
    this.mark();
  }

  removeSelected() {
    const runs = [...this.selected].map((id) => this.runs.get(id)).filter(Boolean);
    const shown = new Set(this.grid.runs);
    this.removal.ask(runs, this.remove, runs.filter((run) => !shown.has(run)).length);
  }

  editTags(line) {
    const tags = this.columns.fixed.find(({ key }) => key === "tags");
    if (!this.columns.isShown(tags)) {
      this.columns.choose(tags, true);
      this.choice.renew();
      this.show();
    }
    line.edit("tags", line.run.tags.join(", "), `Tags of ${line.run.name}, with commas between`, (text) => this.send("tag", { run: line.run.id, tags: words(text) }));
  }

  dispose() {
    clearTimeout(this.greeting);
    this.grid.dispose();
  }
}

export function render({ model }) {
  const view = new TrainingHistory(model);
  model.on("remove", () => view.dispose());
  return view.root;
}
