// The different values of a column of numbers, times or truth values in their order, and the number
// of each row's; those without a value have the number after the last.

export function ranked(column) {
  return column.once("ranked", () => {
    const numbers = new Map();
    column.values.forEach((value, row) => {
      if (!column.lacks(row) && !numbers.has(value)) numbers.set(value, 0);
    });
    const values = [...numbers.keys()].sort(ascending);
    values.forEach((value, n) => numbers.set(value, n));
    const codes = new Uint32Array(column.rows);
    for (let row = 0; row < codes.length; row += 1) {
      codes[row] = column.lacks(row) ? values.length : numbers.get(column.values[row]);
    }
    return { codes, values };
  });
}

// NaN is greater than every number.
function ascending(one, other) {
  if (one !== one || other !== other) return (one !== one) - (other !== other);
  return one < other ? -1 : one > other ? 1 : 0;
}
