// Which groups are folded: all but some, or some.

export class Folding {
  // groups: by what rows are put together
  constructor(groups) {
    this.of = JSON.stringify(groups ?? []);
    this.clear(false);
  }

  // What is folded stays so while rows are put together by the same.
  fits(groups) {
    return this.of === JSON.stringify(groups ?? []);
  }

  clear(all) {
    this.all = all;
    this.others = new Set(); // keys of the groups that are otherwise
  }

  has(key) {
    return this.all !== this.others.has(key);
  }

  turn(key) {
    if (!this.others.delete(key)) this.others.add(key);
  }
}
