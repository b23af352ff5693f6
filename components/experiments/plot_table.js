// The values of a chart as a table, made when somebody opens it.

import { button, make, say } from "imlkit/elements.js";
import { count, duration, exact, many, rounded } from "./plot_words.js";

const PAGE = 100;
const HEADS = ["Run", "Metric", "Step", "Epoch", "Time", "Value"];

export class PlotTable {
  constructor(chart) {
    this.chart = chart;
    this.most = PAGE;
    this.body = make("tbody");
    this.caption = make("caption");
    const head = make("tr", {}, ...HEADS.map((words) => make("th", { scope: "col", textContent: words })));
    const table = make("table", {}, this.caption, make("thead", {}, head), this.body);
    this.more = button(`Show ${PAGE} more`, () => {
      this.most += PAGE;
      this.refresh();
    });
    this.scroller = make("div", { class: "scroller", tabindex: 0, role: "region", "aria-label": `Values of ${chart.name}` }, table);
    this.root = make("details", { ontoggle: () => this.refresh() }, make("summary", { textContent: "Values" }), this.scroller, this.more);
  }

  refresh() {
    if (!this.root.open) return;
    const lines = this.chart.all();
    const sizes = lines.map(([line]) => line.size);
    const rows = [];
    // The latest first, of all lines in turn.
    for (let back = 1; rows.length < this.most && back <= Math.max(0, ...sizes); back += 1) {
      for (const [line, run] of lines) if (line.size >= back && rows.length < this.most) rows.push(row(line, run, line.size - back));
    }
    const there = sizes.reduce((sum, size) => sum + size, 0);
    const all = lines.reduce((sum, [line]) => sum + line.summary.count, 0);
    const thinned = all > there ? `, ${count(there)} of them drawn: the least and the most of each stretch` : "";
    say(this.caption, `The latest ${count(rows.length)} of ${many(all, "point")}${thinned}.`);
    this.body.replaceChildren(...rows);
    this.more.hidden = rows.length >= there;
  }
}

function row(line, run, n) {
  const [step, epoch, seconds] = line.place(n);
  const cells = [run.name, line.metric, exact(step), Number.isFinite(epoch) ? rounded(epoch) : "", duration(seconds), exact(line.values[n])];
  return make("tr", {}, ...cells.map((textContent) => make("td", { textContent })));
}
