// Scrolling through more than a browser can lay out: beyond some height a page scrolls in proportion.

const TALLEST = 6_000_000; // pixels; browsers differ in how many they know, this all do
const DRIFT = 200_000;

export class LongScroll {
  constructor(scroller) {
    this.scroller = scroller;
    this.whole = 0; // pixels of all rows
    this.top = 0; // of the first in sight
    this.last = 0;
  }

  get height() {
    return Math.min(this.whole, TALLEST);
  }

  get ratio() {
    return this.spare(this.whole) / Math.max(this.spare(this.height), 1);
  }

  spare(height) {
    return Math.max(height - this.view, 0);
  }

  // view: pixels of the rows in sight
  resize(whole, view) {
    this.whole = whole;
    this.view = view;
    this.top = Math.min(this.top, this.spare(whole));
    if (whole <= TALLEST) this.top = Math.min(this.scroller.scrollTop, this.spare(whole));
  }

  scrolled() {
    const now = this.scroller.scrollTop;
    const step = now - this.last;
    this.last = now;
    if (this.whole <= TALLEST) this.top = now;
    else if (Math.abs(step) > this.view * 2) this.top = now * this.ratio;
    else {
      // A few lines are a few lines, however far the whole reaches.
      this.top = Math.min(Math.max(this.top + step, 0), this.spare(this.whole));
      const fair = this.top / this.ratio;
      const ends = (now <= 0 && this.top > 0) || (now >= this.spare(this.height) - 1 && this.top < this.spare(this.whole));
      if (ends || Math.abs(fair - now) > DRIFT) this.settle(fair);
    }
  }

  to(top) {
    this.top = Math.min(Math.max(top, 0), this.spare(this.whole));
    this.settle(this.whole <= TALLEST ? this.top : this.top / this.ratio);
  }

  settle(at) {
    this.scroller.scrollTop = at;
    this.last = this.scroller.scrollTop;
  }

  // Where something is laid out that lies so far down.
  place(y) {
    return y - this.top + this.last;
  }
}
