// Rows in an order: by digits of their values, each pass keeping the order of the one before.

const DIGIT = 65_536;

// The numbers of all rows, sorted: the first order decides, equal rows are in the order of their
// ids, and rows without a value come last. `sort`: [{column, descending}], of columns that are held.
export function sorted(rows, sort) {
  let order = Uint32Array.from({ length: rows }, (_, row) => row);
  for (const { column, descending } of sort.toReversed()) {
    for (const key of keysOf(column, descending)) order = pass(order, key);
    if (column.missing) order = last(order, column.missing);
  }
  return order;
}

// The digits of a column's values, the least first: functions of nothing are slow, so arrays.
function keysOf(column, descending) {
  const { low, high } = column.words ? { low: Uint32Array.from(column.codes), high: null } : words(column.values);
  const digits = [];
  for (const word of [low, high]) {
    if (word === null) continue;
    for (const shift of [0, 16]) {
      const digit = new Uint16Array(word.length);
      let all = 0;
      for (let row = 0; row < digit.length; row += 1) {
        digit[row] = word[row] >>> shift;
        all |= digit[row] ^ digit[0];
      }
      if (!all) continue;
      if (descending) for (let row = 0; row < digit.length; row += 1) digit[row] ^= 0xffff;
      digits.push(digit);
    }
  }
  return digits;
}

// Values as unsigned integers of the same order, 32 bits at a time.
function words(values) {
  if (values instanceof BigInt64Array || values instanceof BigUint64Array) {
    const pairs = new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
    const sign = values instanceof BigInt64Array ? 0x80000000 : 0;
    return split(pairs, (low) => low, (_, high) => (high ^ sign) >>> 0);
  }
  if (values instanceof Float32Array || values instanceof Float64Array) {
    // −0 is 0, and NaN, greater than every number, has one form.
    const numbers = Float64Array.from(values, (value) => (value === value ? value + 0 : NaN));
    const pairs = new Uint32Array(numbers.buffer);
    const flipped = (high) => high >>> 31;
    return split(
      pairs,
      (low, high) => (flipped(high) ? ~low >>> 0 : low),
      (_, high) => (flipped(high) ? ~high >>> 0 : (high | 0x80000000) >>> 0),
    );
  }
  return { low: Uint32Array.from(values, (value) => (value + 0x80000000) >>> 0), high: null };
}

function split(pairs, lowOf, highOf) {
  const count = pairs.length / 2;
  const low = new Uint32Array(count);
  const high = new Uint32Array(count);
  for (let row = 0; row < count; row += 1) {
    low[row] = lowOf(pairs[2 * row], pairs[2 * row + 1]);
    high[row] = highOf(pairs[2 * row], pairs[2 * row + 1]);
  }
  return { low, high };
}

function pass(order, digit) {
  const places = new Uint32Array(DIGIT);
  for (let n = 0; n < digit.length; n += 1) places[digit[n]] += 1;
  let start = 0;
  for (let n = 0; n < DIGIT; n += 1) {
    const size = places[n];
    places[n] = start;
    start += size;
  }
  const moved = new Uint32Array(order.length);
  for (let n = 0; n < order.length; n += 1) {
    const row = order[n];
    moved[places[digit[row]]++] = row;
  }
  return moved;
}

function last(order, missing) {
  const moved = new Uint32Array(order.length);
  let at = 0;
  for (const row of order) if (!missing[row]) moved[at++] = row;
  for (const row of order) if (missing[row]) moved[at++] = row;
  return moved;
}

// Compares texts by their characters, as Python does, not by the halves that JavaScript has.
export function compared(one, other) {
  const ours = Array.from(one);
  const theirs = Array.from(other);
  for (let n = 0; n < Math.min(ours.length, theirs.length); n += 1) {
    const difference = ours[n].codePointAt(0) - theirs[n].codePointAt(0);
    if (difference) return difference;
  }
  return ours.length - theirs.length;
}
