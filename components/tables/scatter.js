// Points of two columns of numbers.

import { make, say } from "imlkit/elements.js";
import { ColumnChoice } from "imlkit/column_choice.js";
import { conditionOn, filtered, filtersOf, filtersWithout } from "imlkit/filters.js";
import { rows } from "imlkit/values.js";
import { NUMBERS, coloring, colorings } from "./point_coloring.js";
import { PointExplorer } from "./point_explorer.js";

class Scatter {
  constructor(root, link) {
    this.link = link;
    this.x = new ColumnChoice("Across", (name) => this.choose("x", name));
    this.y = new ColumnChoice("Up", (name) => this.choose("y", name));
    this.color = new ColumnChoice("Colour by", (name) => link.configure({ color: name }));
    this.empty = make("p", { class: "empty", hidden: true });
    this.choices = make("div", { class: "tools" }, this.x.root, this.y.root, this.color.root);
    root.append(this.choices, this.empty);
    this.explorer = new PointExplorer(root, link, {
      axes: () => this.axes(),
      coloring: () => coloring(link, link.config.color),
      filters: (seen) => filtersWithout(seen, ...this.columns()),
      shown: (seen) => filtersOf(seen),
      region: (seen) => this.region(seen),
      filtered: (seen) => conditionOn(seen, ...this.columns()) !== null,
      narrow: (box) => this.narrow(box),
      widen: () => link.show(filtered(link.seen, this.columns(), null)),
      missing: (n) => `${rows(n)} ${n === 1 ? "has" : "have"} no numbers here.`,
      labels: () => this.labels(),
    });
    this.off = [link.onConfig(() => this.restart()), link.onTable(() => this.list()), link.onSeen(() => this.list())];
    this.restart();
  }

  restart() {
    this.list();
    this.explorer.restart();
  }

  list() {
    const { table, config } = this.link;
    const named = (kinds) => table.columns.filter(({ name, kind }) => kinds.includes(kind) && name !== table.id).map(({ name }) => [name, name]);
    const numbers = named(NUMBERS);
    this.x.show([["", numbers]], config.x);
    this.y.show([["", numbers]], config.y);
    this.color.show(...colorings(this.link, config.color, [table.id]));
    this.choices.hidden = numbers.length < 2;
    const short = table.rows === 0 ? "This table has no rows yet. As soon as it has some, they appear here." : "Points need two columns of numbers, and this table has fewer.";
    say(this.empty, table.problem || short);
    this.empty.hidden = this.axes() !== null && !table.problem;
  }

  columns() {
    const { x, y } = this.link.config;
    return [x, y];
  }

  axes() {
    const { table, config } = this.link;
    if (typeof config.x !== "string" || typeof config.y !== "string" || !table.rows) return null;
    return { x: config.x, y: config.y };
  }

  labels() {
    const [x, y] = this.columns();
    const kinds = new Map(this.link.table.columns.map(({ name, kind }) => [name, kind]));
    const whole = { x: kinds.get(x) === "integer", y: kinds.get(y) === "integer" };
    return { x, y, whole, bare: false, equal: false, what: `Points of ${x} and ${y}` };
  }

  choose(axis, name) {
    const [x, y] = this.columns();
    const other = axis === "x" ? "y" : "x";
    const now = { x, y };
    const fits = (column) => this.link.table.columns.some((one) => one.name === column && NUMBERS.includes(one.kind));
    // The column of the other axis: the two change places. One that the table has lost is chosen anew.
    const beside = name === now[other] ? now[axis] : now[other];
    const { table, config } = this.link;
    const color = table.columns.some((one) => one.name === config.color) ? config.color : config.color === false ? false : null;
    this.link.configure({ [axis]: name, [other]: fits(beside) ? beside : null, color });
  }

  narrow([x0, x1, y0, y1]) {
    const [x, y] = this.columns();
    const range = (column, low, high) => ({ column, range: [low, high], closed: true });
    this.link.show(filtered(this.link.seen, [x, y], { all: [range(x, x0, x1), range(y, y0, y1)] }));
  }

  // The box of the filter on exactly the two columns, if that is one.
  region(seen) {
    const [x, y] = this.columns();
    const condition = conditionOn(seen, x, y);
    const of = (column) => condition?.all?.find((part) => part.column === column && part.range);
    if (condition?.all?.length !== 2 || !of(x) || !of(y)) return null;
    return [...of(x).range, ...of(y).range];
  }

  dispose() {
    for (const off of this.off) off();
    this.explorer.dispose();
  }
}

export function show(el, link) {
  const scatter = new Scatter(el, link);
  return () => scatter.dispose();
}
