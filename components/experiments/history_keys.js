// The keyboard's way through the table: one cell at a time, all of them reached by one tab.

const PAGE = 10; // lines

export class HistoryKeys {
  // table: a HistoryGrid
  constructor(table) {
    this.table = table;
    this.run = undefined; // id of the run that has the keyboard; null for the headings
    this.key = "tick"; // of the column
    table.root.addEventListener("keydown", (event) => this.pressed(event));
    table.root.addEventListener("focusin", (event) => this.focused(event));
  }

  // Which line has the keyboard; -1 for none.
  row() {
    return this.run ? this.table.runs.findIndex(({ id }) => id === this.run) : -1;
  }

  focused({ target }) {
    const cell = target.closest(".cell");
    if (!cell?.key) return;
    this.run = cell.closest(".line").line?.run.id ?? null;
    this.key = cell.key;
    this.tab();
  }

  here() {
    const { table } = this;
    if (this.run === null) return table.head.headings.get(this.key) ?? table.head.headings.get("state");
    const line = table.held.get(this.run) ?? table.held.get(table.runs[0]?.id);
    return line?.focusable(this.key) ?? line?.tick;
  }

  tab() {
    const here = this.here();
    if (this.tabbed !== here) {
      if (this.tabbed) this.tabbed.tabIndex = -1;
      this.tabbed = here;
      if (here) here.tabIndex = 0;
    }
    if (!this.lost) return;
    this.lost = false;
    here?.focus({ preventScroll: true });
  }

  // To a line, -1 for the headings, and a column by its number.
  go(row, n) {
    const { table } = this;
    const keys = this.columns();
    this.key = keys[Math.min(Math.max(n, 0), keys.length - 1)];
    const line = Math.min(Math.max(row, -1), table.runs.length - 1);
    this.run = line < 0 ? null : table.runs[line].id;
    if (line < 0 && ["tick", "more"].includes(this.key)) this.key = this.key === "tick" ? "state" : keys.at(-2);
    if (line >= 0) this.reveal(line);
    table.paint();
    const here = this.here();
    here?.focus({ preventScroll: true });
    here?.closest(".cell").scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  columns() {
    return ["tick", ...this.table.columns.shown.map(({ key }) => key), "more"];
  }

  reveal(row) {
    const { root, high, head } = this.table;
    const view = root.clientHeight - head.root.offsetHeight;
    if (row * high < root.scrollTop) root.scrollTop = row * high;
    else if ((row + 1) * high > root.scrollTop + view) root.scrollTop = (row + 1) * high - view;
  }

  pressed(event) {
    const { table } = this;
    if (event.altKey || event.metaKey || !event.target.closest(".cell") || event.target.matches(".edit")) return;
    const row = this.run === null ? -1 : this.row();
    const n = this.columns().indexOf(this.key);
    const far = event.ctrlKey;
    const moves = {
      ArrowDown: () => this.go(row + 1, n),
      ArrowUp: () => this.go(row - 1, n),
      ArrowRight: () => this.go(row, n + 1),
      ArrowLeft: () => this.go(row, n - 1),
      PageDown: () => this.go(row + PAGE, n),
      PageUp: () => this.go(Math.max(row - PAGE, 0), n),
      Home: () => this.go(far ? 0 : row, 0),
      End: () => this.go(far ? table.runs.length - 1 : row, 1e9),
    };
    const line = table.held.get(this.run);
    const acts = { " ": () => line.tick.click(), F2: () => table.rename(line), Delete: () => table.remove(line), Enter: () => table.openMenu(line) };
    const plain = line && !event.target.matches("button, input") ? acts[event.key] : { F2: acts.F2, Delete: acts.Delete }[event.key];
    const act = moves[event.key] ?? (line ? plain : null);
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }
}
