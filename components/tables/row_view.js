// What lists and tables of rows have in common: what they say of the rows, and how these are selected.

import { button, make, say } from "imlkit/elements.js";
import { InstanceDetail } from "imlkit/instance_detail.js";
import { Selecting } from "imlkit/selecting.js";
import { count, rows } from "imlkit/values.js";

export class RowView {
  // A view adds build(), renew(), follow(), hovered() and between(from, to).
  constructor(root, link) {
    this.link = link;
    this.root = root;
    this.selecting = new Selecting(link, (from, to) => this.between(from, to), (why) => this.tell(why));
    this.detail = new InstanceDetail(root, link, this.selecting);
    this.status = make("span", { class: "status", role: "status" });
    this.all = button("Select all", () => this.selecting.all());
    this.none = button("Deselect", () => this.selecting.only([]));
    this.problem = make("p", { class: "problem", role: "alert", hidden: true });
    this.unsort = button("", () => this.forgetOrder(), { hidden: true });
    this.empty = make("div", { class: "empty", hidden: true });
    this.build();
    this.off = [
      link.onSeen(() => this.follow()),
      link.onTable(() => this.renew()),
      link.onConfig(() => this.renew()),
      link.onHover(() => this.hovered()),
      link.onNotice?.((why) => this.tell(why)),
    ];
    this.renew();
  }

  tell(why) {
    say(this.problem, why);
    this.problem.hidden = !why;
  }

  get filtered() {
    return Boolean(this.link.seen.filters?.all?.length);
  }

  // Says how many rows there are, left of them by the filters, or null while nobody knows, and selected.
  sayRows(left, more = "") {
    const { seen, table } = this.link;
    const chosen = seen.selection?.length ?? 0;
    const shown = !this.filtered || !table.rows ? rows(table.rows) : left === null ? `Some of ${rows(table.rows)}` : `${count(left)} of ${rows(table.rows)}`;
    say(this.status, `${shown}${more}${chosen ? `, ${count(chosen)} selected` : ""}`);
    say(this.all, this.filtered ? "Select all filtered" : "Select all");
    this.none.disabled = chosen === 0;
    const lost = table.rows ? this.lostOrders() : [];
    this.unsort.hidden = !lost.length;
    say(this.unsort, lost.length ? `Do not sort by “${lost[0].column}”` : "");
  }

  // Orders by columns that the table has no more: no heading is left to take them away by.
  lostOrders() {
    const { seen, table } = this.link;
    const known = new Set(table.columns.map(({ name }) => name));
    return (seen.sort ?? []).filter(({ column }) => !known.has(column));
  }

  forgetOrder() {
    const { seen } = this.link;
    const lost = this.lostOrders();
    this.link.show({ ...seen, sort: seen.sort.filter((order) => !lost.includes(order)) });
  }

  sayEmpty() {
    const left = this.filtered && this.link.table.rows > 0;
    const said = left ? "No row is left by the filters." : "This table has no rows. They are shown here as soon as it has some.";
    if (this.empty.dataset.said === said) return;
    this.empty.dataset.said = said;
    const clear = left ? button("Clear the filters", () => this.link.show({ ...this.link.seen, filters: { all: [] } })) : null;
    this.empty.replaceChildren(make("p", { role: "status", textContent: said }), ...(clear ? [clear] : []));
  }

  dispose() {
    for (const off of this.off) off?.();
    this.detail.dispose();
  }
}
