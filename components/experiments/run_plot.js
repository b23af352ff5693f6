// The curves of runs: charts side by side that grow as points come.

import { button, make, put, say } from "imlkit/elements.js";
import { PlotChart } from "./plot_chart.js";
import { PlotChoices } from "./plot_choices.js";
import { PlotLegend } from "./plot_legend.js";
import { PlotLine } from "./plot_line.js";

class RunPlot {
  constructor(model, even) {
    this.model = model;
    this.even = even;
    this.charts = new Map(); // by name
    this.shown = { axis: "step", logarithmic: false, smoothing: 0, runs: new Map(), lit: null };
    this.choices = new PlotChoices((message) => model.send_msg(message));
    this.legend = new PlotLegend((id) => this.light(id));
    this.words = make("span", { class: "words" });
    this.problem = make("div", { class: "problem", role: "alert", hidden: true }, this.words, button("Try again", () => model.send_msg({ again: true })));
    this.empty = make("p", { class: "empty", role: "status", textContent: "The curves are being read." });
    this.note = make("p", { class: "note", role: "status" });
    this.grid = make("div", { class: "charts" });
    this.root = make("div", { class: "run-plot" }, this.problem, this.empty, this.choices.root, this.legend.root, this.note, this.grid);
    this.choices.root.hidden = true;
    this.legend.root.hidden = true;
    model.on("msg:custom", (message) => this.heard(message));
    this.greet(1_000);
  }

  // Asks what there is to show, until Python answers: a notebook that is opened connects to it later.
  greet(pause) {
    if (this.answered) return;
    this.model.send_msg({ hello: true });
    this.greeting = setTimeout(() => this.greet(2 * pause), pause);
  }

  heard({ state, lines }) {
    this.answered = true;
    clearTimeout(this.greeting);
    const { shown } = this;
    // What there is to choose from is told when it changes.
    state.charts ??= this.offered;
    this.offered = state.charts;
    const chosen = state.charts.filter(([, on]) => on).map(([name]) => name);
    const redrawn = ["axis", "logarithmic", "smoothing"].some((part) => shown[part] !== state[part]);
    const runs = JSON.stringify(state.runs);
    Object.assign(shown, { axis: state.axis, logarithmic: state.logarithmic, smoothing: state.smoothing });
    if (runs !== this.runs) shown.runs = new Map(state.runs.map(([id, name, look]) => [id, { id, name, look }]));
    this.arrange(chosen);
    for (const line of lines) this.charts.get(line.chart)?.take(line, () => new PlotLine(line));
    if (redrawn || runs !== this.runs) for (const chart of this.charts.values()) chart.keep();
    this.runs = runs;
    this.choices.show(state);
    this.legend.show(state.runs, [...this.charts.values()].some((chart) => chart.all().some(([line]) => line.validation)));
    this.tell(state, chosen.length);
  }

  // Makes the charts that are chosen, in their order; those that stay are not touched.
  arrange(names) {
    for (const [name, chart] of this.charts) {
      if (names.includes(name)) continue;
      chart.dispose();
      chart.root.remove();
      this.charts.delete(name);
    }
    names.forEach((name, n) => {
      if (!this.charts.has(name)) this.charts.set(name, new PlotChart(name, this.shown, this.even));
      const { root } = this.charts.get(name);
      if (this.grid.children[n] !== root) this.grid.insertBefore(root, this.grid.children[n] ?? null);
    });
  }

  tell({ charts, empty, note, problem }, chosen) {
    put(this.problem, "hidden", !problem);
    say(this.words, problem);
    say(this.note, note);
    const words = empty || (charts.length && !chosen ? "No metric is chosen. Choose some under “Metrics”." : "");
    say(this.empty, words);
    this.empty.hidden = !words;
    this.choices.root.hidden = !charts.length;
    this.legend.root.hidden = !charts.length;
  }

  light(id) {
    if (this.shown.lit === id) return;
    this.shown.lit = id;
    for (const chart of this.charts.values()) chart.redraw();
  }

  dispose() {
    clearTimeout(this.greeting);
    for (const chart of this.charts.values()) chart.dispose();
  }
}

export function render({ model }) {
  const root = make("div", { class: "holder" });
  const address = model.ticks;
  let plot = null;
  const loading = import(address);
  loading.then(({ ticks }) => {
    plot = new RunPlot(model, ticks);
    root.append(plot.root);
  });
  model.on("remove", () => plot?.dispose());
  return root;
}
