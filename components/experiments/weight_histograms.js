// How the weights of runs change: a parameter to choose, and a heat map for each run.

import { button, make, put, say } from "imlkit/elements.js";
import { many } from "./plot_words.js";
import { WeightChart } from "./weight_histograms_chart.js";
import { WeightChoice } from "./weight_histograms_choice.js";

class WeightHistograms {
  constructor(model, even) {
    this.even = even;
    this.model = model;
    this.charts = new Map(); // by run
    this.shown = { axis: "step", of: "weight", parameter: "", low: null, high: null };
    this.choice = new WeightChoice(
      (message) => model.send_msg(message),
      (axis) => this.turn(axis),
    );
    this.words = make("span", { class: "words" });
    this.problem = make("div", { class: "problem", role: "alert", hidden: true }, this.words, button("Try again", () => model.send_msg({ again: true })));
    this.empty = make("p", { class: "empty", role: "status", textContent: "What the runs logged is being read." });
    this.note = make("p", { class: "note", role: "status" });
    this.reading = make("p", { class: "note", "aria-live": "off" });
    this.grid = make("div", { class: "charts" });
    this.parts = make("div", { class: "parts", hidden: true }, this.choice.root, make("div", { class: "maps" }, this.choice.axisRoot, this.note, this.reading, this.grid));
    this.root = make("div", { class: "run-plot weights" }, this.problem, this.empty, this.parts);
    model.on("msg:custom", ({ state }) => this.show(state));
    this.greet(1_000);
  }

  // Asks what there is to show, until Python answers: a notebook that is opened connects to it later.
  greet(pause) {
    if (this.answered) return;
    this.model.send_msg({ hello: true });
    this.greeting = setTimeout(() => this.greet(2 * pause), pause);
  }

  show({ parameter, of, charts, names, missing, empty, note, problem }) {
    this.answered = true;
    clearTimeout(this.greeting);
    const fresh = parameter !== this.shown.parameter || of !== this.shown.of;
    Object.assign(this.shown, { parameter, of });
    this.choice.show(names, parameter, of);
    const runs = charts.map(({ run }) => run);
    for (const [run, chart] of this.charts) {
      if (runs.includes(run)) continue;
      chart.dispose();
      chart.root.remove();
      this.charts.delete(run);
    }
    charts.forEach((given, n) => {
      if (!this.charts.has(given.run)) this.charts.set(given.run, new WeightChart(this.shown, this.even));
      const chart = this.charts.get(given.run);
      chart.take(given, fresh);
      if (this.grid.children[n] !== chart.root) this.grid.insertBefore(chart.root, this.grid.children[n] ?? null);
    });
    this.redraw();
    put(this.problem, "hidden", !problem);
    say(this.words, problem);
    say(this.empty, empty);
    this.empty.hidden = !empty;
    say(this.note, note);
    say(this.reading, missing ? `${many(missing, "step")} still to be read.` : "");
    this.parts.hidden = !charts.length;
  }

  turn(axis) {
    this.shown.axis = axis;
    this.redraw();
  }

  // All charts have the same range of values, so that runs can be compared.
  redraw() {
    let [low, high] = [null, null];
    for (const chart of this.charts.values()) {
      for (const column of chart.columns()) {
        if (!column.total) continue;
        if (low === null || column.low < low) low = column.low;
        if (high === null || column.high > high) high = column.high;
      }
    }
    Object.assign(this.shown, { low, high });
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
  let weights = null;
  const loading = import(address);
  loading.then(({ ticks }) => {
    weights = new WeightHistograms(model, ticks);
    root.append(weights.root);
  });
  model.on("remove", () => weights?.dispose());
  return root;
}
