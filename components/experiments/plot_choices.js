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
    this.charts = [];
    this.axis = make("select", { id: "axis", onchange: () => send({ axis: this.axis.value }) }, ...AXES.map(([value, textContent]) => make("option", { value, textContent })));
    this.logarithmic = make("input", { type: "checkbox", onchange: () => send({ logarithmic: this.logarithmic.checked }) });
    this.smoothing = make("input", { type: "range", id: "smoothing", min: 0, max: 0.99, step: 0.01, value: 0, oninput: () => this.smooth() });
    this.said = make("output", { textContent: "0" });
    this.summary = make("summary", { textContent: "Metrics" });
    this.search = make("input", { type: "search", placeholder: "Part of a name", "aria-label": "Find a metric", oninput: () => this.list() });
    this.boxes = make("div", { class: "boxes", role: "group", "aria-label": "Metrics to show" });
    this.rest = make("p", { class: "quiet" });
    this.metrics = make("details", { class: "metrics", ontoggle: () => this.list() }, this.summary, this.search, this.boxes, this.rest);
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

  show({ axis, logarithmic, smoothing, most, charts }) {
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
    say(this.summary, `Metrics: ${count(charts.filter(([, on]) => on).length)} of ${count(charts.length)} shown`);
    this.list();
  }

  list() {
    if (!this.metrics.open) return;
    const wanted = this.search.value.toLowerCase();
    this.search.hidden = this.charts.length <= 12;
    const found = this.charts.filter(([name]) => name.toLowerCase().includes(wanted));
    const listed = found.slice(0, LISTED);
    const names = listed.map(([name]) => name);
    // Boxes that stay keep the focus.
    if (JSON.stringify(names) !== this.listed) {
      this.listed = JSON.stringify(names);
      this.boxes.replaceChildren(...names.map((name) => make("label", { title: name }, make("input", { type: "checkbox", onchange: (event) => this.choose(name, event.target.checked) }), make("span", { class: "name", textContent: name }))));
    }
    listed.forEach(([, on], n) => {
      this.boxes.children[n].firstChild.checked = on;
    });
    say(this.rest, found.length > LISTED ? `${count(found.length - LISTED)} more: type a part of the name.` : found.length ? "" : "No metric has this in its name.");
  }

  choose(name, on) {
    this.send({ metrics: this.charts.filter(([other, was]) => (other === name ? on : was)).map(([other]) => other) });
  }
}
