// Asks before runs are deleted.

import { button, make, say } from "imlkit/elements.js";
import { runs as counted } from "./history_words.js";

const NAMED = 3;

export class HistoryRemoval {
  constructor(remove) {
    this.title = make("h3", { id: "removal" });
    this.words = make("p", {});
    const keep = button("Keep", () => this.root.close());
    this.yes = button("Delete", () => {
      const { ids } = this;
      this.root.close();
      remove(ids);
    }, { class: "danger" });
    this.root = make("dialog", { class: "removal", "aria-labelledby": "removal" }, this.title, this.words, make("div", { class: "tools" }, keep, this.yes));
    this.root.addEventListener("keydown", (event) => event.stopPropagation());
    this.root.addEventListener("close", () => this.back?.focus({ preventScroll: true }));
  }

  // hidden: how many of them the filter leaves out
  ask(runs, back, hidden = 0) {
    if (!runs.length) return;
    this.ids = runs.map(({ id }) => id);
    this.back = back;
    const saved = runs.reduce((sum, run) => sum + run.checkpoints, 0);
    const going = runs.filter((run) => run.goesOn).length;
    const names = runs.slice(0, NAMED).map(({ name }) => `\u2068“${name.length > 60 ? `${name.slice(0, 59)}…` : name}”\u2069`).join(", ");
    const more = runs.length > NAMED ? ` and ${(runs.length - NAMED).toLocaleString("en")} more` : "";
    const checkpoints = saved ? `, with ${saved.toLocaleString("en")} saved ${saved === 1 ? "checkpoint" : "checkpoints"}` : "; no checkpoints were saved";
    const alive = going ? ` ${going === runs.length && going === 1 ? "It still goes" : `${counted(going)} still ${going === 1 ? "goes" : "go"}`} on: what is logged from now on is lost.` : "";
    const unseen = hidden ? ` ${hidden.toLocaleString("en")} of them ${hidden === 1 ? "is" : "are"} not shown now, for the filter leaves ${hidden === 1 ? "it" : "them"} out.` : "";
    say(this.title, `Delete ${counted(runs.length)}?`);
    say(this.words, `${names}${more}: everything that was logged is deleted${checkpoints}. This cannot be undone.${unseen}${alive}`);
    say(this.yes, `Delete ${counted(runs.length)}`);
    this.root.showModal();
  }
}
