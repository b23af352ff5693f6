// What is written beside a chart of the points that are pointed at.

import { make, put } from "imlkit/elements.js";
import { swatch } from "./plot_looks.js";
import { exact, place, rounded } from "./plot_words.js";

export class PlotReadout {
  constructor() {
    this.list = make("ul", {});
    this.root = make("div", { class: "readout", role: "status", "aria-live": "off" }, this.list);
    this.clear();
  }

  clear() {
    this.list.replaceChildren();
    this.list.hidden = true;
  }

  // rows: [{line, run, n, labelled}, …].
  show(rows, smoothed, aloud) {
    put(this.root, "aria-live", aloud ? "polite" : "off");
    this.list.hidden = rows.length === 0;
    this.list.replaceChildren(
      ...rows.map(({ line, run, n, labelled }) => {
        const value = exact(line.values[n]) + (smoothed ? ` (smoothed ${rounded(line.smoothed[n])})` : "");
        const metric = labelled ? make("span", { class: "name", textContent: line.metric }) : null;
        return make("li", {}, swatch(run.look, line.validation), make("span", { class: "name", textContent: run.name }), metric, make("b", { textContent: value }), make("span", { class: "quiet", textContent: place(line.place(n)) }));
      }),
    );
    // It lies over what is below, and at the end of the page over what is above.
    this.root.classList.remove("above");
    const whole = this.root.closest(".run-plot");
    if (whole && this.root.getBoundingClientRect().bottom > whole.getBoundingClientRect().bottom) this.root.classList.add("above");
  }
}
