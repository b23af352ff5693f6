// Rows that are shown together, a page of them at a time.

import { button, make, put, say } from "imlkit/elements.js";
import { keyOf, shown } from "imlkit/sample_loader.js";
import { count, rows, words } from "imlkit/values.js";

export class InstanceSection {
  // told: {loader, columns, caption, named, selecting, open(section, id), filters, sort, size, slot, sighted(node, on)}
  constructor(told, group) {
    this.told = told;
    this.group = group; // null where rows are not put together
    this.page = 0;
    this.total = group?.count ?? 0;
    this.tiles = new Map(); // key of the id: tile
    this.ids = [];
    this.list = make("div", { class: "tiles", role: "grid", "aria-multiselectable": "true", "aria-label": group?.title ?? "Rows" });
    this.problem = make("p", { class: "problem", role: "alert", hidden: true });
    this.first = button("«", () => this.turn(0), { class: "icon", "aria-label": "First page", title: "First page" });
    this.back = button("‹", () => this.turn(this.page - 1), { class: "icon", "aria-label": "Previous page", title: "Previous page" });
    this.number = make("input", { type: "number", min: 1, "aria-label": "Page", inputmode: "numeric" });
    this.number.onchange = () => this.turn(Math.round(Number(this.number.value)) - 1);
    this.of = make("span");
    this.next = button("›", () => this.turn(this.page + 1), { class: "icon", "aria-label": "Next page", title: "Next page" });
    this.last = button("»", () => this.turn(this.pages - 1), { class: "icon", "aria-label": "Last page", title: "Last page" });
    this.pager = make("div", { class: "pager", role: "group", "aria-label": group ? `Pages of ${group.title}` : "Pages", hidden: true }, this.first, this.back, "Page", this.number, this.of, this.next, this.last);
    this.root = make("section", {}, this.head(), this.problem, this.list, this.pager);
  }

  head() {
    if (!this.group) return null;
    const { title, count: size } = this.group;
    return make("div", { class: "group-head" }, make("h3", { textContent: title, title }), make("span", { class: "quiet", textContent: rows(size) }));
  }

  get pages() {
    return Math.max(1, Math.ceil(this.total / this.told.size));
  }

  // Asks for the page; true once it is shown.
  async load() {
    const { told } = this;
    const start = this.page * told.size;
    const question = { ask: "rows", filters: this.group?.filters ?? told.filters, sort: told.sort, start, stop: start + told.size, columns: told.columns };
    put(this.list, "aria-busy", "true");
    this.asked = true;
    this.turns = (this.turns ?? 0) + 1;
    const { turns } = this;
    const old = () => this.gone || turns !== this.turns;
    try {
      const answer = await told.ask(question, { slot: told.slot });
      if (old()) return false;
      this.total = answer.total;
      if (!answer.rows.length && this.page > 0 && answer.total) {
        this.page = this.pages - 1;
        return await this.load();
      }
      this.fill(answer.rows);
      this.complain("");
    } catch (error) {
      if (error.name === "Replaced" || old()) return false;
      this.complain(error.message);
    }
    put(this.list, "aria-busy", null);
    told.loaded();
    return true;
  }

  complain(why) {
    say(this.problem, why);
    this.problem.hidden = !why;
  }

  async turn(page) {
    const wanted = Math.min(Math.max(Number.isFinite(page) ? page : 0, 0), this.pages - 1);
    const focused = this.list.contains(this.list.getRootNode().activeElement);
    if (wanted === this.page && this.asked) {
      this.number.value = this.page + 1;
      return false;
    }
    this.page = wanted;
    const came = await this.load();
    if (came && focused) this.focus(this.ids[0]);
    if (came) this.root.scrollIntoView({ block: "nearest" });
    return came;
  }

  fill(found) {
    const { told } = this;
    const focused = this.nodes().indexOf(this.list.getRootNode().activeElement?.closest?.(".tile"));
    const before = this.tiles;
    this.tiles = new Map();
    this.ids = found.map((row) => row[told.id]);
    const start = this.page * told.size;
    const lines = found.map((row, n) => {
      const key = keyOf(row[told.id]);
      const tile = before.get(key) ?? this.tile(row[told.id]);
      before.delete(key);
      this.tiles.set(key, tile);
      this.write(tile, row, start + n + 1);
      return tile.line;
    });
    for (const tile of before.values()) this.drop(tile);
    lines.forEach((line, n) => {
      if (this.list.children[n] !== line) this.list.insertBefore(line, this.list.children[n] ?? null);
    });
    put(this.list, "aria-rowcount", this.total);
    this.list.hidden = !found.length;
    this.pager.hidden = this.pages < 2;
    this.number.value = this.page + 1;
    this.number.max = this.pages;
    say(this.of, `of ${count(this.pages)}`);
    this.first.disabled = this.back.disabled = this.page === 0;
    this.next.disabled = this.last.disabled = this.page >= this.pages - 1;
    this.mark();
    if (focused >= 0 && found.length) this.focus(this.ids[Math.min(focused, found.length - 1)]);
  }

  tile(id) {
    const sample = make("div", { class: "sample" });
    const caption = make("div", { class: "caption" });
    const open = button("⤢", () => this.told.open(this, id), { class: "icon open", tabindex: -1, title: "Details (Enter)" });
    const node = make("div", { class: "tile", role: "gridcell", tabindex: -1 }, sample, caption, open);
    const tile = { id, node, sample, caption, open, line: make("div", { role: "row", class: "line" }, node), seen: false, loader: null };
    node.tile = tile;
    this.told.sighted(node, true);
    return tile;
  }

  drop(tile) {
    this.told.sighted(tile.node, false);
    tile.loader?.unwant(tile.id);
    tile.line.remove();
  }

  write(tile, row, place) {
    const { told } = this;
    const named = words(row[told.caption ?? told.id]);
    put(tile.line, "aria-rowindex", place);
    const other = told.named.map((name) => make("span", { class: "value" }, make("span", { class: "quiet", textContent: `${name} ` }), words(row[name])));
    tile.caption.replaceChildren(...(told.caption === null ? [] : [make("span", { class: "name", textContent: named, title: named })]), ...other);
    put(tile.node, "aria-label", named);
    put(tile.open, "aria-label", `Details of ${named}`);
    if (tile.loader !== told.loader) {
      tile.loader?.unwant(tile.id);
      tile.loader = null;
      if (tile.near) this.look(tile);
    }
  }

  // A tile came into sight, or went.
  near(tile, near) {
    tile.near = near;
    if (near) this.look(tile);
    else if (tile.loader && !tile.filled) {
      tile.loader.unwant(tile.id);
      tile.loader = null;
    }
  }

  look(tile) {
    const { loader } = this.told;
    if (tile.loader === loader) return;
    tile.loader = loader;
    tile.filled = false;
    put(tile.sample, "aria-busy", "true");
    loader.want(tile.id, (sample) => {
      if (tile.loader !== loader) return;
      tile.filled = true;
      put(tile.sample, "aria-busy", null);
      tile.sample.replaceChildren(shown(sample));
    });
  }

  nodes() {
    return this.ids.map((id) => this.tiles.get(keyOf(id)).node);
  }

  mark() {
    for (const tile of this.tiles.values()) put(tile.node, "aria-selected", String(this.told.selecting.has(tile.id)));
  }

  focus(id) {
    this.told.focus(this.tiles.get(keyOf(id))?.node);
  }

  dispose() {
    this.gone = true;
    for (const tile of this.tiles.values()) this.drop(tile);
    this.root.remove();
  }
}
