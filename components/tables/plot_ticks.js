// Numbers to write at an axis.

const scientific = (digits) => new Intl.NumberFormat("en", { notation: "scientific", minimumFractionDigits: digits, maximumFractionDigits: digits });
const MOST_DIGITS = 15;

// Where to write what between two numbers: [[value, words], …], at most so many, in steps of 1, 2 or 5.
export function ticks(low, high, most, whole = false) {
  const span = high - low;
  if (!(span > 0) || !Number.isFinite(span)) return [[low, plain(low, span)]];
  const rough = span / Math.max(most, 1);
  const power = 10 ** Math.floor(Math.log10(rough));
  let step = power * ([1, 2, 5].find((times) => times * power >= rough) ?? 10);
  if (whole) step = Math.max(step, 1);
  const first = Math.ceil(low / step);
  const last = Math.floor(high / step);
  if (!(last - first < 4 * most + 4)) return [[low, plain(low, span)]];
  const found = [];
  // Multiples of the step, not sums of it: 0.30000000000000004 is no number to write at an axis.
  for (let n = first; n <= last; n += 1) {
    const value = Object.is(n, -0) ? 0 : n * step;
    found.push([value, plain(value, step, Math.max(Math.abs(low), Math.abs(high)))]);
  }
  return found;
}

// A number with as many digits as tell it from others that are so far from it.
export function plain(value, step, greatest = Math.abs(value)) {
  const near = Math.abs(step) || Math.abs(value) || 1;
  if (greatest >= 1e7 || greatest < 1e-4) {
    if (value === 0) return "0";
    const digits = Math.ceil(Math.log10(Math.abs(value)) - Math.log10(near));
    return scientific(Math.min(Math.max(digits, 0), MOST_DIGITS)).format(value);
  }
  const digits = Math.min(Math.max(-Math.floor(Math.log10(near) + 1e-9), 0), MOST_DIGITS);
  return value.toLocaleString("en", { maximumFractionDigits: digits, minimumFractionDigits: digits });
}
