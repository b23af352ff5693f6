// Rows as pictures, sounds or words, in a grid or a list, alone or put together.

import { button, make } from "imlkit/elements.js";
import { filtersOf } from "imlkit/filters.js";
import { grouped, groupsOf } from "imlkit/groups.js";
import { SampleLoader, keyOf, pixelsFor } from "imlkit/sample_loader.js";
import { count } from "imlkit/values.js";
import { InstanceSection } from "./instance_section.js";
import { ListChoices } from "./list_choices.js";
import { ListKeys } from "./list_keys.js";
import { RowView } from "./row_view.js";

const AHEAD = "300px"; // around what is in sight, samples are fetched as well
const UNSAID = ["image", "audio", "embedding", "other"]; // nothing to read beside a sample
const GROUPS = 20; // that are added at a time
const OF_A_GROUP = 12;
const VALUES = 3; // beside the caption, in a list

class InstanceList extends RowView {
  build() {
    const { link } = this;
    this.sections = [];
    this.shownGroups = GROUPS;
    this.turn = 0;
    this.choices = new ListChoices(link);
    this.page = button("Select these", () => this.selectPage(), { title: "Select the rows that are shown here" });
    const tools = make("div", { class: "tools" }, this.status, ...this.choices.nodes);
    this.chosen = make("div", { class: "tools selection", role: "group", "aria-label": "Selection" }, this.page, this.all, this.none);
    this.place = make("div");
    this.more = button("", () => this.moreGroups(), { hidden: true });
    this.scroller = make("div", { class: "scroller" }, this.place, this.more);
    this.keys = new ListKeys(this);
    this.root.append(tools, this.chosen, this.problem, this.unsort, this.empty, this.scroller);
    this.watcher = new IntersectionObserver((seen) => this.sighted(seen), { root: this.scroller, rootMargin: AHEAD });
  }

  // The table or what is to be shown of it has changed.
  renew() {
    const { link } = this;
    this.choices.renew();
    this.root.style.setProperty("--side", `${this.choices.side}px`);
    this.scroller.classList.toggle("as-list", this.choices.layout === "list");
    const { column } = this.choices;
    const pixels = pixelsFor(this.choices.side);
    const { version } = link.table;
    if (this.loader?.column !== column || this.loader?.size !== pixels || this.version !== version) {
      this.loader?.forget();
      this.loader = new SampleLoader(link, column, pixels);
      this.version = version;
      this.detail.renew();
    }
    this.tell(link.table.problem ?? "");
    this.said = null;
    this.follow();
  }

  // What is seen has changed.
  follow() {
    const { seen } = this.link;
    const said = JSON.stringify([seen.filters, seen.groups, seen.sort]);
    if (said === this.said) {
      this.mark();
      return;
    }
    this.said = said;
    this.shownGroups = GROUPS;
    this.load();
  }

  load() {
    const { seen } = this.link;
    this.turn += 1;
    if (this.link.table.rows === 0) this.arrange([], 0);
    else if (grouped(seen)) this.loadGroups();
    else this.arrange([null], 0);
  }

  told() {
    const { seen, table, config } = this.link;
    const together = grouped(seen);
    const { column, caption, layout } = this.choices;
    const said = ({ name, kind }) => ![column, caption, table.id].includes(name) && !UNSAID.includes(kind);
    const named = layout === "list" ? table.columns.filter(said).slice(0, VALUES).map(({ name }) => name) : [];
    return {
      loader: this.loader,
      id: table.id,
      caption,
      named,
      columns: [...(caption === null ? [] : [caption]), ...named],
      selecting: this.selecting,
      filters: filtersOf(seen),
      sort: seen.sort ?? [],
      size: together ? OF_A_GROUP : (config.page_size ?? 60),
      slot: together ? undefined : "page",
      ask: (question, options) => this.link.ask(question, options),
      open: (section, id) => this.open(section, id),
      sighted: (node, on) => (on ? this.watcher.observe(node) : this.watcher.unobserve(node)),
      focus: (node) => this.keys.focus(node),
      loaded: () => this.mark(),
    };
  }

  async loadGroups() {
    const { turn } = this;
    const { seen } = this.link;
    try {
      const { groups, others } = await groupsOf(this.link, this.shownGroups);
      if (turn !== this.turn) return;
      const narrowed = (group) => ({ ...group, filters: { all: [...filtersOf(seen).all, group.filters] } });
      this.arrange(groups.map(narrowed), others);
    } catch (error) {
      if (error.name === "Replaced" || turn !== this.turn) return;
      this.broken = true;
      this.tell(error.message);
    }
  }

  // Shows these sections; those that stay keep their page.
  arrange(groups, others) {
    if (this.broken) this.tell(this.link.table.problem ?? "");
    this.broken = false;
    const told = this.told();
    const before = new Map(this.sections.map((section) => [section.group?.title ?? null, section]));
    this.sections = groups.map((group) => {
      const kept = before.get(group?.title ?? null);
      const fits = kept && kept.group?.count === group?.count;
      const section = fits ? kept : new InstanceSection(told, group);
      if (fits) before.delete(group?.title ?? null);
      if (group) section.group.filters = group.filters;
      const narrowed = JSON.stringify([told.filters, told.sort, told.size]);
      if (section.narrowed !== narrowed) section.page = 0;
      section.narrowed = narrowed;
      section.told = told;
      section.asked = false;
      return section;
    });
    for (const section of before.values()) {
      this.watcher.unobserve(section.root);
      section.dispose();
    }
    this.sections.forEach(({ root }, n) => {
      if (this.place.children[n] !== root) this.place.insertBefore(root, this.place.children[n] ?? null);
      root.section = this.sections[n];
      // Told anew of what is in sight.
      this.watcher.unobserve(root);
      this.watcher.observe(root);
    });
    this.more.hidden = !others;
    this.more.textContent = `Show more groups (${count(others)} not shown)`;
    this.mark();
  }

  moreGroups() {
    this.shownGroups += GROUPS;
    this.loadGroups();
  }

  sighted(entries) {
    for (const { target, isIntersecting } of entries) {
      if (target.section) {
        if (isIntersecting && !target.section.asked) target.section.load();
      } else this.sectionOf(target)?.near(target.tile, isIntersecting);
    }
  }

  sectionOf(node) {
    return node.closest("section")?.section;
  }

  // Says what there is, and marks what is selected.
  mark() {
    const { seen, table } = this.link;
    const together = grouped(seen);
    const [first] = this.sections;
    const known = together ? this.more.hidden : first && !first.list.hasAttribute("aria-busy") && first.asked;
    const total = together ? this.sections.reduce((sum, { group }) => sum + (group?.count ?? 0), 0) : (first?.total ?? 0);
    this.sayRows(known ? total : null);
    this.empty.hidden = !((known && total === 0) || table.rows === 0);
    this.chosen.hidden = this.scroller.hidden = !this.empty.hidden;
    if (!this.empty.hidden) this.sayEmpty();
    for (const section of this.sections) section.mark();
    this.detail.mark();
    const tab = this.scroller.querySelector(".tile[tabindex='0']");
    if (!tab) this.scroller.querySelector(".tile")?.setAttribute("tabindex", 0);
  }

  // The ids that are shown, in their order.
  order() {
    return this.sections.flatMap(({ ids }) => ids);
  }

  between(from, to) {
    const keys = this.order().map(keyOf);
    const [first, last] = [keys.indexOf(keyOf(from)), keys.indexOf(keyOf(to))].sort((a, b) => a - b);
    return first < 0 ? [to] : this.order().slice(first, last + 1);
  }

  selectPage() {
    this.selecting.add(this.order());
  }

  open(section, id) {
    this.detail.open(id, this.choices.column, (from, direction) => this.step(from, direction), (last) => this.back(last));
  }

  back(id) {
    const section = this.sections.find(({ tiles }) => tiles.has(keyOf(id)));
    section?.focus(id);
  }

  async step(id, direction) {
    const at = this.sections.findIndex(({ tiles }) => tiles.has(keyOf(id)));
    const section = this.sections[at];
    if (!section) return null;
    const n = section.ids.findIndex((one) => keyOf(one) === keyOf(id)) + direction;
    if (section.ids[n] !== undefined) return section.ids[n];
    const page = section.page + direction;
    if (page >= 0 && page < section.pages) {
      if (!(await section.turn(page))) return null;
      return direction > 0 ? section.ids[0] : section.ids.at(-1);
    }
    const next = this.sections[at + direction];
    if (next && !next.ids.length) await next.load();
    return (direction > 0 ? next?.ids[0] : next?.ids.at(-1)) ?? null;
  }

  hovered() {
    const key = this.link.hover === null || this.link.hover === undefined ? null : keyOf(this.link.hover);
    for (const { tiles } of this.sections) {
      for (const [one, { node }] of tiles) node.classList.toggle("pointed", one === key);
    }
  }

  dispose() {
    super.dispose();
    this.watcher.disconnect();
    for (const section of this.sections) section.dispose();
    this.loader.forget();
  }
}

export function show(el, link) {
  const view = new InstanceList(el, link);
  return () => view.dispose();
}
