// The groups that rows come in, as charts and lists divide them.

import { filtersOf } from "imlkit/filters.js";
import { CLASSES } from "imlkit/colors.js";
import { number, words } from "imlkit/values.js";

// What a group's key says: "kind: cat, size: 1 to 2".
function titleOf({ columns }, groups, key) {
  const said = (value, column) => {
    const whole = value?.range?.every(Number.isFinite) && columns.find(({ name }) => name === column)?.kind === "integer";
    if (whole) return wholeRange(value);
    // Bins of what are no numbers: its most frequent values, and all others.
    const condition = ["column", "not", "all", "any"].some((part) => typeof value === "object" && value && part in value);
    return !condition ? words(value) : value.in ? value.in.map(words).join(", ") : "others";
  };
  return key.map((value, n) => `${groups[n].column}: ${said(value, groups[n].column)}`).join(", ");
}

// Bins of whole numbers have edges between them.
function wholeRange({ range: [low, high], closed }) {
  const [first, last] = [Math.ceil(low), closed ? Math.floor(high) : Math.ceil(high) - 1];
  return first >= last ? number(first) : `${number(first)} to ${number(last)}`;
}

export function grouped(seen) {
  return Boolean(seen.groups?.length);
}

// Resolves to the groups of the rows shown, as [{title, filters, count}], and how many more there are.
export async function groupsOf(link, most, filters = filtersOf(link.seen), slot = "groups") {
  const { groups } = link.seen;
  if (!groups?.length) return { groups: [], others: 0 };
  const answer = await link.ask({ ask: "groups", groups, filters, most }, { slot });
  const shown = answer.groups.map(({ key, filters: own, count }) => ({ title: titleOf(link.table, groups, key), filters: own, count }));
  return { groups: shown, others: answer.others };
}

// What rows are divided into by colours; whatever is beyond has the last one.
export const MOST_COLORED = 7;
export const BEYOND = "#999999";

export function colorOf(n) {
  return n < MOST_COLORED ? CLASSES[n] : BEYOND;
}

const lately = new WeakMap(); // link: {key, found}

// The groups that get colours: those of all rows where they are few enough, so that each keeps its
// colour whatever is filtered; otherwise the largest of the rows shown.
export async function coloredGroups(link, filters = filtersOf(link.seen)) {
  const key = JSON.stringify([link.seen.groups, link.table.version]);
  if (lately.get(link)?.key !== key) {
    const found = groupsOf(link, MOST_COLORED, { all: [] });
    lately.set(link, { key, found });
    found.catch(() => lately.get(link)?.found === found && lately.delete(link));
  }
  const all = await lately.get(link).found;
  return all.others ? groupsOf(link, MOST_COLORED, filters) : all;
}
