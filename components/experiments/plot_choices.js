// What the person chooses for all charts: the axes, how smooth, which metrics.

import { make, put, say } from "imlkit/elements.js";
import { count } from "./plot_words.js";

const AXES = [
  ["step", "Step"],
  ["epoch", "Epoch"],
  ["time", "Time"],
];
const LISTED = 200; // metrics that are listed at once

export class PlotChoices {
  // send: tells Python what was chosen.
  constructor(send) {
    this.send = send;
    this.charts = []; // [name, whether it is shown]; those of the machine come last
    this.ours = 0; // how many of them are not of the machine
    this.axis = make("select", { id: "axis", onchange: () => send({ axis: this.axis.value }) }, ...AXES.map(([value, textContent]) => make("option", { value, textContent })));
    this.logarithmic = make("input", { type: "checkbox", onchange: () => send({ logarithmic: this.logarithmic.checked }) });
    this.smoothing = make("input", { type: "range", id: "smoothing", min: 0, max: 0.99, step: 0.01, value: 0, oninput: () => this.smooth() });
    this.said = make("output", { textContent: "0" });
    this.summary = make("summary", { textContent: "Metrics" });
    this.search = make("input", { type: "search", placeholder: "Part of a name", "aria-label": "Find a metric", oninput: () => this.list() });
    this.boxes = make("div", { class: "boxes", role: "group", "aria-label": "Metrics to show" });
    this.rest = make("p", { class: "quiet" });
    this.figures = make("div", { class: "boxes", role: "group", "aria-label": "Figures of the machine to show" });
    this.heading = make("p", { class: "quiet", textContent: "What the training takes of its machine:" });
    this.metrics = make("details", { class: "metrics", ontoggle: () => this.list() }, this.summary, this.search, this.boxes, this.rest, this.heading, this.figures);
    this.root = make(
      "div",
      { class: "choices" },
      make("span", { class: "choice" }, make("label", { for: "axis", textContent: "By" }), this.axis),
      make("label", { class: "choice" }, this.logarithmic, "Logarithmic"),
      make("span", { class: "choice" }, make("label", { for: "smoothing", textContent: "Smoothing" }), this.smoothing, this.said),
      this.metrics,
    );
  }

  // While the person moves the slider, the page says how far: what comes back is of before.
  smooth() {
    say(this.said, String(Number(this.smoothing.value)));
    this.moving = true;
    clearTimeout(this.rested);
    this.rested = setTimeout(() => {
      this.moving = false;
    }, 500);
    this.send({ smoothing: Number(this.smoothing.value) });
  }

  show({ axis, logarithmic, smoothing, most, charts, machine }) {
    this.axis.value = axis;
    this.logarithmic.checked = logarithmic;
    put(this.smoothing, "max", most);
    if (!this.moving) {
      this.smoothing.value = String(smoothing);
      say(this.said, String(smoothing));
    }
    const same = charts.length === this.charts.length && charts.every(([name, on], n) => name === this.charts[n][0] && on === this.charts[n][1]);
    if (same) return;
    this.charts = charts;
    this.ours = charts.length - machine;
    say(this.summary, shown(charts.slice(0, this.ours), charts.slice(this.ours)));
    this.list();
  }

  list() {
    if (!this.metrics.open) return;
    const wanted = this.search.value.toLowerCase();
    this.search.hidden = this.charts.length <= 12;
    const named = ([name]) => name.toLowerCase().includes(wanted);
    const found = this.charts.slice(0, this.ours).filter(named);
    const figures = this.charts.slice(this.ours).filter(named);
    this.fill(this.boxes, found.slice(0, LISTED));
    this.fill(this.figures, figures.slice(0, LISTED));
    this.heading.hidden = !figures.length;
    say(this.rest, found.length > LISTED ? `${count(found.length - LISTED)} more: type a part of the name.` : found.length + figures.length ? "" : "No metric has this in its name.");
  }

  fill(boxes, listed) {
    boxes.hidden = !listed.length;
    const names = listed.map(([name]) => name);
    // Boxes that stay keep the focus.
    const same = names.length === boxes.children.length && names.every((name, n) => boxes.children[n].title === name);
    if (!same) boxes.replaceChildren(...names.map((name) => make("label", { title: name }, make("input", { type: "checkbox", onchange: (event) => this.choose(name, event.target.checked) }), make("span", { class: "name", textContent: name }))));
    listed.forEach(([, on], n) => {
      boxes.children[n].firstChild.checked = on;
    });
  }

  choose(name, on) {
    this.send({ metrics: this.charts.filter(([other, was]) => (other === name ? on : was)).map(([other]) => other) });
  }
}

// How many charts are shown, of the person's metrics and of the machine's figures.
function shown(ours, machine) {
  const of = (charts) => `${count(charts.filter(([, on]) => on).length)} of ${count(charts.length)}`;
  if (!ours.length) return `Metrics of the machine: ${of(machine)} shown`;
  return `Metrics: ${of(ours)} shown${machine.length ? `, and ${of(machine)} of the machine` : ""}`;
}
