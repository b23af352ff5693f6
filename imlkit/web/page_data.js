// Arrays as an exported page carries them: as text.

const ARRAYS = new Map(
  [Int8Array, Uint8Array, Int16Array, Uint16Array, Int32Array, Uint32Array, Float32Array, Float64Array].map((kind) => [
    kind.name,
    kind,
  ]),
);
ARRAYS.set("BigInt64Array", BigInt64Array);
ARRAYS.set("BigUint64Array", BigUint64Array);

export function bytes(text) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
  const said = atob(text);
  const found = new Uint8Array(said.length);
  for (let n = 0; n < found.length; n += 1) found[n] = said.charCodeAt(n);
  return found;
}

export function array({ array: kind, data }) {
  return new (ARRAYS.get(kind))(bytes(data).buffer);
}

// One byte a row, 1 where its bit is set; null where there are no bits.
export function marks(text, rows) {
  if (text === null) return null;
  const packed = bytes(text);
  const found = new Uint8Array(rows);
  for (let row = 0; row < rows; row += 1) found[row] = (packed[row >> 3] >> (row & 7)) & 1;
  return found;
}
