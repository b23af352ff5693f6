// Values that conditions compare with: read from JSON, nothing of it trusted.

import { given, refuse } from "./page_errors.js";
import { microseconds, zoned } from "./page_times.js";

const LEAST = -(2n ** 63n);
const BEYOND = 2n ** 63n;
const NUMBERS = new Map([
  ["nan", NaN],
  ["inf", Infinity],
  ["-inf", -Infinity],
]);

// {type: "truth" | "numbers" | "text" | "times", value, words}; numbers beyond JavaScript's are BigInt.
export function valueOf(said) {
  if (typeof said === "boolean") return { type: "truth", value: said, words: said ? "True" : "False" };
  if (typeof said === "number") return { type: "numbers", value: said, words: String(said) };
  if (typeof said === "string") return { type: "text", value: said, words: given(said) };
  const entries = said !== null && typeof said === "object" ? Object.entries(said) : [];
  const [name, text] = entries.length === 1 ? entries[0] : [];
  if (typeof text === "string") {
    if (name === "time" || name === "date") {
      const value = microseconds(text);
      if (value !== null && (name === "time" || text.length === 10)) {
        return { type: "times", value, words: text, form: `${name}${zoned(text)}` };
      }
    }
    if (name === "number" && NUMBERS.has(text)) return { type: "numbers", value: NUMBERS.get(text), words: text };
    if (name === "integer" && /^[+-]?\d{1,19}$/.test(text)) {
      return { type: "numbers", value: BigInt(text.replace("+", "")), words: text };
    }
  }
  return refuse(`${given(said)} is no value: give a truth value, a number, a text or a time.`);
}

export function scalarOf(said, column) {
  const found = valueOf(said);
  if (typeof found.value === "bigint" && (found.value < LEAST || found.value >= BEYOND)) {
    refuse(`“${column}” cannot be compared with so long an integer: give at most 64 bits.`);
  }
  return found;
}

// Refuses a value that a column cannot be compared with.
export function fitting(column, value) {
  if (value.type !== (column.type === "other" ? "" : column.type)) {
    refuse(`“${column.name}” holds ${column.said}: it cannot be compared with ${value.words}.`);
  }
  return value.value;
}
