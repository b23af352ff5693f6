// Values, places and lines in words.

const whole = new Intl.NumberFormat("en");

export const count = (number) => whole.format(number);
export const many = (number, one, more = `${one}s`) => `${count(number)} ${number === 1 ? one : more}`;

// A value with all its digits.
export function exact(value) {
  if (value === null || value === undefined) return "none";
  if (Number.isNaN(value)) return "not a number";
  if (!Number.isFinite(value)) return value > 0 ? "infinity" : "minus infinity";
  return String(value).replace("-", "−");
}

// A value as it is told in a sentence: a few digits.
export function rounded(value) {
  if (value === null || value === undefined) return "none";
  return Number.isFinite(value) ? String(Number(value.toPrecision(5))).replace("-", "−") : exact(value);
}

// Seconds since the run began.
export function duration(seconds) {
  if (!Number.isFinite(seconds)) return "unknown";
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  if (hours) return `${count(hours)} h ${minutes} min ${Math.floor(seconds % 60)} s`;
  if (minutes) return `${minutes} min ${(seconds % 60).toFixed(1)} s`;
  return `${seconds.toFixed(2)} s`;
}

// Where a point is: [step, epoch, seconds].
export function place([step, epoch, seconds]) {
  const at = [`step ${exact(step)}`];
  if (Number.isFinite(epoch)) at.push(`epoch ${rounded(epoch)}`);
  at.push(duration(seconds));
  return at.join(", ");
}

// A line as a sentence.
export function told(name, { count: points, first, last, least, most, faults }) {
  const wrong = faults ? `, ${many(faults, "value")} not a number or infinite` : "";
  return `${name}: ${many(points, "point")}, first ${rounded(first)}, last ${rounded(last)}, least ${rounded(least)}, most ${rounded(most)}${wrong}.`;
}
