// The groups of the bar under the pointer or the focus, beside it.

import { make } from "imlkit/elements.js";
import { name } from "imlkit/bars.js";
import { count, number } from "imlkit/values.js";
import { amounts, sum } from "./divided_bars.js";

const GAP = 6; // pixels between a bar and what is said of it

export class BarReadout {
  constructor() {
    this.root = make("div", { class: "readout", popover: "manual", "aria-hidden": "true" });
    this.of = null; // {chart, bar, box}
  }

  // box: where the bar is in the window
  show(chart, bar, box) {
    if (!chart.look.parts) return this.hide();
    this.of = { chart, bar, box };
    this.fill();
    // In the window's top layer nothing cuts it off, and no page grows by it.
    if (!this.root.matches(":popover-open")) this.root.showPopover();
    return this.place(box);
  }

  // Says what has been counted since.
  refresh() {
    if (this.of && this.of.chart.root.isConnected) this.show(this.of.chart, this.of.bar, this.of.box);
    else this.hide();
  }

  fill() {
    const { chart, bar } = this.of;
    const { parts, division } = chart.look;
    const sizes = amounts(chart.counts, parts, bar);
    const whole = sum(sizes);
    const rows = sizes.map((size, n) => {
      if (!size) return null;
      const swatch = make("span", { class: "key" });
      swatch.style.background = division.colors[n];
      const share = make("span", { class: "share", textContent: `${number(Math.round((1000 * size) / whole) / 10)} %` });
      return make("li", {}, swatch, make("span", { class: "name", textContent: division.titles[n] }), make("span", { class: "size", textContent: count(size) }), share);
    });
    const selected = chart.among ? `, ${count(chart.among[bar])} selected` : "";
    const heading = make("div", { class: "of", textContent: `${name(chart.chart, bar)}: ${count(chart.counts[bar])} of ${count(chart.chart.totals[bar])}${selected}` });
    this.root.replaceChildren(heading, make("ul", {}, ...rows));
  }

  place({ left, right, top, bottom }) {
    const { width, height } = this.root.getBoundingClientRect();
    const { clientWidth, clientHeight } = document.documentElement;
    const x = Math.min(Math.max((left + right - width) / 2, GAP), clientWidth - width - GAP);
    const below = bottom + GAP + height <= clientHeight || top < height + GAP;
    this.root.style.left = `${x}px`;
    this.root.style.top = `${below ? bottom + GAP : top - GAP - height}px`;
  }

  hide() {
    this.of = null;
    if (this.root.matches(":popover-open")) this.root.hidePopover();
  }
}
