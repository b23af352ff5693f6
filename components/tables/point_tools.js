// What is done with points by buttons: how dragging draws, how selections meet, how near one looks.

import { button, make, put, say } from "imlkit/elements.js";
import { rows } from "imlkit/values.js";

const TOOLS = [
  ["lasso", "Lasso", "Draw a line around points to select them"],
  ["box", "Box", "Draw a box around points to select them"],
  ["move", "Move", "Drag to move the view"],
];
const MANNERS = [
  ["only", "replaces"],
  ["add", "adds to"],
  ["remove", "is cut out of"],
];

export class PointTools {
  // told: {chosen(tool), zoom(times), whole(), selectShown(), narrow(), widen(), clear()}
  constructor(told) {
    this.told = told;
    this.manner = "only";
    this.tools = TOOLS.map(([tool, name, title]) => button(name, () => this.choose(tool), { title }));
    const zoom = [
      button("+", () => told.zoom(0.6), { class: "icon", "aria-label": "Zoom in", title: "Zoom in" }),
      button("−", () => told.zoom(1 / 0.6), { class: "icon", "aria-label": "Zoom out", title: "Zoom out" }),
      button("Whole", () => told.whole(), { title: "Show everything" }),
    ];
    const options = MANNERS.map(([value, text]) => make("option", { value, textContent: text }));
    const manners = make("select", { onchange: (event) => (this.manner = event.target.value) }, ...options);
    const all = button("Select all shown", () => told.selectShown(), { title: "Select every row in the part that is shown" });
    const narrow = button("Filter to this part", () => told.narrow(), { title: "Leave only the rows in the part that is shown" });
    this.widen = button("Clear this filter", () => told.widen(), { hidden: true });
    this.clear = button("", () => told.clear(), { hidden: true });
    const group = (label, ...parts) => make("div", { class: "joined", role: "group", "aria-label": label }, ...parts);
    this.bar = make("div", { class: "tools" }, group("What dragging does", ...this.tools), group("Zoom", ...zoom));
    this.acts = make("div", { class: "tools" }, make("label", {}, "A selection", manners, "the one before"), all, this.clear, narrow, this.widen);
    this.tool = globalThis.matchMedia?.("(pointer: coarse)").matches ? "move" : "lasso";
    this.press();
  }

  choose(tool) {
    this.tool = tool;
    this.press();
    this.told.chosen(tool);
  }

  press() {
    this.tools.forEach((each, n) => put(each, "aria-pressed", String(TOOLS[n][0] === this.tool)));
  }

  follow(selected, filtered) {
    this.widen.hidden = !filtered;
    this.clear.hidden = !selected;
    say(this.clear, `Clear the selection (${rows(selected)})`);
  }
}
