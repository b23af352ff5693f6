// From numbers to pixels along one axis, evenly or by powers of ten.

const ROOM = 0.05; // of the span, beyond the least and the most
const TIMES = [1, 2, 5];

export class Scale {
  // from, to: pixels of low and high. logarithmic: only for numbers above 0.
  constructor(low, high, from, to, logarithmic = false, room = ROOM) {
    const of = logarithmic ? Math.log10 : (value) => value;
    let [least, most] = [of(low), of(high)];
    if (!(most > least)) {
      const half = logarithmic ? 0.5 : Math.abs(least) * 0.05 || 0.5;
      [least, most] = [least - half, most + half];
    } else {
      const more = (most / 2 - least / 2) * 2 * room;
      [least, most] = [Math.max(least - more, -Number.MAX_VALUE), Math.min(most + more, Number.MAX_VALUE)];
    }
    Object.assign(this, { of, least, most, from, to, logarithmic });
    // Halved: the span of numbers may be greater than any number.
    this.half = most / 2 - least / 2;
  }

  at(value) {
    return this.from + ((this.of(value) / 2 - this.least / 2) / this.half) * (this.to - this.from);
  }

  // The numbers to write: [[value, words], …]. even: places and words them on an even axis.
  ticks(most, even) {
    if (!this.logarithmic) return Number.isFinite(this.most - this.least) ? even(this.least, this.most, most) : [];
    const [first, last] = [Math.ceil(this.least), Math.floor(this.most)];
    if (last - first >= 2) {
      const apart = Math.ceil((last - first + 1) / Math.max(most, 2));
      const start = Math.ceil(first / apart) * apart;
      return Array.from({ length: Math.floor((last - start) / apart) + 1 }, (_, n) => power(start + n * apart, 1));
    }
    const found = [];
    for (let exponent = Math.floor(this.least); exponent <= last; exponent += 1) {
      for (const times of TIMES) {
        const at = exponent + Math.log10(times);
        if (at >= this.least && at <= this.most) found.push(power(exponent, times));
      }
    }
    if (found.length > 1) return found;
    return even(10 ** this.least, 10 ** this.most, most).filter(([value]) => value > 0);
  }
}

function power(exponent, times) {
  const value = Number(`${times}e${exponent}`);
  const short = exponent >= -4 && exponent <= 5;
  return [value, short ? value.toLocaleString("en", { maximumFractionDigits: 5 }) : `${times}E${exponent}`.replace("-", "−")];
}
