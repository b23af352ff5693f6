// A map of the vectors of a column.

import { button, make, put, say } from "imlkit/elements.js";
import { ColumnChoice } from "imlkit/column_choice.js";
import { conditionOn, filtered, filtersOf } from "imlkit/filters.js";
import { count, rows } from "imlkit/values.js";
import { PointExplorer } from "./point_explorer.js";
import { coloring, colorings } from "./point_coloring.js";

const MOST = 100_000; // rows that a filter names
const METHODS = [
  ["pca", "PCA: the whole, straight"],
  ["umap", "UMAP: neighbours"],
  ["t-sne", "t-SNE: neighbours"],
];
const PARAMETERS = {
  perplexity: { method: "t-sne", title: "Perplexity", min: 2, max: 500, step: 1, words: "About how many neighbours each row keeps. Few show small groups, many the larger order. 5 to 50 is usual." },
  neighbours: { method: "umap", title: "Neighbours", min: 2, max: 500, step: 1, words: "How many neighbours each row keeps. Few show small groups, many the larger order. 5 to 50 is usual." },
  distance: { method: "umap", title: "Nearness", min: 0, max: 1, step: 0.05, words: "How near to one another points may lie: 0 packs groups tightly, 1 spreads them." },
};
const ABOUT = {
  pca: "PCA looks at all vectors from the side on which they differ most. It is straight: far apart here is far apart there. But what differs in other directions is not seen, so rows that lie together need not be alike.",
  umap: "UMAP bends the plane so that rows with like vectors stay neighbours. Read who lies beside whom. The distances between groups, their sizes and how dense they are mean little, and another seed gives another picture.",
  "t-sne": "t-SNE bends the plane so that rows with like vectors stay neighbours. Read who lies beside whom. The distances between groups, their sizes and how dense they are mean little, and groups can appear where there are none.",
};

class Projection {
  constructor(root, link) {
    this.link = link;
    this.live = link.python !== false; // in an exported page nobody computes
    this.column = new ColumnChoice("Vectors", (name) => link.configure({ column: name }));
    this.color = new ColumnChoice("Colour by", (name) => link.configure({ color: name }));
    this.method = make("select", { onchange: () => link.configure({ method: this.method.value }) }, ...METHODS.map(([value, text]) => make("option", { value, textContent: text })));
    this.parameters = Object.entries(PARAMETERS).map(([name, given]) => this.parameter(name, given));
    this.sample = make("input", { type: "number", min: 3, step: 1, placeholder: "all", onchange: () => this.set("sample", this.sample.value === "" ? null : Number(this.sample.value)) });
    this.go = button("Compute", () => link.configure({ request: "compute" }));
    this.take = button("", () => link.configure({ sample: this.offered, request: "compute" }), { hidden: true });
    this.controls = make("div", { class: "tools" }, this.column.root, make("label", {}, "Method", this.method), ...this.parameters.map(({ root }) => root), make("label", { title: "Rows chosen at random; left empty, all of them" }, "Rows", this.sample), this.go);
    this.about = make("p");
    this.explained = this.parameters.map(({ given }) => make("p", {}, make("b", { textContent: `${given.title}: ` }), given.words));
    this.intro = make("details", { class: "about" }, make("summary", { textContent: "What this shows, and what it does not" }), make("p", { textContent: "Each point is a row. Rows whose vectors are alike are meant to lie near to one another. The directions, left or right, up or down, have no meaning of their own." }), this.about, ...this.explained);
    this.bar = make("progress", { "aria-label": "Computing the map" });
    this.far = make("span", { role: "status" });
    this.stop = button("Cancel", () => link.configure({ request: "cancel" }));
    this.busy = make("div", { class: "tools busy", hidden: true }, this.bar, this.far, this.stop);
    this.said = make("p", { class: "said", role: "status" });
    this.problem = make("p", { class: "problem", role: "alert", hidden: true });
    this.empty = make("p", { class: "empty", hidden: true });
    root.append(this.controls, this.intro, this.busy, this.problem, this.take, this.empty, this.said, make("div", { class: "tools" }, this.color.root));
    this.explorer = new PointExplorer(root, link, {
      axes: () => this.axes(),
      coloring: () => coloring(link, link.config.color),
      filters: (seen) => filtersOf(seen),
      shown: (seen) => filtersOf(seen),
      region: () => null,
      filtered: (seen) => conditionOn(seen, link.table.id) !== null,
      narrow: (box, explorer) => this.narrow(box, explorer),
      widen: () => link.show(filtered(link.seen, [link.table.id], null)),
      missing: (n) => `${rows(n)} ${n === 1 ? "has" : "have"} no place here.`,
      labels: () => this.labels(),
    });
    this.off = [link.onConfig(() => this.restart()), link.onTable(() => this.list()), link.onSeen(() => this.list()), () => clearInterval(this.clock)];
    this.restart();
  }

  parameter(name, given) {
    const { title, min, max, step, words } = given;
    const input = make("input", { type: "number", min, max, step, onchange: () => this.set(name, Number(input.value)) });
    return { name, given, input, root: make("label", { title: words }, title, input) };
  }

  set(name, value) {
    this.link.configure({ [name]: value });
  }

  restart() {
    this.list();
    this.tell();
    const key = JSON.stringify([this.link.config.x, this.link.config.y, this.link.config.color, this.axes() !== null]);
    if (key === this.key) return;
    this.key = key;
    this.explorer.restart();
  }

  list() {
    const { table, config } = this.link;
    const named = (kinds) => table.columns.filter(({ name, kind }) => kinds.includes(kind) && name !== table.id && name !== config.x && name !== config.y).map(({ name }) => [name, name]);
    const vectors = named(["embedding"]);
    this.column.show([["", vectors]], config.column);
    this.color.show(...colorings(this.link, config.color, [table.id, config.x, config.y]));
    this.controls.hidden = !this.live || !vectors.length;
    const { method } = config;
    this.method.value = method;
    this.parameters.forEach(({ name, given, input, root }, n) => {
      root.hidden = given.method !== method;
      this.explained[n].hidden = given.method !== method;
      if (input.getRootNode().activeElement !== input) input.value = config[name];
    });
    if (this.sample.getRootNode().activeElement !== this.sample) this.sample.value = config.sample ?? "";
    say(this.about, ABOUT[method] ?? "");
    const none = "This table has no column of vectors, so there is nothing to make a map of. Add one: a list of numbers for each row, such as a model's features.";
    say(this.empty, table.problem || none);
    this.empty.hidden = vectors.length > 0 && !table.problem;
    this.color.root.parentElement.hidden = this.axes() === null;
  }

  // Says how far the computing is, and what came of it.
  tell() {
    const { status, method } = this.link.config;
    const busy = status.state === "busy";
    clearInterval(this.clock);
    this.busy.hidden = !busy;
    this.go.disabled = busy;
    if (busy) {
      const began = performance.now() - status.seconds * 1000;
      const known = status.total !== null && status.total > 0;
      if (known) Object.assign(this.bar, { max: status.total, value: status.done });
      else this.bar.removeAttribute("value");
      const what = known ? `${count(status.done)} of ${count(status.total)} steps` : status.words || "Preparing";
      const tick = () => {
        this.far.textContent = `${what}, ${Math.round((performance.now() - began) / 1000)} s`;
      };
      tick();
      this.clock = setInterval(tick, 1000);
    }
    const wrong = status.state === "error" || status.state === "large";
    this.problem.hidden = !wrong;
    say(this.problem, wrong ? status.words : "");
    this.offered = method === "t-sne" ? 20_000 : 200_000;
    this.take.hidden = status.state !== "large";
    say(this.take, `Compute with a sample of ${rows(this.offered)}`);
    const idle = this.axes() === null && status.state === "idle" && this.empty.hidden ? "Press “Compute” to make the map." : "";
    say(this.said, ["done", "cancelled"].includes(status.state) ? status.words : idle);
    put(this.said, "data-state", status.state);
  }

  axes() {
    const { table, config } = this.link;
    const there = new Set(table.columns.map(({ name }) => name));
    if (!there.has(config.x) || !there.has(config.y)) return null;
    return { x: config.x, y: config.y };
  }

  labels() {
    const { x, y } = this.link.config;
    const bare = !String(x).startsWith("PCA");
    return { x: x ?? "", y: y ?? "", whole: {}, bare, equal: true, what: `Map of ${this.link.config.column}` };
  }

  // Other views do not know the coordinates: the filter names the rows.
  narrow(box, explorer) {
    const { link } = this;
    const part = explorer.part(box);
    link.ask({ ask: "ids", filters: part, sort: [], most: MOST }, { slot: "narrow" }).then(
      ({ ids, total }) => {
        if (ids.length < total) explorer.notice(`${rows(total)} are too many to filter to, at most ${count(MOST)}: zoom in first.`);
        else link.show(filtered(link.seen, [link.table.id], { column: link.table.id, in: ids }));
      },
      (error) => error.name !== "Replaced" && explorer.fail(error),
    );
  }

  dispose() {
    for (const off of this.off) off();
    this.explorer.dispose();
  }
}

export function show(el, link) {
  const projection = new Projection(el, link);
  return () => projection.dispose();
}
