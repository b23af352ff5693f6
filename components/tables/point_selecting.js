// Selecting points: those in a line drawn around them, one that is pointed at, all that are shown.

import { count, rows } from "imlkit/values.js";

export const MOST = 100_000; // rows that are selected at once
const CORNERS = 2_000; // of a lasso

export class PointSelecting {
  // told: {axes(), filters(): of what is shown, notice(words), fail(error)}
  constructor(link, told) {
    this.link = link;
    this.told = told;
  }

  // Selects what a line holds, exactly.
  within(line, how) {
    const every = Math.ceil(line.length / CORNERS);
    const polygon = line.filter((_, n) => n % every === 0);
    const { x, y } = this.told.axes();
    this.ask({ ask: "inside", x, y, polygon, filters: this.told.filters(), most: MOST }, how);
  }

  meeting(filters, how) {
    this.ask({ ask: "ids", filters, sort: [], most: MOST }, how);
  }

  ask(question, how) {
    this.link.ask(question, { slot: "choosing" }).then(
      ({ ids, total }) => {
        this.pick(ids, how);
        if (ids.length < total) this.told.notice(`The first ${rows(ids.length)} of ${count(total)} are selected: more cannot be at once. Filter to this part to go on with all of them.`);
      },
      (error) => error.name !== "Replaced" && this.told.fail(error),
    );
  }

  pick(ids, how) {
    const now = this.link.seen.selection ?? [];
    const given = new Set(ids);
    const before = new Set(now);
    let selection = ids;
    if (how === "add") selection = [...now, ...ids.filter((id) => !before.has(id))];
    if (how === "remove") selection = now.filter((id) => !given.has(id));
    if (selection.length > MOST) {
      this.told.notice(`${rows(selection.length)} cannot be selected at once, at most ${count(MOST)}: select fewer, or filter.`);
      return;
    }
    this.told.notice("");
    if (selection.length === now.length && selection.every((id) => before.has(id))) return;
    this.link.show({ ...this.link.seen, selection });
  }
}

// How a selection meets the one before, by the keys that are held.
export function manner(event, otherwise) {
  if (event?.shiftKey) return "add";
  return event?.altKey ? "remove" : otherwise;
}
