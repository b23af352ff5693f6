// Values of rows as the table's answers have them, in words and as numbers.

const short = new Intl.NumberFormat("en", { maximumSignificantDigits: 4 });
const whole = new Intl.NumberFormat("en");
const tiny = new Intl.NumberFormat("en", { notation: "scientific", maximumSignificantDigits: 3 });
const SPECIAL = { nan: "NaN", inf: "∞", "-inf": "−∞" };
export const SPECIAL_WORDS = { others: "Other values", null: "No value", nan: "NaN", inf: "∞", "-inf": "−∞" };

export function count(number) {
  return whole.format(number);
}

export function rows(number) {
  return `${whole.format(number)} ${number === 1 ? "row" : "rows"}`;
}

export function number(value) {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "∞" : "−∞";
  if (value === 0) return "0"; // not −0
  const size = Math.abs(value);
  if (size >= 1e7 || (size > 0 && size < 1e-4)) return tiny.format(value);
  return Number.isInteger(value) ? whole.format(value) : short.format(value);
}

// A value of a row or of a condition, in words.
export function words(value) {
  if (value === null || value === undefined) return "no value";
  if (typeof value === "number") return number(value);
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "string") return value === "" ? "(empty)" : value;
  if ("number" in value) return SPECIAL[value.number] ?? value.number;
  if ("integer" in value) return value.integer;
  if ("time" in value) return value.time.replace("T", " ");
  if ("date" in value) return value.date;
  if ("range" in value) return range(value.range, value.closed);
  return JSON.stringify(value);
}

export function range([low, high], closed = false) {
  if (low === null && high === null) return "any";
  if (low === null) return `${closed ? "up to" : "below"} ${words(high)}`;
  if (high === null) return `${words(low)} or more`;
  return `${words(low)} to ${words(high)}`;
}

// Milliseconds since 1970, in UTC, as a time in a condition has it.
export function isoTime(milliseconds) {
  return new Date(milliseconds).toISOString().slice(0, -1);
}

// Milliseconds since 1970, in UTC, as people read them; `span`: how many milliseconds are on the page.
export function time(milliseconds, span) {
  const text = isoTime(milliseconds);
  if (span > 3 * 86_400_000) return text.slice(0, 10);
  return text.slice(0, span > 60_000 ? 16 : 23).replace("T", " ");
}
