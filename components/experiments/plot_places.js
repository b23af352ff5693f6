// Where the points of several lines are, and which is nearest.

import { acrossOf } from "./plot_line.js";

// [least across, most across, least up, most up] of what is drawn.
export function extent(lines, axis, logarithmic, smoothed) {
  const box = [null, null, null, null];
  const widen = (n, value) => {
    if (box[n] === null || value < box[n]) box[n] = value;
    if (box[n + 1] === null || value > box[n + 1]) box[n + 1] = value;
  };
  for (const [line] of lines) {
    const across = line.across(axis);
    for (const values of smoothed ? [line.values, line.smoothed] : [line.values]) {
      for (let n = 0; n < values.length; n += 1) {
        if (!Number.isFinite(across[n])) continue;
        widen(0, across[n]);
        if (Number.isFinite(values[n]) && (values[n] > 0 || !logarithmic)) widen(2, values[n]);
      }
    }
    for (const fault of line.faults) if (Number.isFinite(acrossOf(fault, axis))) widen(0, acrossOf(fault, axis));
  }
  return box;
}

export function nearest(across, at) {
  let found = null;
  let least = Infinity;
  for (let n = 0; n < across.length; n += 1) {
    const far = Math.abs(across[n] - at);
    if (far < least) [least, found] = [far, n];
  }
  return found;
}

// How many of ascending numbers are below one, or, also, are that one.
export function below(numbers, number, also) {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numbers[middle] < number || (also && numbers[middle] === number)) low = middle + 1;
    else high = middle;
  }
  return low;
}
