// What the bars of charts are divided into: the groups that have a colour, and all rows beyond them.

import { BEYOND, colorOf, coloredGroups, grouped } from "imlkit/groups.js";
import { count } from "imlkit/values.js";

// Resolves to {parts: what each group's rows meet, titles, colors}, the last two with one more for the
// rows of no group; null where rows are in no groups.
export async function divisionOf(link) {
  if (!grouped(link.seen)) return null;
  const { groups, others } = await coloredGroups(link);
  const beyond = others ? `${count(others)} more ${others === 1 ? "group" : "groups"}` : "Rows of no shown group";
  return {
    parts: groups.map(({ filters }) => filters),
    titles: [...groups.map(({ title }) => title), beyond],
    colors: [...groups.map((_, n) => colorOf(n)), BEYOND],
    others,
  };
}

// What bars look like where nothing is divided or coloured. Otherwise {colors: one for each bar, or null,
// parts: counts of each group for each bar, or null, division, shares: whether each bar is as high as can be}.
export const PLAIN = { colors: null, parts: null, division: null, shares: false };

// The counts of each group in a bar, and last of the rows beyond them.
export function amounts(counts, parts, bar) {
  const own = parts.map((part) => part[bar]);
  // Estimates are rounded: together they may be a row more than the bar.
  return [...own, Math.max(counts[bar] - sum(own), 0)];
}

export function sum(numbers) {
  let found = 0;
  for (const each of numbers) found += each;
  return found;
}

// A bar of several colours, as a background from left to right.
export function striped(sizes, colors) {
  const whole = sum(sizes);
  if (!whole) return "";
  let [at, steps] = [0, []];
  sizes.forEach((size, n) => {
    if (!size) return;
    const from = percent(at / whole);
    at += size;
    steps.push(`${colors[n]} ${from} ${percent(at / whole)}`);
  });
  return `linear-gradient(to right, ${steps.join(", ")})`;
}

// A bar's groups in words: how many rows of it each has.
export function told(chart, bar) {
  const { parts, division } = chart.look;
  const sizes = amounts(chart.counts, parts, bar);
  return sizes.map((size, n) => (size ? `${division.titles[n]}: ${count(size)}` : null)).filter(Boolean).join("; ");
}

const percent = (share) => `${Number((100 * share).toFixed(3))}%`;
