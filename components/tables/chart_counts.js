// What charts show at rest: counts of their bars, of groups and of selected rows, asked for anew as the state changes.

import { conditionOn, filtersOf } from "imlkit/filters.js";
import { sum, divisionOf } from "./divided_bars.js";

const LATE = 250; // milliseconds after which counts that are waited for are marked as old

export class ChartCounts {
  // told: {cards(): those shown, brushing(): whether a brush moves, busy(old), division(division), fail(error),
  //   counted(cards, {counts, means, parts, division}), estimated(cards, answer, share), left(count, total),
  //   grouped(division, counts), picked(cards, counts | null, shown)}
  constructor(link, told) {
    this.link = link;
    this.told = told;
    this.turn = 0; // of the counts asked for
    this.mean = null; // what colours were asked for last
    this.division = null; // what bars were divided into last
  }

  // Counts what is shown now, once for all that asks for it meanwhile.
  recount() {
    if (this.waiting) return;
    this.waiting = true;
    queueMicrotask(() => {
      this.waiting = false;
      this.count();
    });
  }

  count() {
    this.turn += 1;
    const { turn } = this;
    this.mean = this.link.config.mean ?? null;
    // An empty table may have lost the columns that filters are about, or what they held.
    const empty = this.link.table.rows === 0;
    const filters = empty ? { all: [] } : filtersOf(this.link.seen);
    this.pick(this.told.cards(), filters);
    const late = setTimeout(() => this.told.busy(true), LATE);
    const done = () => {
      clearTimeout(late);
      if (turn === this.turn) this.told.busy(false);
    };
    this.divided(turn, filters).then(done, (error) => {
      done();
      if (error.name !== "Replaced" && turn === this.turn) this.told.fail(error);
    });
    if (empty) this.told.left(0, 0);
    else this.link.ask({ ask: "count", filters }, { slot: "count" }).then(
      ({ count: left, total }) => turn === this.turn && this.told.left(left, total),
      () => {},
    );
  }

  async divided(turn, filters) {
    let [division, problem] = [null, null];
    try {
      if (this.link.table.rows !== 0) division = await divisionOf(this.link);
    } catch (error) {
      if (error.name === "Replaced") throw error;
      problem = error; // charts are of use without their groups
    }
    if (turn !== this.turn) return;
    // The same ones as before stay the same, with all that was said of them.
    if (JSON.stringify(division) !== JSON.stringify(this.division)) this.division = division;
    division = this.division;
    this.told.division(division);
    const cards = this.told.cards();
    const question = { ask: "counts", charts: cards.map(({ asked }) => asked), filters, mean: null, parts: division?.parts ?? null };
    if (this.link.table.slow) this.estimate(cards, question, division, turn);
    const answer = await this.link.ask({ ...question, mean: division ? null : this.mean }, { slot: "counts" });
    if (turn !== this.turn || this.told.brushing()) return;
    this.counted = turn;
    this.told.counted(cards, { ...answer, division });
    if (problem) throw problem;
    if (division) await this.group(cards, answer, division, filters, turn);
  }

  // Says how many of the rows shown each group has.
  async group(cards, { counts, parts }, division, filters, turn) {
    // A chart has all rows shown where nothing is asked of its own column.
    const free = cards.findIndex(({ name }) => !conditionOn(this.link.seen, name));
    const within = (part) => this.link.ask({ ask: "count", filters: { all: [...filters.all, part] } });
    const [total, ...own] =
      free >= 0
        ? [counts[free], ...parts.map((part) => part[free])].map(sum)
        : (await Promise.all([{ all: [] }, ...division.parts].map(within))).map(({ count }) => count);
    if (turn === this.turn && !this.told.brushing()) this.told.grouped(division, [...own, Math.max(total - sum(own), 0)]);
  }

  // Shows where the selected rows are, of those shown.
  pick(cards, filters) {
    const { id, version } = this.link.table;
    const selection = (this.link.table.rows !== 0 && this.link.seen.selection) || [];
    const key = JSON.stringify([cards.map(({ name }) => name), filters, version]);
    if (this.now?.key === key && this.now.selection === selection) return;
    const now = { key, selection };
    this.now = now;
    if (!selection.length) {
      this.told.picked(cards, null);
      return;
    }
    const among = { all: [...filters.all, { column: id, in: selection }] };
    this.link.ask({ ask: "counts", charts: cards.map(({ asked }) => asked), filters: among, mean: null }, { slot: "picked" }).then(
      ({ counts }) => now === this.now && this.told.picked(cards, counts),
      (error) => error.name !== "Replaced" && this.told.fail(error),
    );
  }

  // Tells about how many there are while a large engine counts all of them.
  estimate(cards, question, division, turn) {
    this.link.ask({ ...question, roughly: true }, { slot: "estimate" }).then(
      ({ counts, parts, share }) => {
        if (!counts || turn !== this.turn || this.counted === turn || this.told.brushing()) return;
        const rounded = (charts) => charts.map((bars) => bars.map(Math.round));
        this.told.estimated(cards, { counts: rounded(counts), means: null, parts: parts && parts.map(rounded), division }, share);
      },
      () => {},
    );
  }
}
