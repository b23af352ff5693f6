// What is counted by cells, in each group of the rows, and how many of a cell's rows are selected.

import { grouped, groupsOf } from "imlkit/groups.js";

export const AT_ONCE = 6; // groups that are added at a time
const WHOLE = { title: null, filters: { all: [] }, count: null };

export class DividedCells {
  constructor(link) {
    this.link = link;
  }

  // Resolves to {whole, parts: [{title, filters, count, answer}], others}: what a question is answered of all rows
  // that meet the filters, and of each of their first `most` groups. Undivided, the whole is the only part.
  async counted(question, filters, most) {
    const divided = grouped(this.link.seen);
    const { groups, others } = await groupsOf(this.link, most, filters);
    const { whole, answers } = await this.ask(question, filters, divided ? groups : null, "cells");
    return { whole, parts: (divided ? groups : [WHOLE]).map((part, n) => ({ ...part, answer: answers[n] })), others };
  }

  // Resolves to what it is answered of the rows of each part that are selected.
  async selected(question, filters, parts) {
    const { seen, table } = this.link;
    const among = { all: [...filters.all, { column: table.id, in: seen.selection }] };
    return (await this.ask(question, among, parts[0].title === null ? null : parts, "selected")).answers;
  }

  async ask(question, filters, parts, slot) {
    if (!parts) {
      const whole = await this.link.ask({ ...question, filters }, { slot: `${slot} 0` });
      return { whole, answers: [whole] };
    }
    const pages = Array.from({ length: Math.max(Math.ceil(parts.length / AT_ONCE), 1) }, (_, n) => parts.slice(n * AT_ONCE, (n + 1) * AT_ONCE));
    const found = await Promise.all(
      pages.map((page, n) => this.link.ask({ ...question, filters, parts: page.map((part) => part.filters) }, { slot: `${slot} ${n}` })),
    );
    return { whole: found[0], answers: found.flatMap((one) => one.parts) };
  }
}

// The selected rows among those that are counted, asked for once whenever either changes.
export class SelectedCells {
  // told: {shown(), failed(error)}
  constructor(link, cells, told) {
    this.link = link;
    this.cells = cells;
    this.told = told;
    this.asked = null;
    this.found = null;
  }

  get selection() {
    return this.link.seen.selection ?? [];
  }

  // What was answered of each part of what is counted; null where nothing is selected or not known yet.
  of(counted) {
    return this.found?.counted === counted && this.selection.length ? this.found.answers : null;
  }

  follow(question, counted) {
    const { selection } = this;
    if (this.asked?.counted === counted && same(this.asked.selection, selection)) return;
    const asked = { counted, selection };
    this.asked = asked;
    if (!selection.length || !counted.parts.length) {
      this.found = null;
      return;
    }
    this.cells.selected(question, counted.filters, counted.parts).then(
      (answers) => {
        if (asked !== this.asked) return;
        this.found = { counted, answers };
        this.told.shown();
      },
      (error) => {
        if (asked !== this.asked || error.name === "Replaced") return;
        this.asked = null;
        this.told.failed(error);
      },
    );
  }
}

function same(one, other) {
  if (one === other) return true;
  return one.length === other.length && one.every((id, n) => id === other[n] || JSON.stringify(id) === JSON.stringify(other[n]));
}
