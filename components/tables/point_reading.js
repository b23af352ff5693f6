// The point that is pointed at, here or elsewhere: marked, and what it is in words.

import { make } from "imlkit/elements.js";
import { rows, words } from "imlkit/values.js";

const TOLD = 12; // columns of the row that is pointed at
const HINT = "Point at something to read what it is.";

export class PointReading {
  // told: {axes(), coloring(), answer()}
  constructor(link, plot, told) {
    this.link = link;
    this.plot = plot;
    this.told = told;
    this.inside = false; // whether the pointer is in the plot
    this.current = null; // the id pointed at here
    this.root = make("div", { class: "readout quiet" });
    this.read([]);
  }

  // n: the number of a point, cell: how many rows are in a cell; null where there is none.
  point(n, cell) {
    const answer = this.told.answer();
    this.inside = n !== null || cell !== null;
    this.current = n === null ? null : answer.ids[n];
    this.link.point(this.current);
    this.mark(n === null ? null : [answer.x[n], answer.y[n]]);
    if (this.current !== null) this.inform(this.current);
    else this.read(cell ? [[null, `${rows(cell)} in this cell`]] : []);
  }

  // Goes from point to point of what is shown, by the keyboard.
  step(by) {
    const answer = this.told.answer();
    if (!answer?.x) return;
    const { ids, x, y } = answer;
    const [x0, x1, y0, y1] = this.plot.view.box;
    const order = [...x.keys()].filter((n) => x[n] >= x0 && x[n] <= x1 && y[n] >= y0 && y[n] <= y1).sort((one, other) => x[one] - x[other] || y[one] - y[other]);
    if (!order.length) return;
    const at = order.findIndex((n) => ids[n] === this.current);
    const next = at < 0 ? (by > 0 ? 0 : order.length - 1) : (at + by + order.length) % order.length;
    this.point(order[next], null);
  }

  // Follows what is pointed at elsewhere.
  follow() {
    if (this.inside) return;
    const { hover } = this.link;
    if (hover === null || hover === undefined || this.told.axes() === null) {
      if (this.current === null) this.mark(null);
      this.read([]);
      return;
    }
    this.inform(hover);
    const answer = this.told.answer();
    if (!answer?.x) return;
    if (this.placesOf !== answer) {
      this.placesOf = answer;
      this.places = new Map(answer.ids.map((id, n) => [id, n]));
    }
    const n = this.places.get(hover);
    this.mark(n === undefined ? null : [answer.x[n], answer.y[n]]);
  }

  mark(place) {
    this.plot.pointed = place;
    if (this.plot.ratio) this.plot.drawMarks();
  }

  inform(id) {
    const { table } = this.link;
    const { x, y } = this.told.axes();
    const coloring = this.told.coloring();
    const colored = coloring?.groups?.map(({ column }) => column) ?? (coloring ? [coloring.column] : []);
    const there = table.columns.filter(({ kind }) => !["embedding", "other"].includes(kind)).map(({ name }) => name);
    const columns = [...new Set([table.id, x, y, ...colored.filter((name) => there.includes(name)), ...there])].slice(0, TOLD);
    this.link.ask({ ask: "by_id", ids: [id], columns }, { slot: "hover" }).then(
      ({ rows: [row] }) => {
        const wanted = this.inside || this.current !== null ? this.current : this.link.hover;
        if (!row || wanted !== id) return;
        this.read(columns.map((name) => [name, words(row[name])]));
        const place = [row[x], row[y]];
        if (!this.told.answer()?.x && place.every((value) => typeof value === "number")) this.mark(place);
      },
      () => {},
    );
  }

  read(said) {
    const parts = said.map(([name, text]) => make("span", {}, name === null ? null : make("b", { textContent: name }), name === null ? text : ` ${text}`));
    this.root.replaceChildren(...(parts.length ? parts : [HINT]));
  }
}
