// What was reckoned lately, by a text that names it.

export class Latest {
  constructor(most) {
    this.most = most;
    this.kept = new Map();
  }

  get(name, make) {
    const found = this.kept.has(name) ? this.kept.get(name) : make();
    this.kept.delete(name);
    this.kept.set(name, found);
    if (this.kept.size > this.most) this.kept.delete(this.kept.keys().next().value);
    return found;
  }
}
