// One metric of one run, as far as this page was told of it.

const STEP = 0;
const COLUMNS = 4;
const AXES = { step: 0, epoch: 1, time: 2 };
const VALUE = 3;
const SMOOTHED = 4;

const numbers = (bytes) => new Float64Array(bytes instanceof ArrayBuffer ? bytes : bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));

export class PlotLine {
  constructor({ run, metric, validation }) {
    Object.assign(this, { run, metric, validation });
    this.rows = Array.from({ length: COLUMNS + 1 }, () => new Float64Array(0)); // step, epoch, seconds, value, smoothed
    this.faults = []; // [step, epoch, seconds, value] of each
  }

  take({ more, points, smoothed, faults, summary }) {
    const came = numbers(points);
    const size = came.length / (COLUMNS + 1);
    this.rows = this.rows.map((row, n) => {
      const column = came.subarray(n * size, (n + 1) * size);
      return more ? joined(row, column) : column;
    });
    if (smoothed) this.rows[SMOOTHED] = numbers(smoothed);
    const wrong = numbers(faults);
    const many = wrong.length / COLUMNS;
    this.faults = Array.from({ length: many }, (_, n) => Array.from({ length: COLUMNS }, (_, column) => wrong[column * many + n]));
    this.summary = summary;
  }

  get size() {
    return this.rows[STEP].length;
  }

  across(axis) {
    return this.rows[AXES[axis]];
  }

  get values() {
    return this.rows[VALUE];
  }

  get smoothed() {
    return this.rows[SMOOTHED];
  }

  // [step, epoch, seconds] of a point.
  place(n) {
    return [0, 1, 2].map((column) => this.rows[column][n]);
  }
}

export const acrossOf = (fault, axis) => fault[AXES[axis]];

function joined(one, other) {
  const both = new Float64Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}
