// The lines of a table: its rows, and above the rows of each group a line that tells what they are.

import { filtersOf } from "imlkit/filters.js";
import { grouped, groupsOf } from "imlkit/groups.js";
import { keyOf } from "imlkit/sample_loader.js";
import { count } from "imlkit/values.js";
import { RowBlocks } from "./row_blocks.js";

const GROUPS = 10_000; // the most that an answer holds
const RANGE = 100_000; // rows that are selected at once
const IDS = 200_000; // the most that an answer holds
const ROWS = 2_000; // likewise
const QUESTIONS = 20; // about how many a range over groups takes

export class RowLines {
  // came(moved): some rows have come; moved: lines are others than before; failed(words)
  constructor(link, columns, folding, came, failed) {
    const { seen } = link;
    this.link = link;
    this.filters = filtersOf(seen);
    this.sort = seen.sort ?? [];
    this.columns = columns;
    this.folding = folding;
    this.grouped = grouped(seen);
    this.groups = []; // {title, key, count, filters, others}
    this.others = 0; // groups that there is no line for
    this.starts = null; // number of each group's line, and of all lines
    this.came = came;
    this.failed = failed;
    this.gone = false;
    this.held = null; // where a range of rows begins: {key, part, row}
  }

  // Asks for the first that are to be seen. known: how many rows there were, or null
  async start(line, columns, known) {
    if (!this.grouped) {
      this.divide([{ filters: this.filters, total: known }]);
      this.want([line, line + 1], columns);
      return;
    }
    try {
      const { groups, others } = await groupsOf(this.link, GROUPS, this.filters);
      if (this.gone) return;
      this.groups = groups.map(({ title, filters, count }) => ({ title, count, key: JSON.stringify(filters), filters: { all: [...this.filters.all, filters] } }));
      this.others = others;
      this.divide(this.groups.map(({ filters, count }) => ({ filters, total: count })));
      const first = Math.max(0, Math.min(line, this.total - 1));
      this.want([first, Math.min(first + 2, this.total)], columns);
      if (!this.blocks.asking.size) this.came(false);
    } catch (error) {
      if (!this.gone && error.name !== "Replaced") this.failed(error.message);
    }
  }

  divide(parts) {
    this.parts = parts;
    const came = (moved) => {
      if (moved) this.count();
      this.came(moved && this.grouped);
    };
    this.blocks = new RowBlocks(this.link, { sort: this.sort, columns: this.columns, parts }, came, this.failed);
    this.count();
  }

  // Numbers the lines; anew once groups are folded or have more rows.
  count() {
    if (!this.grouped) return;
    this.groups.forEach((group, n) => {
      group.count = this.parts[n].total;
    });
    this.starts = new Float64Array(this.groups.length + 1);
    this.groups.forEach((group, n) => {
      this.starts[n + 1] = this.starts[n] + 1 + (this.folding.has(group.key) ? 0 : group.count);
    });
  }

  // How many lines there are, or null while nobody knows.
  get total() {
    if (!this.parts) return null;
    return this.grouped ? this.starts.at(-1) : this.parts[0].total;
  }

  // How many rows, folded ones too.
  get size() {
    if (!this.grouped) return this.total;
    return this.parts ? this.groups.reduce((sum, { count }) => sum + count, 0) : null;
  }

  // What a line is: {part, row}; the row of a group's own line is -1.
  place(line) {
    if (!this.grouped) return { part: 0, row: line };
    let [low, high] = [0, this.groups.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.starts[middle] <= line) low = middle;
      else high = middle - 1;
    }
    return { part: low, row: line - this.starts[low] - 1 };
  }

  // The line of a place; that of its group if it is folded.
  lineOf({ part, row }) {
    if (!this.grouped) return row;
    return this.starts[part] + (row < 0 || this.isFolded(part) ? 0 : 1 + Math.min(row, this.groups[part].count - 1));
  }

  isFolded(part) {
    return this.folding.has(this.groups[part].key);
  }

  isGroup(line) {
    return this.grouped && line >= 0 && line < this.total && this.place(line).row < 0;
  }

  groupOf(line) {
    return this.groups[this.place(line).part];
  }

  value(line, column) {
    const { part, row } = this.place(line);
    return this.blocks.value(part, row, column);
  }

  has(line, column) {
    const { part, row } = this.place(line);
    return this.blocks.has(part, row, column);
  }

  id(line) {
    if (line < 0 || line >= this.total) return undefined;
    const { part, row } = this.place(line);
    return row < 0 ? undefined : this.blocks.id(part, row);
  }

  // The id of a row that may not be here.
  async idOf(line) {
    const held = this.id(line);
    if (held !== undefined) return held;
    const { part, row } = this.place(line);
    const answer = await this.link.ask({ ask: "rows", filters: this.parts[part].filters, sort: this.sort, start: row, stop: row + 1, columns: [] });
    return answer.rows[0]?.[this.link.table.id] ?? null;
  }

  // Asks for the rows that are missing in these lines.
  want([top, bottom], columns) {
    const ranges = [];
    if (!this.grouped) ranges.push({ part: 0, top, bottom });
    else {
      for (let part = this.place(top).part; part < this.groups.length && this.starts[part] < bottom; part += 1) {
        const first = this.starts[part] + 1;
        const [from, to] = [Math.max(top, first), Math.min(bottom, this.starts[part + 1])];
        if (from < to) ranges.push({ part, top: from - first, bottom: to - first });
      }
    }
    this.blocks.want(ranges, columns);
  }

  // Remembers where a range may begin: its row can be far out of sight when it ends.
  hold(line) {
    const id = this.id(line);
    if (id !== undefined) this.held = { key: keyOf(id), ...this.place(line) };
  }

  find(id) {
    const key = keyOf(id);
    return this.held?.key === key ? this.held : (this.blocks?.find(key, keyOf) ?? null);
  }

  // The ids of the rows from one to another as they are shown: what is folded is left out.
  async between(from, to) {
    const ends = [this.find(from), this.find(to)];
    if (ends.includes(null)) return [to];
    const [first, last] = ends.sort((one, other) => one.part - other.part || one.row - other.row);
    const spans = this.spans(first, last);
    const size = spans.reduce((sum, { start, stop }) => sum + stop - start, 0);
    if (size > RANGE) throw new Error(`These are ${count(size)} rows, more than can be selected at once (${count(RANGE)}): choose fewer.`);
    const whole = spans.filter(({ part, start, stop }) => start === 0 && stop === this.parts[part].total);
    // Of very many groups several are asked for together.
    const piece = Math.ceil(whole.length / QUESTIONS);
    const found = [];
    for (let n = 0; n < spans.length; ) {
      const { part, start, stop } = spans[n];
      const together = piece > 1 && whole.includes(spans[n]) ? spans.slice(n, n + piece).filter((span) => whole.includes(span)) : [spans[n]];
      found.push(together.length > 1 ? await this.idsOfAll(together) : await this.idsOf(part, start, stop));
      n += together.length;
    }
    return found.flat();
  }

  // The rows of each part from one place to another.
  spans(first, last) {
    const found = [];
    for (let part = first.part; part <= last.part; part += 1) {
      if (this.grouped && this.isFolded(part)) continue;
      const start = part === first.part ? first.row : 0;
      const stop = part === last.part ? last.row + 1 : this.parts[part].total;
      if (start < stop) found.push({ part, start, stop });
    }
    return found;
  }

  async idsOf(part, start, stop) {
    const { filters } = this.parts[part];
    if (stop <= IDS) return (await this.link.ask({ ask: "ids", filters, sort: this.sort, most: stop }, { slot: "between" })).ids.slice(start);
    const found = [];
    for (let n = start; n < stop; n += ROWS) {
      const question = { ask: "rows", filters, sort: this.sort, start: n, stop: Math.min(n + ROWS, stop), columns: [] };
      found.push(...(await this.link.ask(question, { slot: "between" })).rows.map((row) => row[this.link.table.id]));
    }
    return found;
  }

  async idsOfAll(spans) {
    const filters = { any: spans.map(({ part }) => this.parts[part].filters) };
    const most = spans.reduce((sum, { stop }) => sum + stop, 0);
    return (await this.link.ask({ ask: "ids", filters, sort: this.sort, most }, { slot: "between" })).ids;
  }

  dispose() {
    this.gone = true;
    this.blocks?.dispose();
  }
}
