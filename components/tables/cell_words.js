// What stands in a cell: values in words, and what kind of value is none of the usual ones.

import { number, words } from "imlkit/values.js";

export function cell(value, kind) {
  if (value === null || value === undefined) return { text: "missing", kind: "missing" };
  if (value === "") return { text: "empty text", kind: "missing" };
  if (typeof value === "object" && "number" in value) return { text: words(value), kind: "special" };
  // Years and short numbers of things read better without a comma.
  if (typeof value === "number") return { text: Number.isInteger(value) && Math.abs(value) < 10_000 ? String(value).replace("-", "−") : number(value).replace("-", "−"), kind: "" };
  if (typeof value === "object" && "time" in value) return { text: value.time.replace("T", " ").replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "").replace(/ 00:00:00$/, ""), kind: "" };
  const text = words(value);
  return { text: kind === "text" || kind === "other" ? text.replace(/\s+/g, " ") : text, kind: "" };
}
