// The columns of the table: what every run has, then parameters, then metrics.

import { brief, duration, moment, remark, whole, STATES } from "./history_words.js";

const NARROW = 600; // pixels of a table from which on names have more room

function fixed(patience) {
  const plain = (key, title, wide, value, says, more = {}) => ({ key, title, wide, value, says, whole: says, ...more });
  return [
    plain("state", "State", 168, (run) => Object.keys(STATES).indexOf(run.state), (run) => STATES[run.state][1], { always: true, whole: (run) => remark(run, patience) }),
    plain("name", "Name", 210, (run) => run.name, (run) => run.name, { always: true }),
    plain("begun", "Began", 136, (run) => run.begun, (run) => (run.begun === null ? "" : moment(run.begun)), { whole: (run) => (run.begun === null ? "" : new Date(run.begun).toISOString()) }),
    plain("seconds", "Ran for", 104, (run) => run.seconds, (run) => duration(run.seconds), { number: true, whole: (run) => `${run.seconds} s` }),
    plain("epoch", "Epoch", 88, (run) => run.epoch, (run) => (run.epoch === null && run.epochs === null ? "" : `${brief(run.epoch ?? 0)}${run.epochs === null ? "" : ` of ${run.epochs}`}`), { number: true }),
    plain("tags", "Tags", 140, (run) => run.tags.join(", ") || null, (run) => run.tags.join(", ")),
  ];
}

export class HistoryColumns {
  constructor(patience) {
    this.fixed = fixed(patience);
    this.told = []; // by number: the columns that the runs have
    this.order = [];
    this.chosen = null; // keys of those that the person wants, once that was said
  }

  begin() {
    this.told = [];
  }

  renew({ columns, order, first }) {
    for (const [kind, name] of columns) {
      const n = this.told.length;
      const value = (run) => run.cells.get(n) ?? null;
      const says = (run) => (run.cells.has(n) ? brief(run.cells.get(n)) : "");
      this.told.push({ key: `${kind} ${name}`, kind, n, title: name, value, says, whole: (run) => (run.cells.has(n) ? whole(run.cells.get(n)) : "") });
    }
    this.order = order.map((n) => this.told[n]);
    this.first = new Set(first.map((n) => this.told[n].key));
  }

  get all() {
    return [...this.fixed, ...this.order];
  }

  isShown(column) {
    if (column.always) return true;
    return this.chosen ? this.chosen.has(column.key) : !column.kind || this.first.has(column.key);
  }

  choose(column, shown) {
    this.chosen ??= new Set(this.all.filter((each) => this.isShown(each)).map((each) => each.key));
    if (shown) this.chosen.add(column.key);
    else this.chosen.delete(column.key);
  }

  // Lays out what is shown, in a table so many pixels wide, for these runs.
  lay(wide, runs) {
    this.shown = this.all.filter((column) => this.isShown(column));
    for (const column of this.shown) {
      if (!column.kind) continue;
      column.number = runs.every((run) => ["number", "undefined"].includes(typeof run.cells.get(column.n)) || run.cells.get(column.n)?.number);
      column.wide = Math.min(Math.max(28 + 8 * column.title.length + 14, column.number ? 96 : 120), 200);
    }
    return this.shown.map((column) => (wide < NARROW ? Math.min(column.wide, 128) : column.wide));
  }
}
