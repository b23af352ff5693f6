// The columns that an exported page holds.

import { array, marks } from "./page_data.js";
import { isoDate, isoTime } from "./page_times.js";
import { Words } from "./page_words.js";

const LONGEST = 1000;
const SAFE = 9007199254740992n;
const NUMBERS = { NaN: "nan", Infinity: "inf", "-Infinity": "-inf" };

// A column: {name, kind, type, said, …} as the page was told, with what its file holds.
//   values    of "numbers", "truth" and "times" (microseconds): an array, one a row
//   codes     of "text" and "other": the number of each row's word; missing ones have `words.size`
//   missing   one byte a row, 1 where there is no value; null where there are all
export class Column {
  constructor(told, held, rows) {
    Object.assign(this, told);
    this.rows = rows;
    this.words = null;
    this.missing = held.missing === undefined ? null : marks(held.missing, rows);
    if (held.form === "words") {
      this.words = new Words(held);
      this.codes = array(held.codes);
      this.missing = missingOf(this.codes, this.words.size, held.whole);
    } else if (held.form === "sequence") {
      this.values = Int32Array.from({ length: rows }, (_, row) => held.start + row);
    } else {
      this.values = array(held);
    }
    this.long = this.values instanceof BigInt64Array || this.values instanceof BigUint64Array;
    this.made = new Map();
  }

  // Whatever is reckoned once from the column.
  once(name, make) {
    if (!this.made.has(name)) this.made.set(name, make());
    return this.made.get(name);
  }

  get numeric() {
    return this.type === "numbers";
  }

  // The values as numbers that can be reckoned with; those of missing ones mean nothing.
  get floats() {
    return this.long ? this.once("floats", () => Float64Array.from(this.values, Number)) : this.values;
  }

  lacks(row) {
    return this.missing !== null && this.missing[row] === 1;
  }

  // The value of a row, as an answer has it; of a long text its beginning, unless the whole is asked for.
  shown(row, whole = false) {
    if (this.lacks(row)) return null;
    if (!this.words) return this.json(this.values[row]);
    const text = this.words.at(this.codes[row]);
    return whole ? text : shortened(text);
  }

  // A value of the array, as JSON has it.
  json(value) {
    if (this.type === "truth") return value === 1;
    if (this.type === "times") {
      return this.clock === "date" ? { date: isoDate(value) } : { time: isoTime(value, this.zone ?? null) };
    }
    if (typeof value === "bigint") {
      return value <= SAFE && value >= -SAFE ? Number(value) : { integer: String(value) };
    }
    return Number.isFinite(value) ? value : { number: NUMBERS[value] };
  }

  // The id of a row.
  id(row) {
    if (this.words) return this.words.at(this.codes[row]);
    const value = this.values[row];
    return typeof value === "bigint" ? Number(value) : value;
  }
}

function missingOf(codes, none, whole) {
  if (whole) return null;
  const missing = new Uint8Array(codes.length);
  for (let row = 0; row < codes.length; row += 1) missing[row] = codes[row] === none ? 1 : 0;
  return missing;
}

export function shortened(text) {
  if (text.length <= LONGEST) return text;
  const characters = Array.from(text);
  return characters.length <= LONGEST ? text : `${characters.slice(0, LONGEST - 1).join("")}…`;
}
