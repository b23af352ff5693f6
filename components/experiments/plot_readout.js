// What is written below a chart of the points that are pointed at.

import { make, put } from "imlkit/elements.js";
import { swatch } from "./plot_looks.js";
import { exact, place, rounded } from "./plot_words.js";

export class PlotReadout {
  constructor() {
    this.list = make("ul", {});
    this.hint = make("p", { class: "quiet", textContent: "Point at the chart, or use its arrow keys, to read values." });
    this.root = make("div", { class: "readout", role: "status", "aria-live": "off" }, this.hint, this.list);
    this.clear();
  }

  clear() {
    this.list.replaceChildren();
    this.list.hidden = true;
    this.hint.hidden = false;
  }

  // rows: [{line, run, n, labelled}, …].
  show(rows, smoothed, aloud) {
    put(this.root, "aria-live", aloud ? "polite" : "off");
    this.hint.hidden = rows.length > 0;
    this.list.hidden = rows.length === 0;
    this.list.replaceChildren(
      ...rows.map(({ line, run, n, labelled }) => {
        const name = labelled ? `${run.name}, ${line.metric}` : run.name;
        const value = exact(line.values[n]) + (smoothed ? ` (smoothed ${rounded(line.smoothed[n])})` : "");
        return make("li", {}, swatch(run.look, line.validation), make("span", { class: "name", textContent: name, title: name }), make("b", { textContent: value }), make("span", { class: "quiet", textContent: place(line.place(n)) }));
      }),
    );
  }
}
