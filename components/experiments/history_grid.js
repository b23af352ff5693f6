// The table of runs: only the lines near what is in sight are laid out.

import { make, put } from "imlkit/elements.js";
import { HistoryHead } from "./history_head.js";
import { HistoryKeys } from "./history_keys.js";
import { HistoryLine } from "./history_line.js";

const HIGH = 48; // pixels of a line
const AROUND = 8; // lines laid out beyond those in sight
const TICK = 44;
const MORE = 48;

export class HistoryGrid {
  // doings: what the person does here: sort(key), ticked(id, on), openMenu(line)
  constructor(title, columns, order, patience, doings) {
    Object.assign(this, doings, { columns, order, patience });
    this.runs = []; // those shown, in their order
    this.selected = new Set();
    this.held = new Map(); // id of the run: its line
    this.laid = 0;
    this.high = HIGH;
    this.head = new HistoryHead(this);
    this.body = make("div", { class: "lines", role: "rowgroup" });
    this.root = make("div", { class: "history-grid", role: "grid", "aria-label": title || "Runs", "aria-multiselectable": "true" }, this.head.root, this.body);
    this.keys = new HistoryKeys(this);
    this.root.addEventListener("scroll", () => this.later(), { passive: true });
    this.watcher = new ResizeObserver(() => this.lay());
    this.watcher.observe(this.root);
  }

  // The columns, or the room for them, have changed.
  lay() {
    const widths = this.columns.lay(this.root.clientWidth, this.runs);
    const said = JSON.stringify([this.columns.shown.map((column) => [column.key, column.number]), widths]);
    if (said !== this.said) {
      this.said = said;
      this.laid += 1;
      const all = [TICK, ...widths, MORE];
      this.root.style.setProperty("--columns", [`${TICK}px`, ...widths.slice(0, -1).map((wide) => `${wide}px`), `minmax(${widths.at(-1)}px, 1fr)`, `${MORE}px`].join(" "));
      this.root.style.setProperty("--wide", `${all.reduce((sum, wide) => sum + wide)}px`);
      this.head.lay();
    }
    this.head.mark();
    this.paint();
  }

  show(runs) {
    this.runs = runs;
    this.lay();
  }

  later() {
    if (this.due) return;
    this.due = requestAnimationFrame(() => {
      this.due = null;
      this.paint();
    });
  }

  paint() {
    const { runs } = this;
    this.body.style.height = `${runs.length * HIGH}px`;
    put(this.root, "aria-rowcount", runs.length + 1);
    put(this.root, "aria-colcount", this.columns.shown.length + 2);
    const top = Math.max(0, Math.floor(this.root.scrollTop / HIGH) - AROUND);
    const bottom = Math.min(runs.length, Math.ceil((this.root.scrollTop + this.root.clientHeight) / HIGH) + AROUND);
    const wanted = new Set();
    for (let n = top; n < bottom; n += 1) wanted.add(n);
    // What has the keyboard stays, even out of sight.
    const here = this.keys.row();
    if (here >= 0) wanted.add(here);
    const nodes = [];
    const active = this.body.getRootNode().activeElement;
    const kept = new Set();
    for (const n of [...wanted].sort((one, other) => one - other)) {
      const run = runs[n];
      let line = this.held.get(run.id);
      if (!line) this.held.set(run.id, (line = new HistoryLine(this, run)));
      else if (line.run !== run || line.laid !== this.laid) line.show(run);
      line.node.style.transform = `translateY(${n * HIGH}px)`;
      put(line.node, "aria-rowindex", n + 2);
      kept.add(run.id);
      nodes.push(line.node);
    }
    for (const [id, line] of this.held) {
      if (kept.has(id)) continue;
      if (line.node.contains(active)) this.keys.lost = true;
      this.held.delete(id);
      line.stop();
      line.node.remove();
    }
    this.place(nodes, active);
    this.keys.tab();
  }

  // In their order, for those who hear the page; what has the keyboard is not moved, it would lose it.
  place(nodes, active) {
    if (nodes.length === this.body.children.length && nodes.every((node, n) => node === this.body.children[n])) return;
    const fast = nodes.findIndex((node) => node.contains(active));
    nodes.forEach((node, n) => {
      if (n < fast) this.body.insertBefore(node, nodes[fast]);
      else if (n !== fast) this.body.append(node);
    });
  }

  // Shows what is known, in the place of what was typed and could not be kept.
  refresh() {
    for (const line of this.held.values()) line.show(line.run);
  }

  mark() {
    for (const line of this.held.values()) line.mark();
  }

  dispose() {
    this.watcher.disconnect();
    if (this.due) cancelAnimationFrame(this.due);
  }
}
