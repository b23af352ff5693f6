// A field to choose a checkpoint in: typing finds it among many.

import { button, make, put, say } from "imlkit/elements.js";

class CheckpointChoice {
  constructor(model) {
    this.model = model;
    this.turn = 0; // of what is sought
    this.listed = [];
    this.active = null; // id of the option that the keys are at
    this.build();
    model.on("msg:custom", (state) => this.show(state));
    this.greet(1_000);
  }

  build() {
    const { title } = this.model;
    const legend = make("legend", { textContent: title, title });
    this.field = make("input", { type: "text", role: "combobox", "aria-expanded": "false", "aria-controls": "options", "aria-autocomplete": "list", "aria-haspopup": "listbox", "aria-describedby": "told", "aria-label": title, autocomplete: "off", spellcheck: "false", disabled: true, dir: "auto" });
    this.clear = button("×", () => this.choose(null), { class: "icon", hidden: true, "aria-label": `${title}: choose none` });
    this.arrow = button("▾", () => this.toggle(), { class: "icon", tabindex: -1, "aria-hidden": "true" });
    this.frame = make("fieldset", {}, legend, this.field, this.clear, this.arrow);
    this.options = make("ul", { id: "options", role: "listbox" });
    this.rest = make("p", { class: "rest quiet", role: "status" });
    this.list = make("div", { class: "list", popover: "manual" }, this.options, this.rest);
    this.told = make("p", { class: "told quiet", id: "told", role: "status" });
    this.problemWords = make("span", {});
    this.problem = make("div", { class: "problem", role: "alert", hidden: true }, this.problemWords, " ", button("Try again", () => this.send("look")));
    this.root = make("div", { class: "linked checkpoint-choice" }, this.frame, this.list, this.told, this.problem);
    this.field.oninput = () => {
      this.typed = true;
      this.seek(this.field.value);
      this.open();
    };
    this.field.onclick = () => this.open();
    this.field.onfocus = () => this.field.select();
    this.field.onblur = () => this.close();
    this.field.onkeydown = (event) => this.pressed(event);
    // A press on the list leaves the keyboard with the field.
    for (const part of [this.list, this.arrow]) part.onmousedown = (event) => event.preventDefault();
    this.follow = () => this.place();
  }

  // Asks what there is to show, until Python answers: a notebook that is opened connects to it later.
  greet(pause) {
    if (this.state) return;
    this.send("hello");
    this.greeting = setTimeout(() => this.greet(2 * pause), pause);
  }

  send(type, more = {}) {
    this.model.send_msg({ type, ...more });
  }

  get isOpen() {
    return this.list.matches(":popover-open");
  }

  show(state) {
    this.state = state;
    const { chosen, problem, note, empty, count } = state;
    this.field.disabled = this.arrow.disabled = !count;
    put(this.field, "placeholder", count ? `Choose one of ${count.toLocaleString("en")}…` : "Nothing to choose from yet");
    this.clear.hidden = !chosen;
    say(this.told, note || empty);
    this.told.hidden = !(note || empty);
    this.told.classList.toggle("gone", Boolean(note));
    say(this.problemWords, problem);
    this.problem.hidden = !problem;
    if (!this.typed) this.write();
    if (!count) this.close();
    if (state.turn === this.turn) this.fill(state);
  }

  // What is chosen, in the field.
  write() {
    const words = this.state.chosen?.[1] ?? "";
    if (this.field.value !== words) this.field.value = words;
    this.field.title = words;
  }

  fill({ listed, found, chosen, count }) {
    this.listed = listed;
    if (!listed.some(([id]) => id === this.active)) this.active = null;
    const held = new Map([...this.options.children].map((node) => [node.key, node]));
    const nodes = listed.map(([id, words]) => {
      const node = held.get(id) ?? make("li", { role: "option", id: `option-${id}`, dir: "auto", onclick: () => this.choose(id) });
      node.key = id;
      say(node, words);
      put(node, "aria-selected", String(id === chosen?.[0]));
      return node;
    });
    this.options.replaceChildren(...nodes);
    this.options.hidden = !nodes.length;
    const left = found - listed.length;
    const more = left ? `${left.toLocaleString("en")} more: type a part of the run's name, the epoch or the metric.` : "";
    say(this.rest, count && !found ? "No checkpoint has all these words." : more);
    this.rest.hidden = !this.rest.textContent;
    this.mark();
    if (this.isOpen) this.place();
  }

  mark() {
    let here = null;
    for (const node of this.options.children) {
      const on = node.key === this.active;
      node.classList.toggle("active", on);
      if (on) here = node;
    }
    put(this.field, "aria-activedescendant", this.isOpen && here ? here.id : null);
    here?.scrollIntoView({ block: "nearest" });
  }

  seek(words) {
    this.turn += 1;
    this.active = null;
    this.send("seek", { words, turn: this.turn });
  }

  toggle() {
    if (this.isOpen) this.close();
    else {
      this.field.focus();
      this.open();
    }
  }

  open() {
    if (this.isOpen || this.field.disabled) return;
    this.list.showPopover();
    put(this.field, "aria-expanded", "true");
    this.active ??= this.state.chosen?.[0] ?? null;
    this.place();
    this.mark();
    window.addEventListener("scroll", this.follow, true);
    window.addEventListener("resize", this.follow);
  }

  close() {
    if (this.typed) {
      this.typed = false;
      this.seek("");
      this.write();
    }
    if (!this.isOpen) return;
    this.list.hidePopover();
    put(this.field, "aria-expanded", "false");
    this.active = null;
    this.mark();
    this.unfollow();
  }

  unfollow() {
    window.removeEventListener("scroll", this.follow, true);
    window.removeEventListener("resize", this.follow);
  }

  // Below the field, or above it where there is more room.
  place() {
    const at = this.frame.getBoundingClientRect();
    const below = window.innerHeight - at.bottom - 8;
    const above = at.top - 8;
    const up = below < 200 && above > below;
    const { style } = this.list;
    style.left = `${at.left}px`;
    style.width = `${at.width}px`;
    style.maxHeight = `${Math.min(400, up ? above : below)}px`;
    style.top = up ? "auto" : `${at.bottom + 2}px`;
    style.bottom = up ? `${window.innerHeight - at.top + 2}px` : "auto";
  }

  choose(id) {
    this.typed = false;
    this.send("choose", { id });
    if (this.turn) this.seek("");
    // What Python then says is what stands; until then, what was chosen.
    const words = this.listed.find(([other]) => other === id)?.[1] ?? "";
    this.field.value = words;
    this.close();
    this.field.focus();
  }

  move(step) {
    if (!this.isOpen) return this.open();
    if (!this.listed.length) return undefined;
    const at = this.listed.findIndex(([id]) => id === this.active);
    const next = at < 0 ? (step > 0 ? 0 : this.listed.length - 1) : Math.min(Math.max(at + step, 0), this.listed.length - 1);
    this.active = this.listed[next][0];
    return this.mark();
  }

  pressed(event) {
    const acts = {
      ArrowDown: () => this.move(1),
      ArrowUp: () => this.move(-1),
      PageDown: () => this.move(8),
      PageUp: () => this.move(-8),
      Enter: () => (this.isOpen && this.active ? this.choose(this.active) : this.open()),
      Escape: () => this.close(),
    };
    const act = acts[event.key];
    if (!act || event.altKey || event.ctrlKey || event.metaKey || (event.key === "Escape" && !this.isOpen)) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  dispose() {
    clearTimeout(this.greeting);
    this.unfollow();
  }
}

export function render({ model }) {
  const view = new CheckpointChoice(model);
  model.on("remove", () => view.dispose());
  return view.root;
}
