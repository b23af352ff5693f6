// Conditions on rows, in the form that LinkedState has in JSON.

export function parts(seen) {
  return seen.filters?.all ?? (seen.filters ? [seen.filters] : []);
}

// The columns that a condition looks at, sorted.
export function columnsOf(condition) {
  const found = new Set();
  collect(condition, found);
  return [...found].sort();
}

function collect(condition, found) {
  if (typeof condition.column === "string") found.add(condition.column);
  else if (condition.not) collect(condition.not, found);
  else for (const part of condition.all ?? condition.any ?? []) collect(part, found);
}

const same = (one, other) => one.length === other.length && one.every((name, n) => name === other[n]);

export function conditionOn(seen, ...columns) {
  const wanted = [...columns].sort();
  return parts(seen).find((part) => same(columnsOf(part), wanted)) ?? null;
}

// What is seen with this condition in the place of the one on the same columns; without it if null.
export function filtered(seen, columns, condition) {
  const wanted = [...columns].sort();
  const all = [];
  let placed = false;
  for (const part of parts(seen)) {
    if (!same(columnsOf(part), wanted)) all.push(part);
    else if (condition && !placed) {
      all.push(condition);
      placed = true;
    }
  }
  if (condition && !placed) all.push(condition);
  return { ...seen, filters: { all } };
}

export function filtersOf(seen) {
  return { all: parts(seen) };
}

export function filtersWithout(seen, ...columns) {
  const wanted = [...columns].sort();
  return { all: parts(seen).filter((part) => !same(columnsOf(part), wanted)) };
}
