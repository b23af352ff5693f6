// A brush that moves over a chart: what all others count meanwhile, without asking again.

import { filtersOf } from "imlkit/filters.js";
import { POSITIONS } from "./histogram_chart.js";

const MOST_CELLS = 4_000_000; // counts that are answered at once

export class LiveBrush {
  // told: {cards(): those shown, division(), counted(cards, brushed card, counts, parts, low, high), fail(error)}
  constructor(link, told) {
    this.link = link;
    this.told = told;
    this.now = null; // {key, card, cards, sums, parts, division, moving, low, high}
  }

  get moving() {
    return Boolean(this.now?.moving);
  }

  // What was counted is of rows that are shown no more.
  forget() {
    this.now = null;
  }

  rest() {
    if (this.now) this.now.moving = false;
  }

  // Fetches what a brush over this chart needs to move.
  prepare(card) {
    const cards = this.told.cards();
    const division = this.told.division();
    const filters = filtersOf(this.link.seen);
    const key = JSON.stringify([card.name, cards.map(({ name }) => name), filters, division?.parts ?? null, this.link.table.version]);
    if (this.now?.key === key) return;
    const now = { key, card, cards, division, sums: null, parts: null, moving: false };
    this.now = now;
    const bars = cards.reduce((sum, { chart }) => sum + chart.chart.totals.length, 0) * (1 + (division?.parts.length ?? 0));
    const positions = Math.max(1, Math.min(POSITIONS, Math.floor(MOST_CELLS / bars)));
    const question = { ask: "cube", active: card.asked, positions, charts: cards.map(({ asked }) => asked), filters, parts: division?.parts ?? null };
    this.link.ask(question, { slot: "cube" }).then(
      ({ edges, sums, parts }) => {
        Object.assign(now, { sums, parts, positions: edges.length - 1 });
        card.chart.take(edges);
        if (now === this.now && now.moving) this.move(card, ...card.chart.brush);
      },
      (error) => {
        if (this.now === now) this.now = null;
        if (error.name !== "Replaced") this.told.fail(error);
      },
    );
  }

  move(card, low, high) {
    this.prepare(card);
    const { now } = this;
    Object.assign(now, { low, high, moving: true });
    if (!now.sums || now.drawn) return;
    now.drawn = true;
    // Once a frame, however often the pointer reports.
    requestAnimationFrame(() => {
      now.drawn = false;
      if (now === this.now && now.moving) this.redraw(now);
    });
  }

  redraw({ card, cards, sums, parts, division, low, high }) {
    const within = (summed) =>
      cards.map(({ chart }, n) => {
        const bars = chart.chart.totals.length;
        const counts = summed[n].slice(high * bars, high * bars + bars);
        for (let bar = 0; bar < bars; bar += 1) counts[bar] -= summed[n][low * bars + bar];
        return counts;
      });
    this.told.counted(cards, card, { counts: within(sums), parts: parts && parts.map(within), division }, low, high);
  }
}
