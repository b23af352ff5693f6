// The kinds that points come in, by the groups or a column: what each looks like, and which rows are of it.

import { among, name, place, usual } from "imlkit/bars.js";
import { BEYOND, colorOf, coloredGroups } from "imlkit/groups.js";
import { SPECIAL_WORDS, count } from "imlkit/values.js";
import { LINE, looks } from "./point_marks.js";

const PLAIN = { of: "null", title: "", all: "", looks: looks(null), entries: [], scale: null, parts: null, missing: [] };

export class PointKinds {
  constructor(link) {
    this.link = link;
    this.charted = null; // {key, bars}
  }

  // Resolves to {of, title, all, looks, entries: [{key, title, filters, number}], scale, parts, missing}.
  // number: what an answer has for the points of an entry, null for those of none of the groups.
  async of(coloring, filters) {
    const of = JSON.stringify(coloring);
    if (coloring?.groups) return { ...(await this.ofGroups(coloring.groups, filters)), of };
    return coloring ? { ...ofBars(coloring.column, await this.bars(coloring.chart)), of } : PLAIN;
  }

  async ofGroups(asked, filters) {
    const known = new Set(this.link.table.columns.map((column) => column.name));
    const missing = asked.map(({ column }) => column).filter((column) => !known.has(column));
    if (missing.length) return { ...PLAIN, missing };
    const { groups, others } = await coloredGroups(this.link, filters);
    const entries = groups.map(({ title, filters: own }, number) => ({ key: JSON.stringify(own), title, filters: own, number }));
    const parts = groups.map(({ filters: own }) => own);
    if (others) entries.push({ key: "", title: `${count(others)} other ${others === 1 ? "group" : "groups"}`, filters: { not: { any: parts } }, number: null });
    const own = groups.map((_, number) => ({ color: colorOf(number), shape: number % LINE }));
    return { ...PLAIN, title: "Groups", all: "All groups", looks: [...own, { color: BEYOND, shape: LINE }], entries, parts };
  }

  bars([column, most]) {
    const key = JSON.stringify([column, most, this.link.table.version]);
    if (this.charted?.key !== key) {
      const bars = this.link.ask({ ask: "bars", column, most });
      this.charted = { key, bars };
      bars.catch(() => (this.charted = null));
    }
    return this.charted.bars;
  }
}

function ofBars(column, chart) {
  const first = usual(chart);
  const entry = (number, title, filters = among(chart, [number])) => ({ key: JSON.stringify(filters), title, filters, number });
  // Which rows are the others hangs on the values there are.
  const specials = chart.specials.map((special, n) => ({ ...entry(first + n, SPECIAL_WORDS[special]), key: special }));
  const values = chart.edges ? [] : chart.values.map((_, number) => entry(number, name(chart, number)));
  const scale = chart.edges && first ? { low: place(chart, chart.edges[0]), high: place(chart, chart.edges.at(-1)) } : null;
  return { ...PLAIN, title: column, all: "All values", looks: looks(chart), entries: [...values, ...specials], scale };
}
