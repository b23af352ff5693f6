// What can be done with one run, beside its line.

import { button, make, put, say } from "imlkit/elements.js";
import { remark, STATES } from "./history_words.js";

export class HistoryMenu {
  // doings: rename(line), tag(line), checkpoints(line), remove(runs), ask(run, kind, value)
  constructor(doings, patience) {
    this.doings = doings;
    this.patience = patience;
    this.title = make("h3", { dir: "auto" });
    this.said = make("p", { role: "status" });
    this.pause = button("Pause", () => this.ask(this.run.state === "paused" ? "resume" : "pause"));
    this.stop = button("Stop after this epoch", () => this.ask("stop"));
    this.rate = make("input", { inputmode: "decimal", "aria-label": "New learning rate", placeholder: "0.001", autocomplete: "off" });
    this.wrong = make("p", { role: "alert" });
    this.rate.onkeydown = (event) => {
      if (event.key === "Enter") this.setRate();
    };
    const rate = make("div", { class: "rate" }, make("span", { textContent: "Learning rate" }), this.rate, button("Set", () => this.setRate(), { "aria-label": "Set the learning rate" }));
    this.steering = make("div", { class: "steering", role: "group", "aria-label": "Steer the training" }, this.pause, this.stop, rate, this.wrong);
    const act = (what) => () => {
      const { line } = this;
      this.close();
      what(line);
    };
    const changing = make(
      "div",
      { class: "changing" },
      button("Rename", act((line) => doings.rename(line))),
      button("Change tags", act((line) => doings.tag(line))),
      button("Checkpoints…", act((line) => doings.checkpoints(line))),
      button("Delete", act((line) => doings.remove([line.run])), { class: "danger" }),
    );
    const close = button("×", () => this.close(true), { class: "icon close", "aria-label": "Close" });
    this.root = make("div", { class: "menu", popover: "auto", role: "dialog" }, make("div", { class: "menu-head" }, this.title, close), this.said, this.steering, changing);
    this.root.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key !== "Escape") return;
      event.preventDefault();
      this.close(true);
    });
  }

  get isOpen() {
    return this.root.matches(":popover-open");
  }

  open(line) {
    this.line = line;
    this.rate.value = "";
    this.show(line.run);
    this.root.showPopover();
    const at = line.more.getBoundingClientRect();
    const { offsetWidth: wide, offsetHeight: high } = this.root;
    this.root.style.left = `${Math.max(8, Math.min(at.right - wide, window.innerWidth - wide - 8))}px`;
    this.root.style.top = `${Math.max(8, at.bottom + high + 8 > window.innerHeight ? at.top - high : at.bottom)}px`;
    (this.steering.hidden ? this.root.querySelector(".changing button") : this.pause).focus();
  }

  // What the run is like now.
  show(run) {
    this.run = run;
    put(this.root, "aria-label", `What to do with ${run.name}`);
    say(this.title, run.name);
    say(this.said, [STATES[run.state][1], remark(run, this.patience)].filter(Boolean).join(": "));
    this.steering.hidden = !run.goesOn;
    say(this.pause, run.state === "paused" ? "Resume" : "Pause");
    this.warn("");
  }

  // The runs are as they are now; what is gone has no menu.
  renew(runs) {
    if (!this.isOpen) return;
    const run = runs.get(this.run.id);
    if (!run) this.close(true);
    else if (run !== this.run) {
      const { wrong } = this;
      const words = wrong.textContent;
      this.show(run);
      this.warn(words);
    }
  }

  close(refocus = false) {
    if (this.isOpen) this.root.hidePopover();
    if (refocus) this.line?.more.focus();
  }

  ask(kind, value) {
    this.warn("");
    this.doings.ask(this.run.id, kind, value);
  }

  setRate() {
    const value = Number(this.rate.value.trim().replace(",", "."));
    if (!this.rate.value.trim() || !Number.isFinite(value) || value < 0) this.warn("Give a number from 0 on, such as 0.001.");
    else this.ask("rate", value);
  }

  warn(words) {
    say(this.wrong, words);
    this.wrong.hidden = !words;
    put(this.rate, "aria-invalid", words ? "true" : null);
  }
}
