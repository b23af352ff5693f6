// The part of a plane that a plot shows, and how it is moved and zoomed.

const PADDING = 0.04; // of the span, around all the points
const FINEST = 1e-11; // of the numbers' size: nearer ones are drawn in one place

export class PlotView {
  constructor() {
    this.width = 1; // pixels
    this.height = 1;
    this.equal = false; // whether a unit is as long on both axes
    this.spanned = null; // [x0, x1, y0, y1] of all points
    this.box = null; // what is shown
  }

  size(width, height) {
    const all = this.isWhole();
    this.width = width;
    this.height = height;
    if (all) this.whole();
    else if (this.box && this.equal) this.set(this.box);
  }

  // Shows all of this.
  span(box) {
    this.spanned = box;
    this.whole();
  }

  whole() {
    this.box = this.spanned && this.around();
  }

  around() {
    const [x0, x1, y0, y1] = this.spanned;
    const box = [...widened(x0, x1), ...widened(y0, y1)];
    return this.equal ? this.equalled(box) : box;
  }

  equalled([x0, x1, y0, y1]) {
    const unit = Math.max((x1 - x0) / this.width, (y1 - y0) / this.height);
    const around = (low, high, pixels) => {
      const middle = low / 2 + high / 2;
      return [middle - (unit * pixels) / 2, middle + (unit * pixels) / 2];
    };
    return [...around(x0, x1, this.width), ...around(y0, y1, this.height)];
  }

  isWhole() {
    if (!this.box || !this.spanned) return true;
    const all = this.around();
    return (this.box[1] - this.box[0]) * 1.0001 >= all[1] - all[0] && (this.box[3] - this.box[2]) * 1.0001 >= all[3] - all[2];
  }

  get finest() {
    const fine = (low, high) => Math.max(Math.abs(low), Math.abs(high), Number.MIN_VALUE) * FINEST;
    return [fine(this.box[0], this.box[1]), fine(this.box[2], this.box[3])];
  }

  // Shows a box, as far as it lies within all there is.
  set(box) {
    const all = this.around();
    const [x0, x1, y0, y1] = this.equal ? this.equalled(box) : box;
    this.box = [...within(x0, x1, all[0], all[1]), ...within(y0, y1, all[2], all[3])];
  }

  move(dx, dy) {
    const [x0, x1, y0, y1] = this.box;
    const x = (dx / this.width) * (x1 - x0);
    const y = (dy / this.height) * (y1 - y0);
    this.set([x0 - x, x1 - x, y0 + y, y1 + y]);
  }

  // Shows a part so many times as large, a place on the screen staying where it is.
  zoom(times, px = this.width / 2, py = this.height / 2) {
    const [x0, x1, y0, y1] = this.box;
    const [atX, atY] = [px / this.width, 1 - py / this.height];
    const [x, y] = [x0 + atX * (x1 - x0), y0 + atY * (y1 - y0)];
    const [w, h] = [(x1 - x0) * times, (y1 - y0) * times];
    if (times < 1 && (w < this.finest[0] || h < this.finest[1])) return;
    this.set([x - atX * w, x + (1 - atX) * w, y - atY * h, y + (1 - atY) * h]);
  }

  x(value) {
    return ((value - this.box[0]) / (this.box[1] - this.box[0])) * this.width;
  }

  y(value) {
    return (1 - (value - this.box[2]) / (this.box[3] - this.box[2])) * this.height;
  }

  at(px, py) {
    const [x0, x1, y0, y1] = this.box;
    return [x0 + (px / this.width) * (x1 - x0), y0 + (1 - py / this.height) * (y1 - y0)];
  }
}

function widened(low, high) {
  if (low === high) {
    const half = Math.max(Math.abs(low) * 1e-6, 0.5);
    return [low - half, high + half];
  }
  const room = (high - low) * PADDING;
  return [low - room, high + room];
}

function within(low, high, least, most) {
  if (high - low >= most - least) return [least, most];
  if (low < least) return [least, least + (high - low)];
  return high > most ? [most - (high - low), most] : [low, high];
}

// Whether one box holds another.
export function holds([x0, x1, y0, y1], [u0, u1, v0, v1]) {
  return x0 <= u0 && x1 >= u1 && y0 <= v0 && y1 >= v1;
}
