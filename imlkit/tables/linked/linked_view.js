// A view of a table on a page of Panel's, and its link to Python.

import { loaded } from "imlkit/module_loader.js";
import { Slots } from "imlkit/slots.js";

const PATIENCE = 10_000; // milliseconds after which a page says that Python does not answer

class Link {
  constructor(model) {
    this.model = model;
    this.turn = 0; // of what this page has shown
    this.questions = 0;
    this.heardOf = false; // whether Python has answered
    this.asked = new Map(); // number of the question: how to settle it
    this.slots = new Slots((question) => this.send(question));
    this.told = { table: new Set(), seen: new Set(), config: new Set(), steps: new Set(), hover: new Set(), notice: new Set() };
    this.seen = JSON.parse(model.seen.seen);
    for (const part of ["table", "config", "steps", "hover"]) {
      this[part] = model[part];
      model.on(part, () => this.take(part, model[part]));
    }
    model.on("seen", () => this.follow(model.seen));
    model.on("msg:custom", (message) => this.heard(message));
    this.greet(1_000);
  }

  // Asks what there is to show, until Python answers: a notebook that is opened connects to it later.
  greet(pause) {
    if (this.heardOf) return;
    this.model.send_msg({ type: "hello" });
    this.greeting = setTimeout(() => this.greet(2 * pause), pause);
  }

  take(part, value) {
    this[part] = value;
    this.tell(part);
  }

  follow({ turn, seen }) {
    if (turn < this.turn || JSON.stringify(this.seen) === seen) return; // of before what was done here
    this.seen = JSON.parse(seen);
    this.tell("seen");
  }

  // What Python shows now; a page that is opened anew was written down earlier.
  catchUp({ seen, ...parts }) {
    for (const [part, value] of Object.entries(parts)) if (JSON.stringify(value) !== JSON.stringify(this[part])) this.take(part, value);
    this.follow(seen);
  }

  // Resolves once it is known what the table is.
  described() {
    if (this.table.columns) return Promise.resolve();
    return new Promise((resolve) => {
      const off = this.onTable(() => {
        off();
        resolve();
      });
    });
  }

  onTable(act) {
    return this.on("table", act);
  }

  onSeen(act) {
    return this.on("seen", act);
  }

  onConfig(act) {
    return this.on("config", act);
  }

  onSteps(act) {
    return this.on("steps", act);
  }

  onHover(act) {
    return this.on("hover", act);
  }

  onNotice(act) {
    return this.on("notice", act);
  }

  on(part, act) {
    this.told[part].add(act);
    return () => this.told[part].delete(act);
  }

  tell(part, value) {
    for (const act of [...this.told[part]]) act(value);
  }

  show(seen) {
    // What was seen tells Python which part of it the person has changed.
    const before = JSON.stringify(this.seen);
    this.seen = seen;
    this.turn += 1;
    this.model.send_msg({ type: "show", turn: this.turn, before, seen: JSON.stringify(seen) });
    this.tell("seen");
  }

  undo() {
    this.model.send_msg({ type: "undo" });
  }

  redo() {
    this.model.send_msg({ type: "redo" });
  }

  point(id) {
    if (this.hover !== id) this.model.send_msg({ type: "point", id });
  }

  configure(parts) {
    this.model.send_msg({ type: "configure", parts });
  }

  // Null where the page's address is not for what is seen here.
  address(seen) {
    if (!this.model.addressed) return null;
    const url = new URL(window.location.href);
    url.searchParams.delete("state");
    if (Object.keys(seen).length) url.searchParams.set("state", JSON.stringify(seen));
    return url.href;
  }

  ask(question, { slot } = {}) {
    return this.slots.ask(question, slot);
  }

  send(question) {
    return new Promise((resolve, reject) => {
      this.questions += 1;
      this.asked.set(this.questions, { resolve, reject });
      this.model.send_msg({ type: "ask", turn: this.questions, question });
    });
  }

  heard(message) {
    this.heardOf = true;
    if (message.now) this.catchUp(message.now);
    if (message.notice) this.tell("notice", message.notice);
    const settle = this.asked.get(message.turn);
    if (!settle) return;
    this.asked.delete(message.turn);
    if (message.error === undefined) settle.resolve(message.answer);
    else settle.reject(new Error(message.error));
  }
}

export function render({ model }) {
  const style = document.createElement("style");
  style.textContent = model.style;
  const place = document.createElement("div");
  place.className = "linked";
  place.textContent = "Opening the table…";
  // Keys that are meant for a state are heard wherever it is shown.
  const mark = () => {
    place.dataset.state = model.linked;
  };
  model.on("linked", mark);
  mark();
  const link = new Link(model);
  let off = null;
  let gone = false;
  const late = setTimeout(() => {
    if (!link.heardOf) place.textContent = "Python has not answered yet. If it is not at work, run it again: in a notebook the cell above, otherwise reload the page.";
  }, PATIENCE);
  Promise.all([loaded(model.modules), link.described()]).then(
    ([{ show }]) => {
      clearTimeout(late);
      if (gone) return;
      place.replaceChildren();
      off = show(place, link);
    },
    (error) => {
      clearTimeout(late);
      place.textContent = "This view could not be loaded. Reload the page.";
      console.error(error);
    },
  );
  model.on("remove", () => {
    gone = true;
    clearTimeout(late);
    clearTimeout(link.greeting);
    off?.();
  });
  const root = document.createElement("div");
  root.append(style, place);
  return root;
}
