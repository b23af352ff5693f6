// A chart of values: a bar for each, chosen by a click.

import { make, put, say } from "imlkit/elements.js";
import { among, chosen, name, usual } from "imlkit/bars.js";
import { count } from "imlkit/values.js";
import { PLAIN, amounts, striped, told as groupsTold } from "./divided_bars.js";

const SHOWN = 10;

export class ValueChart {
  // told: {settled(condition), filtered(condition), selects(), read(bar, box), unread()}
  constructor(chart, told) {
    this.chart = chart;
    this.told = told;
    this.chosen = new Set();
    this.look = PLAIN;
    this.among = null;
    this.most = Math.max(1, ...chart.totals.slice(0, usual(chart)));
    this.rows = chart.totals.map((total, bar) => this.row(bar));
    this.list = make("div", { class: "values", role: "group", "aria-label": `Values of ${chart.column}` }, ...this.rows.map(({ root }) => root));
    this.root = make("div", { class: "value-chart" }, this.list);
    if (this.rows.length > SHOWN + 1) {
      this.more = make("button", { type: "button", class: "more", onclick: () => this.fold(!this.folded) });
      this.root.append(this.more);
      this.fold(true);
    }
    if (!this.rows.length) this.list.append(make("p", { class: "quiet", textContent: "No value in this column." }));
    const text = ["text", "nominal"].includes(chart.kind) && (chart.kind === "text" || chart.specials.includes("others"));
    if (text) {
      this.search = make("input", {
        type: "search",
        placeholder: "Text to look for",
        "aria-label": `Text to look for in ${chart.column}`,
        onchange: () => this.seek(),
        onsearch: () => this.seek(),
      });
      this.root.append(this.search);
    }
    this.show(chart.totals);
  }

  row(bar) {
    const behind = make("span", { class: "behind" });
    const front = make("span", { class: "front" });
    const picked = make("span", { class: "picked" });
    const label = make("span", { class: "name", textContent: name(this.chart, bar), title: name(this.chart, bar) });
    const size = make("span", { class: "size" });
    const root = make("button", { type: "button", class: "value", "aria-pressed": "false", onclick: () => this.toggle(bar) }, behind, front, picked, label, size);
    if (bar >= usual(this.chart)) root.classList.add("special");
    behind.style.width = this.wide(this.chart.totals[bar]);
    const read = () => {
      put(root, "aria-description", this.look.parts ? groupsTold(this, bar) : null);
      this.told.read(bar, root.getBoundingClientRect());
    };
    Object.assign(root, { onpointerenter: read, onfocus: read, onpointerleave: () => this.told.unread(), onblur: () => this.told.unread() });
    return { root, front, picked, label, size };
  }

  wide(rows) {
    return rows > 0 ? `max(${Math.min((100 * rows) / this.most, 100)}%, 2px)` : "0";
  }

  fold(folded) {
    this.folded = folded;
    this.rows.forEach(({ root }, n) => {
      root.hidden = folded && n >= SHOWN && n < usual(this.chart);
    });
    const hidden = usual(this.chart) - SHOWN;
    say(this.more, folded ? `Show ${hidden} more` : "Show fewer");
    put(this.more, "aria-expanded", String(!folded));
  }

  show(counts, look = PLAIN) {
    this.counts = counts;
    this.look = look;
    const { colors, parts, division, shares } = look;
    put(this.list, "data-divided", parts ? (shares ? "shares" : "stacked") : null);
    this.rows.forEach(({ root, front, size }, bar) => {
      front.style.width = this.reach(counts[bar], counts[bar]);
      front.style.background = parts ? striped(amounts(counts, parts, bar), division.colors) : (colors?.[bar] ?? "");
      say(size, count(counts[bar]));
      put(root, "aria-pressed", String(this.chosen.has(bar)));
      root.classList.toggle("away", this.chosen.size > 0 && !this.chosen.has(bar));
    });
    this.pick(this.among);
  }

  // How far some rows of a bar reach.
  reach(rows, all) {
    const { parts, shares } = this.look;
    return parts && shares ? `${Math.min((100 * rows) / Math.max(all, 1), 100)}%` : this.wide(rows);
  }

  // Shows how many of the selected rows have each value; none if null.
  pick(counts) {
    this.among = counts;
    this.rows.forEach(({ picked, label }, bar) => {
      picked.style.width = counts ? this.reach(counts[bar], this.counts[bar]) : "0";
      label.title = name(this.chart, bar) + (counts ? `, ${count(counts[bar])} selected` : "");
    });
  }

  follow(condition) {
    this.chosen = chosen(this.chart, condition).bars;
    if (this.search && this.search.getRootNode().activeElement !== this.search) this.search.value = condition?.text ?? "";
  }

  toggle(bar) {
    if (this.told.selects()) return this.told.settled(among(this.chart, [bar]));
    if (!this.chosen.delete(bar)) this.chosen.add(bar);
    return this.told.settled(among(this.chart, [...this.chosen].sort((one, other) => one - other)));
  }

  seek() {
    const text = this.search.value;
    if (text === (this.looked ?? "")) return;
    this.looked = text;
    const condition = { column: this.chart.column, text, case: false, word: false, regex: false };
    this.told.filtered(text ? condition : null);
  }

  dispose() {}
}
