// How many rows of each group are selected, and selecting all of a group.

import { filtersOf } from "imlkit/filters.js";
import { groupsOf } from "imlkit/groups.js";
import { keyOf } from "imlkit/sample_loader.js";

const GROUPS = 10_000; // the most that an answer holds
const ROWS = 100_000; // that are selected at once

export class GroupSelection {
  // changed(): other numbers of rows are selected; told(words): of what was not
  constructor(link, selecting, changed, told) {
    this.link = link;
    this.selecting = selecting;
    this.changed = changed;
    this.told = told;
    this.counts = new Map(); // key of the group: selected rows
    this.pending = new Set(); // keys of groups that are being selected
    this.queue = Promise.resolve();
    this.turn = 0;
  }

  of({ key }) {
    return this.counts.get(key) ?? 0;
  }

  isPending({ key }) {
    return this.pending.has(key);
  }

  get within() {
    const { seen, table } = this.link;
    return [...filtersOf(seen).all, { column: table.id, in: seen.selection }];
  }

  // Counts anew where something else is selected, or something else is shown.
  follow() {
    const { seen, table } = this.link;
    const now = [seen.selection, seen.filters, seen.groups, table.version];
    if (this.counted?.every((part, n) => part === now[n])) return;
    this.counted = now;
    this.turn += 1;
    if (seen.groups?.length && seen.selection?.length) this.counting = this.count(this.turn);
    else this.take(new Map());
  }

  async count(turn) {
    try {
      const { groups } = await groupsOf(this.link, GROUPS, { all: this.within }, "selected groups");
      if (turn === this.turn) this.take(new Map(groups.map(({ filters, count }) => [JSON.stringify(filters), count])));
    } catch (error) {
      if (turn !== this.turn || error.name === "Replaced") return;
      this.counted = null;
      this.take(new Map());
    }
  }

  take(counts) {
    this.counts = counts;
    this.changed();
  }

  // Selects the rows of a group with those that are, or takes them away; one group after another.
  select(group, on) {
    this.pending.add(group.key);
    this.queue = this.queue.then(() => (on ? this.added(group) : this.taken(group))).then(() => this.counting).then(
      () => this.done(group),
      (error) => {
        this.done(group);
        if (error.name !== "Replaced") this.told(error.message);
      },
    );
  }

  done({ key }) {
    this.pending.delete(key);
    if (!this.gone) this.changed();
  }

  async added(group) {
    const found = await this.asked(group.filters);
    if (found) this.selecting.addSome(found.ids, found.total);
  }

  async taken(group) {
    const found = await this.asked({ all: [...group.filters.all, { column: this.link.table.id, in: this.selecting.ids }] });
    if (!found) return;
    const gone = new Set(found.ids.map(keyOf));
    this.selecting.only(this.selecting.ids.filter((id) => !gone.has(keyOf(id))));
  }

  // Null where something else is seen meanwhile.
  async asked(filters) {
    const { link } = this;
    const { seen } = link;
    const answer = await link.ask({ ask: "ids", filters, sort: seen.sort ?? [], most: ROWS });
    return this.gone || link.seen !== seen ? null : answer;
  }

  dispose() {
    this.gone = true;
  }
}
