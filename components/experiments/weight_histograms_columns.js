// The histogram of one step, as it was sent.

const bytesOf = (bytes) => new Float64Array(bytes instanceof ArrayBuffer ? bytes : bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));

export function columnOf({ id, step, epoch, low, high, others, counts }) {
  const bins = bytesOf(counts);
  const total = bins.reduce((sum, value) => sum + value, 0);
  const column = { id, step, epoch, low, high, others, bins, total, fullest: bins.reduce((most, value) => Math.max(most, value), 0) };
  column.median = median(column);
  return column;
}

// Where a bin begins; the last one ends where the one after it would begin.
export function edge({ low, high, bins }, n) {
  const share = n / bins.length;
  return low * (1 - share) + high * share;
}

// The value that half of the values are below, as if they lay evenly in their bin.
function median(column) {
  if (!column.total) return null;
  let below = 0;
  for (let n = 0; n < column.bins.length; n += 1) {
    const value = column.bins[n];
    if (value && below + value >= column.total / 2) return edge(column, n + (column.total / 2 - below) / value);
    below += value;
  }
  return column.high;
}

// Which bin a value is in.
export function binAt(column, value) {
  const span = column.high - column.low;
  const share = span > 0 ? (value - column.low) / span : 0.5;
  return Math.min(Math.max(Math.floor(share * column.bins.length), 0), column.bins.length - 1);
}

// [from, to] of each column across: halfway to its neighbours.
export function spans(across) {
  const last = across.length - 1;
  if (!last) return [[across[0] - 0.5, across[0] + 0.5]];
  const middle = (n) => (across[n] + across[n + 1]) / 2;
  return across.map((at, n) => [n ? middle(n - 1) : at - (across[1] - at) / 2, n < last ? middle(n) : at + (at - across[last - 1]) / 2]);
}
