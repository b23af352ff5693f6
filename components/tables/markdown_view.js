// A text on a page of Panel's, and its link to Python.

import { loaded } from "imlkit/module_loader.js";

class Link {
  constructor(model) {
    this.model = model;
    this.turn = 0;
    this.asked = new Map(); // turn: how to settle it
    model.on("msg:custom", ({ turn, answer, error }) => {
      const settle = this.asked.get(turn);
      this.asked.delete(turn);
      if (error === undefined) settle?.resolve(answer);
      else settle?.reject(new Error(error));
    });
  }

  get config() {
    return this.model.config;
  }

  onConfig(act) {
    this.model.on("config", act);
    return () => this.model.off("config", act);
  }

  // Resolves to the HTML of a text.
  preview(text) {
    return this.send({ type: "preview", text });
  }

  // Puts a text in the place of the one it was made from.
  save(text, was) {
    return this.send({ type: "save", text, was });
  }

  send(message) {
    return new Promise((resolve, reject) => {
      this.turn += 1;
      this.asked.set(this.turn, { resolve, reject });
      this.model.send_msg({ turn: this.turn, ...message });
    });
  }
}

export function render({ model }) {
  const style = document.createElement("style");
  style.textContent = model.style;
  const place = document.createElement("div");
  place.className = "linked";
  let off = null;
  let gone = false;
  loaded(model.modules).then(
    ({ show }) => {
      if (!gone) off = show(place, new Link(model));
    },
    (error) => {
      place.textContent = "This text could not be loaded. Reload the page.";
      console.error(error);
    },
  );
  model.on("remove", () => {
    gone = true;
    off?.();
  });
  const root = document.createElement("div");
  root.append(style, place);
  return root;
}
