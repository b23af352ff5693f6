// A grid of cells for each group of the rows, under a heading; a single one without.

import { button, make, put, say } from "imlkit/elements.js";
import { count } from "imlkit/values.js";

export class DividedSections {
  // told: {grid(part) → {root, dispose?()}, more()}
  constructor(told) {
    this.told = told;
    this.sections = []; // {key, part, grid, root, note}
    this.place = make("div", { class: "parts" });
    this.more = button("", told.more, { hidden: true });
    this.root = make("div", {}, this.place, this.more);
  }

  // Shows these parts; the grids of those that stay are kept, with what the keyboard is at.
  show(parts, others) {
    const before = new Map(this.sections.map((section) => [section.key, section]));
    this.sections = parts.map((part) => {
      const key = part.title === null ? "" : JSON.stringify(part.filters);
      const section = before.get(key) ?? this.section(key, part);
      before.delete(key);
      section.part = part;
      return section;
    });
    for (const { grid, root } of before.values()) {
      grid.dispose?.();
      root.remove();
    }
    this.sections.forEach(({ root }, n) => {
      if (this.place.children[n] !== root) this.place.insertBefore(root, this.place.children[n] ?? null);
    });
    this.place.classList.toggle("several", parts.length > 0 && parts[0].title !== null);
    this.more.hidden = !others;
    say(this.more, `Show more groups (${count(others)} not shown)`);
  }

  section(key, part) {
    const grid = this.told.grid(part);
    if (part.title === null) return { key, part, grid, root: grid.root, note: null };
    const note = make("span", { class: "quiet" });
    const heading = make("h3", {}, make("span", { class: "title", textContent: part.title, title: part.title }), " ", note);
    const root = make("section", { class: "part" }, heading, grid.root);
    put(root, "aria-label", part.title);
    return { key, part, grid, root, note };
  }

  drop() {
    this.show([], 0);
  }
}
