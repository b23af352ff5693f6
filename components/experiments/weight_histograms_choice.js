// What the person chooses: a parameter, whether its weights or its gradients, and by what they are drawn.

import { make, say } from "imlkit/elements.js";
import { count, many } from "./plot_words.js";

const OF = [
  ["weight", "Weights"],
  ["gradient", "Gradients"],
];
const SEARCHED = 12; // from how many parameters on there is a search
const LISTED = 500;
const ROWS = 12;

export class WeightChoice {
  // send: tells Python what was chosen. turn: called with the axis that was chosen.
  constructor(send, turn) {
    this.send = send;
    this.names = [];
    this.search = make("input", { type: "search", placeholder: "Part of a name", "aria-label": "Find a parameter", oninput: () => this.list() });
    this.select = make("select", { "aria-label": "Parameter", onchange: () => send({ parameter: this.select.value }) });
    this.rest = make("p", { class: "quiet", role: "status" });
    this.radios = OF.map(([value, words]) => [value, make("input", { type: "radio", name: "of", value, onchange: () => send({ of: value }) }), words]);
    const of = make("div", { class: "of", role: "radiogroup", "aria-label": "What is shown" }, ...this.radios.map(([, radio, words]) => make("label", { class: "choice" }, radio, words)));
    this.root = make("div", { class: "parameters" }, of, make("div", { class: "list" }, this.search, this.select, this.rest));
    const axis = make("select", { "aria-label": "By", onchange: () => turn(axis.value) }, make("option", { value: "step", textContent: "Step" }), make("option", { value: "epoch", textContent: "Epoch" }));
    this.axisRoot = make("div", { class: "axis" }, make("span", { class: "choice" }, make("span", { textContent: "By", "aria-hidden": "true" }), axis), make("span", { class: "quiet", textContent: "The stronger the colour, the more values of its step; the line is their median. Point at a chart, or use its arrow keys, to read it." }));
  }

  // names: null where they are as they were.
  show(names, parameter, of) {
    for (const [value, radio] of this.radios) radio.checked = value === of;
    if (names) this.names = names;
    if (names || parameter !== this.parameter) {
      this.parameter = parameter;
      this.list();
    }
  }

  list() {
    const wanted = this.search.value.toLowerCase();
    this.search.hidden = this.names.length <= SEARCHED;
    const found = this.names.filter((name) => name.toLowerCase().includes(wanted));
    const listed = found.slice(0, LISTED);
    // What is shown can always be seen among what may be chosen.
    if (this.parameter && !listed.includes(this.parameter)) listed.unshift(this.parameter);
    const now = JSON.stringify(listed);
    if (now !== this.listed) {
      this.listed = now;
      this.select.replaceChildren(...listed.map((name) => make("option", { value: name, textContent: name, title: name })));
      this.select.size = Math.min(Math.max(listed.length, 2), ROWS);
    }
    this.select.value = this.parameter;
    const rest = found.length > LISTED ? `${count(found.length - LISTED)} more: type a part of the name.` : found.length ? "" : "No parameter has this in its name.";
    say(this.rest, rest || (wanted ? `${many(found.length, "parameter")} of ${count(this.names.length)}` : many(this.names.length, "parameter")));
  }
}
