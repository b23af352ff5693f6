// Rows as a file that the browser saves: CSV (RFC 4180) or JSON.

import { inGroups } from "./group_order.js";

const PIECE = 500; // rows that are asked for at a time

export class RowFile {
  constructor(link, ids, kind) {
    this.link = link;
    this.ids = ids;
    this.kind = kind;
    this.cancelled = false;
  }

  cancel() {
    this.cancelled = true;
  }

  // Resolves to how many rows were saved, or to null.
  async save(progress) {
    const { table } = this.link;
    const nested = new Set(table.columns.filter(({ kind }) => ["embedding", "other"].includes(kind)).map(({ name }) => name));
    const names = table.columns.map(({ name }) => name);
    const pieces = [];
    let saved = 0;
    progress(0, this.ids.length);
    const ids = await inGroups(this.link, this.ids);
    if (this.cancelled) return null;
    for (let start = 0; start < ids.length; start += PIECE) {
      progress(start, ids.length);
      const { rows } = await this.link.ask({ ask: "by_id", ids: ids.slice(start, start + PIECE), columns: null, whole: true });
      if (this.cancelled) return null;
      for (const row of rows) pieces.push(this.kind === "csv" ? line(names.map((name) => cell(row[name]))) : entry(names, row, nested));
      saved += rows.length;
    }
    const text = this.kind === "csv" ? `${line(names)}${pieces.join("")}` : `[\n${pieces.join(",\n")}\n]\n`;
    give(text, `${fileName(table.title)}.${this.kind}`, this.kind === "csv" ? "text/csv" : "application/json");
    return saved;
  }
}

function line(cells) {
  return `${cells.map((text) => (/[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)).join(",")}\r\n`;
}

function cell(value) {
  const plain = plainly(value);
  return plain === null ? "" : String(plain);
}

function entry(names, row, nested) {
  const fields = names.map((name) => `${JSON.stringify(name)}: ${written(row[name], nested.has(name))}`);
  return `{${fields.join(", ")}}`;
}

function written(value, nested) {
  if (value?.number) return "null"; // JSON has no NaN and no infinity
  if (value?.integer) return value.integer;
  if (nested && typeof value === "string") {
    try {
      return JSON.stringify(JSON.parse(value));
    } catch {
      return JSON.stringify(value);
    }
  }
  return JSON.stringify(plainly(value));
}

function plainly(value) {
  if (value === null || value === undefined) return null;
  return typeof value === "object" ? (value.time ?? value.date ?? value.number ?? value.integer ?? JSON.stringify(value)) : value;
}

function fileName(title) {
  const safe = title.replace(/[^\p{L}\p{N}_-]+/gu, " ").trim().slice(0, 60);
  return safe ? `${safe} - selected` : "selected rows";
}

function give(text, name, type) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
