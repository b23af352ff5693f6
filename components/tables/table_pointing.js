// What a mouse and a finger do in a table: they sort, select, fold, open and point at rows.

export class TablePointing {
  // table: an InstanceTable
  constructor(table) {
    this.table = table;
    table.grid.addEventListener("click", (event) => this.clicked(event));
    table.grid.addEventListener("dblclick", (event) => this.doubled(event));
    table.grid.addEventListener("pointerover", (event) => this.pointed(event));
    table.grid.addEventListener("pointerleave", () => table.link.point(null));
  }

  clicked(event) {
    const { table } = this;
    const heading = event.target.closest(".heading");
    if (heading && heading.column >= 0) table.head.sort(heading.column, event.shiftKey);
    const line = table.lines.of(event.target);
    if (!line || event.target.closest("button, audio")) return;
    if (line.group) {
      if (event.target.closest(".group-cell")) table.fold(line.group);
    } else if (line.id !== undefined) this.select(line, event);
  }

  select(line, event) {
    const { selecting, rows } = this.table;
    const box = event.target.closest(".marks");
    if (!event.shiftKey || selecting.anchor === null) rows.hold(line.node.row);
    if (event.shiftKey) selecting.range(line.id, event.ctrlKey || event.metaKey || Boolean(box));
    else if (box) selecting.toggle(line.id);
    else selecting.click(line.id, event);
    line.mark();
  }

  doubled(event) {
    const line = this.table.lines.of(event.target);
    if (line && !line.group && !event.target.closest(".marks")) this.table.open(line.node.row);
  }

  pointed(event) {
    const { table } = this;
    const line = table.lines.of(event.target);
    if (!line || line === table.lines.of(event.relatedTarget)) return;
    if (line.group) table.link.point(null);
    else if (line.id !== undefined) table.link.point(line.id);
  }
}
