// The steps of a chart as a table, made when somebody opens it.

import { make, say } from "imlkit/elements.js";
import { count, many, rounded } from "./plot_words.js";

const HEADS = ["Step", "Epoch", "Values", "Least", "Median", "Most", "No number"];

export class WeightTable {
  constructor(chart) {
    this.chart = chart;
    this.caption = make("caption");
    this.body = make("tbody");
    const head = make("tr", {}, ...HEADS.map((words) => make("th", { scope: "col", textContent: words })));
    const table = make("table", {}, this.caption, make("thead", {}, head), this.body);
    this.scroller = make("div", { class: "scroller", tabindex: 0, role: "region" }, table);
    this.root = make("details", { ontoggle: () => this.refresh() }, make("summary", { textContent: "Values" }), this.scroller);
  }

  refresh() {
    if (!this.root.open) return;
    const columns = this.chart.drawn;
    this.scroller.setAttribute("aria-label", `Values of ${this.chart.name}`);
    say(this.caption, `${many(columns.length, "step")}, the latest first.`);
    this.body.replaceChildren(...[...columns].reverse().map(row));
  }
}

function row({ step, epoch, total, low, high, median, others }) {
  const told = total ? [rounded(low), rounded(median), rounded(high)] : ["", "", ""];
  const cells = [count(step), epoch === null ? "" : rounded(epoch), count(total), ...told, count(others)];
  return make("tr", {}, ...cells.map((textContent) => make("td", { textContent })));
}
