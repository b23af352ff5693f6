// The runs' names and how their lines look. Pointed at or pressed, a name dims the other runs.

import { make, put, say } from "imlkit/elements.js";
import { swatch } from "./plot_looks.js";

const HELP = "Point at a chart, or use its arrow keys, to read values.";

export class PlotLegend {
  // lit: called with the run that stays bright, or null.
  constructor(lit) {
    this.lit = lit;
    this.held = null; // the run whose name was pressed
    this.list = make("ul", {});
    this.note = make("span", { class: "quiet" });
    this.root = make("div", { class: "legend", role: "group", "aria-label": "Runs" }, this.list, this.note);
  }

  show(runs, validation) {
    say(this.note, `${validation ? "Dashed lines are validation. " : ""}${HELP}`);
    const now = JSON.stringify(runs);
    if (now === this.now) return;
    this.now = now;
    if (!runs.some(([id]) => id === this.held)) this.held = null;
    this.buttons = new Map();
    this.list.replaceChildren(
      ...runs.map(([id, name, look]) => {
        const button = make("button", { type: "button", "aria-pressed": "false", title: `Bring out ${name}`, onclick: () => this.hold(id) }, swatch(look), make("span", { class: "name", textContent: name }));
        Object.assign(button, { onpointerenter: () => this.lit(id), onpointerleave: () => this.lit(this.held), onfocus: () => this.lit(id), onblur: () => this.lit(this.held) });
        this.buttons.set(id, button);
        return make("li", {}, button);
      }),
    );
    this.press();
  }

  hold(id) {
    this.held = this.held === id ? null : id;
    this.press();
    this.lit(this.held);
  }

  press() {
    for (const [id, button] of this.buttons) put(button, "aria-pressed", String(id === this.held));
    this.lit(this.held);
  }
}
