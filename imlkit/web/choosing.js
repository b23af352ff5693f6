// What a click on a chart does: filter to what is clicked, or select its rows.

import { make, put } from "imlkit/elements.js";
import { filtered } from "imlkit/filters.js";
import { Selecting } from "imlkit/selecting.js";

const DEEDS = [
  ["filter", "Filter"],
  ["select", "Select"],
];

export class Choosing {
  // told(words): of what was selected, or that it was not
  constructor(link, told) {
    this.link = link;
    this.selecting = new Selecting(link, null, told);
    this.buttons = DEEDS.map(([deed, words]) => make("button", { type: "button", textContent: words, onclick: () => this.set(deed) }));
    this.root = make("span", { class: "choices", role: "group", "aria-label": "What a click does" }, ...this.buttons);
    this.set("filter");
  }

  get selects() {
    return this.deed === "select";
  }

  set(deed) {
    this.deed = deed;
    this.buttons.forEach((button, n) => put(button, "aria-pressed", String(DEEDS[n][0] === deed)));
  }

  // Filters to a condition on some columns, or selects the rows shown that meet it.
  choose(columns, condition) {
    const seen = filtered(this.link.seen, columns, condition);
    if (!this.selects) this.link.show(seen);
    // They meet every other filter too, as those that are counted there do.
    else if (condition) this.selecting.meeting(seen.filters);
  }
}
