// The order of selected rows: that of their groups where rows come in groups, or as they were selected.

import { grouped, groupsOf } from "imlkit/groups.js";
import { keyOf } from "imlkit/sample_loader.js";

const GROUPS = 300; // the most that are asked for one by one
const ROWS = 200_000; // the most ids that an answer holds

export async function inGroups(link, ids) {
  const { seen, table } = link;
  if (!grouped(seen) || !ids.length) return ids;
  const chosen = { column: table.id, in: ids };
  const { groups, others } = await groupsOf(link, GROUPS, { all: [chosen] }, "order");
  if (others) return ids; // too many to be put in order
  const found = [];
  for (const { filters } of groups) {
    const question = { ask: "ids", filters: { all: [chosen, filters] }, sort: seen.sort ?? [], most: ROWS };
    found.push(...(await link.ask(question)).ids);
  }
  const here = new Set(found.map(keyOf));
  return [...found, ...ids.filter((id) => !here.has(keyOf(id)))];
}
