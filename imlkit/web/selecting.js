// Selecting rows by mouse, finger and keyboard, the same in every view.

import { filtersOf } from "imlkit/filters.js";
import { keyOf } from "imlkit/sample_loader.js";
import { rows } from "imlkit/values.js";

const MOST = 100_000; // rows that are selected at once
const CHARACTERS = 900_000; // of their ids: what is seen is kept as a text of a limited length

export class Selecting {
  // between(from, to): the ids from one row to another as shown, or a promise of them
  constructor(link, between, told) {
    this.link = link;
    this.between = between;
    this.told = told; // words about what was selected, or that it was not
    this.anchor = null;
    this.of = null;
    this.keys = new Set();
  }

  has(id) {
    if (this.of !== this.link.seen.selection) {
      this.of = this.link.seen.selection;
      this.keys = new Set((this.of ?? []).map(keyOf));
    }
    return this.keys.has(keyOf(id));
  }

  get ids() {
    return this.link.seen.selection ?? [];
  }

  only(ids) {
    const now = this.ids;
    if (ids.length === now.length && ids.every((id, n) => keyOf(id) === keyOf(now[n]))) return;
    this.link.show({ ...this.link.seen, selection: ids });
  }

  add(ids) {
    this.only([...this.ids, ...ids.filter((id) => !this.has(id))]);
  }

  toggle(id) {
    this.anchor = id;
    const key = keyOf(id);
    this.only(this.has(id) ? this.ids.filter((one) => keyOf(one) !== key) : [...this.ids, id]);
  }

  click(id, event) {
    const adds = event.ctrlKey || event.metaKey;
    if (event.shiftKey && this.anchor !== null) this.range(id, adds);
    // A finger has no control key: each tap adds or takes away.
    else if (adds || event.pointerType === "touch") this.toggle(id);
    else {
      this.anchor = id;
      this.only([id]);
    }
  }

  async range(id, adds = false) {
    if (this.anchor === null) this.anchor = id;
    try {
      const ids = await this.between(this.anchor, id);
      if (adds) this.add(ids);
      else this.only(ids);
    } catch (error) {
      if (error.name !== "Replaced") this.told(error.message);
    }
  }

  // Selects every row that the filters leave.
  all() {
    const { seen } = this.link;
    return this.meeting(filtersOf(seen), seen.sort ?? []);
  }

  // Selects the rows that meet these conditions.
  async meeting(filters, sort = []) {
    const { seen } = this.link;
    try {
      const { ids, total } = await this.link.ask({ ask: "ids", filters, sort, most: MOST }, { slot: "all" });
      if (this.link.seen.filters !== seen.filters) return; // filtered anew meanwhile
      this.most(ids, total);
    } catch (error) {
      if (error.name !== "Replaced") this.told(error.message);
    }
  }

  // Adds these to what is selected; total: how many were meant.
  addSome(ids, total) {
    const fresh = ids.filter((id) => !this.has(id));
    const all = [...this.ids, ...fresh];
    this.most(all, all.length + total - ids.length);
  }

  // Selects as many of these as can be.
  most(ids, total) {
    const long = Math.floor((ids.length * CHARACTERS) / Math.max(JSON.stringify(ids).length, CHARACTERS));
    const fits = Math.min(long, MOST);
    this.only(ids.slice(0, fits));
    this.told(fits < total ? `The first ${rows(fits)} of ${total.toLocaleString("en")} are selected: more cannot be at once.` : "");
  }
}
