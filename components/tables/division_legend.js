// What the colours of divided bars mean, and how many of the rows shown each group has.

import { make, say } from "imlkit/elements.js";
import { count } from "imlkit/values.js";

export class DivisionLegend {
  constructor() {
    this.root = make("ul", { class: "divisions", "aria-label": "Groups, in the order of the colours in each bar", hidden: true });
    this.division = null;
    this.entries = [];
  }

  // counts: of each group, and last of the rows beyond them; null where they are not known yet.
  show(division, counts = null) {
    if (division !== this.division) this.build(division);
    if (!counts) return;
    this.entries.forEach(({ root, size }, n) => {
      say(size, count(counts[n]));
      root.classList.toggle("none", !counts[n]);
    });
    const beyond = this.entries.at(-1);
    if (beyond) beyond.root.hidden = !division.others && !counts.at(-1);
  }

  build(division) {
    this.division = division;
    this.root.hidden = !division;
    this.entries = (division?.titles ?? []).map((title, n) => {
      const swatch = make("span", { class: "key", "aria-hidden": "true" });
      swatch.style.background = division.colors[n];
      const size = make("span", { class: "size" });
      const root = make("li", {}, swatch, make("span", { class: "name", textContent: title, title }), size);
      return { root, size };
    });
    const beyond = this.entries.at(-1);
    if (beyond) beyond.root.hidden = !division.others;
    this.root.replaceChildren(...this.entries.map(({ root }) => root));
  }
}
