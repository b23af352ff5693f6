// Which runs are shown, in which order.

// Numbers before what is no number, that before text; what is missing comes last in either direction.
function rank(value) {
  if (value === null || value === undefined || value === "") return 3;
  if (typeof value === "number") return 0;
  return typeof value === "object" ? (value.number === "nan" ? 2 : 0) : 1;
}

const plain = (value) => {
  if (typeof value !== "object") return value;
  if ("integer" in value) return Number(value.integer);
  return value.number === "inf" ? Infinity : value.number === "-inf" ? -Infinity : 0;
};

export class HistoryOrder {
  constructor() {
    this.key = "begun";
    this.down = true;
    this.sought = [];
  }

  seek(text) {
    this.sought = text.toLowerCase().split(/\s+/).filter(Boolean);
  }

  // What is pressed again is turned round.
  by(key) {
    this.down = this.key === key ? !this.down : false;
    this.key = key;
  }

  arrange(runs, columns) {
    const { down } = this;
    const column = columns.all.find(({ key }) => key === this.key);
    const found = this.sought.length ? runs.filter((run) => run.has(this.sought, columns.told)) : [...runs];
    if (!column) return found;
    const keyed = found.map((run) => ({ run, value: column.value(run) }));
    const texts = new Intl.Collator("en", { numeric: true });
    keyed.sort((one, other) => {
      const [a, b] = [rank(one.value), rank(other.value)];
      if (a !== b) return a === 3 || b === 3 ? a - b : down ? b - a : a - b;
      if (a === 3) return 0;
      const order = a === 1 ? texts.compare(String(one.value), String(other.value)) : plain(one.value) - plain(other.value) || 0;
      return down ? -order : order;
    });
    return keyed.map(({ run }) => run);
  }
}
