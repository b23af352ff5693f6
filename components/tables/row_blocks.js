// Rows and columns of a table, asked for in blocks as they come into sight.

const ROWS = 100;
const COLUMNS = 32;
const KEPT = 200; // blocks
const AT_ONCE = 2;

export class RowBlocks {
  // parts: [{filters, total}], the rows that are counted together; total is null while nobody knows
  // came(moved): some have come; moved: a part has another number of rows than was known; failed(words)
  constructor(link, { sort, columns, parts }, came, failed) {
    this.link = link;
    this.sort = sort;
    this.columns = columns;
    this.parts = parts;
    this.came = came;
    this.failed = failed;
    this.blocks = new Map(); // "part/row block/column block": {part, first, rows}, the one used last at the end
    this.asking = new Set();
    this.broken = new Set();
    this.gone = false;
  }

  block(part, row, column) {
    return this.blocks.get(`${part}/${Math.floor(row / ROWS)}/${Math.floor(column / COLUMNS)}`);
  }

  // The value of a row and column, or undefined while it is on its way.
  value(part, row, column) {
    return this.block(part, row, column)?.rows[row % ROWS]?.[this.columns[column]];
  }

  has(part, row, column) {
    return this.block(part, row, column) !== undefined;
  }

  id(part, row) {
    for (let column = 0; column < Math.max(this.columns.length, 1); column += COLUMNS) {
      const found = this.block(part, row, column)?.rows[row % ROWS];
      if (found) return found[this.link.table.id];
    }
    return undefined;
  }

  // Where a row is, {part, row}, or null if it is not here.
  find(key, keyOf) {
    for (const { part, first, rows } of this.blocks.values()) {
      const n = rows.findIndex((row) => keyOf(row[this.link.table.id]) === key);
      if (n >= 0) return { part, row: first + n };
    }
    return null;
  }

  // Asks for what is missing of these rows, [{part, top, bottom}], and columns; what was wanted before
  // and is not any more is not asked.
  want(ranges, [left, right]) {
    this.wanted = { ranges, left, right };
    this.next();
  }

  next() {
    if (this.gone || !this.wanted) return;
    const { ranges, left, right } = this.wanted;
    for (const { part, top, bottom } of ranges) {
      const { total } = this.parts[part];
      const last = total === null ? 1 : Math.max(total, 1);
      for (let row = Math.floor(top / ROWS); row * ROWS < Math.min(bottom, last); row += 1) {
        for (let column = Math.floor(left / COLUMNS); column * COLUMNS < Math.max(right, 1); column += 1) {
          if (this.asking.size >= AT_ONCE) return;
          const name = `${part}/${row}/${column}`;
          const held = this.blocks.get(name);
          if (held) {
            this.blocks.delete(name);
            this.blocks.set(name, held);
          } else if (!this.asking.has(name) && !this.broken.has(name)) this.fetch(name, part, row, column);
        }
      }
    }
  }

  async fetch(name, part, row, column) {
    this.asking.add(name);
    const asked = this.parts[part];
    const columns = this.columns.slice(column * COLUMNS, (column + 1) * COLUMNS);
    const question = { ask: "rows", filters: asked.filters, sort: this.sort, start: row * ROWS, stop: (row + 1) * ROWS, columns };
    try {
      const answer = await this.link.ask(question);
      if (this.gone) return;
      this.asking.delete(name);
      const moved = asked.total !== answer.total;
      asked.total = answer.total;
      this.blocks.set(name, { part, first: row * ROWS, rows: answer.rows });
      for (const old of this.blocks.keys()) {
        if (this.blocks.size <= KEPT) break;
        this.blocks.delete(old);
      }
      this.broken.clear();
      this.came(moved);
    } catch (error) {
      if (this.gone) return;
      this.asking.delete(name);
      this.broken.add(name);
      this.failed(error.message);
    }
    this.next();
  }

  dispose() {
    this.gone = true;
  }
}
