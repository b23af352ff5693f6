// What the colours and shapes of points mean, in words; each kind of points can be looked at alone.

import { button, make, put } from "imlkit/elements.js";
import { ramp } from "imlkit/colors.js";
import { count } from "imlkit/values.js";
import { key } from "./point_marks.js";

const UNSHOWN = "So many points are shown without colours.";
const PRESS = "Press one to see it alone.";

export class PointLegend {
  // told(entry | null): of what a person wants to see alone
  constructor(told) {
    this.told = told;
    this.root = make("div", { class: "legend" });
    this.buttons = new Map(); // key of the entry: its button
    this.said = "";
  }

  // kinds: those of PointKinds; most: rows in the densest cell, null where there are points; only: the entry seen alone, or null.
  show(kinds, most, only) {
    const said = JSON.stringify([kinds.of, kinds.entries, kinds.scale, kinds.missing, most]);
    if (said !== this.said) this.build(kinds, most);
    this.said = said;
    for (const [name, each] of this.buttons) put(each, "aria-pressed", String(name === (only === null ? ALL : only.key)));
  }

  build(kinds, most) {
    const { activeElement } = this.root.getRootNode();
    const focused = [...this.buttons].find(([, each]) => each === activeElement)?.[0];
    this.buttons = new Map();
    const nodes = most === null ? [] : [scale("Rows in a cell", "1", count(most), "logarithmic")];
    if (kinds.missing.length) nodes.push(quiet(`The rows are grouped by ${kinds.missing.join(", ")}, which this table does not have.`));
    if (most === null && kinds.scale) nodes.push(scale(kinds.title, kinds.scale.low, kinds.scale.high));
    if (kinds.entries.length) nodes.push(this.entries(kinds, most === null));
    if (most !== null && kinds.title) nodes.push(quiet(kinds.entries.length ? `${UNSHOWN} ${PRESS}` : UNSHOWN));
    this.root.replaceChildren(...nodes);
    if (focused !== undefined) (this.buttons.get(focused) ?? this.buttons.get(ALL))?.focus();
  }

  entries({ title, all, entries, looks, scale: scaled }, colored) {
    const one = (entry) => {
      const look = looks[entry.number ?? looks.length - 1];
      const node = button("", () => this.told(entry), { class: "entry", title: `Show only ${entry.title}` });
      node.append(...(colored ? [key(look)] : []), make("span", { textContent: entry.title }));
      this.buttons.set(entry.key, node);
      return node;
    };
    const heading = scaled && colored ? [] : [make("b", { textContent: title })];
    const nodes = entries.map(one);
    const back = button(all, () => this.told(null), { class: "entry" });
    this.buttons.set(ALL, back);
    return make("div", { class: "kinds", role: "group", "aria-label": `Show only one of ${title}` }, ...heading, ...nodes, back);
  }
}

const ALL = null; // of all of them together

const quiet = (words) => make("span", { class: "quiet", textContent: words });

function scale(title, low, high, how = "") {
  const swatch = make("span", { class: "swatch" });
  swatch.style.background = ramp();
  return make("span", { class: "scale" }, make("b", { textContent: title }), low, swatch, high, how ? quiet(`(${how})`) : null);
}
