// The one of the kinds of points that is looked at alone here, which filters no other view.

export class PointAlone {
  constructor() {
    this.entry = null; // {of, key, title, filters}
  }

  // Looks at an entry of these kinds; at all of them again if it was alone, or for null.
  press(entry, kinds) {
    this.entry = entry === null || entry.key === this.entry?.key ? null : { ...entry, of: kinds.of };
  }

  // Keeps to what points are coloured by now: what was alone is one of the kinds that there were.
  follow(of) {
    if (this.entry?.of !== of) this.entry = null;
  }

  // Conditions, and that of what is alone.
  narrowed({ all }) {
    return { all: this.entry ? [...all, this.entry.filters] : all };
  }

  // Takes over the kinds there are now; returns them, and what is alone among them.
  among(kinds) {
    const { entry } = this;
    if (!entry) return kinds;
    const now = kinds.entries.find(({ key }) => key === entry.key);
    // One that is no longer among the largest is looked at still.
    if (!now) return { ...kinds, entries: [...kinds.entries, { ...entry, number: null }] };
    this.entry = { ...now, of: entry.of };
    return kinds;
  }
}
