// Those who want to hear of something.

export class Told {
  constructor() {
    this.acts = new Set();
  }

  // Calls a function from now on; returns one that ends it.
  on(act) {
    this.acts.add(act);
    return () => this.acts.delete(act);
  }

  tell(value) {
    for (const act of [...this.acts]) act(value);
  }
}
