// What is shown of each row in a list of rows, how large and how arranged, as a person chooses.

import { ColumnChoice } from "imlkit/column_choice.js";
import { button, make, put } from "imlkit/elements.js";

const SIZES = { small: 80, medium: 128, large: 224 }; // pixels of a sample each way
const SAMPLED = ["image", "audio", "text", "embedding"];
const MOST_COLUMNS = 2_000; // that can be chosen from

export class ListChoices {
  constructor(link) {
    this.link = link;
    this.samples = new ColumnChoice("Show", (column) => link.configure({ column }));
    this.captions = new ColumnChoice("Caption", (caption) => link.configure({ caption }));
    this.layouts = ["grid", "list"].map((layout) => button(layout === "grid" ? "Grid" : "List", () => link.configure({ layout }), { "data-layout": layout }));
    this.sizes = make("select", { "aria-label": "Size of the samples" }, ...Object.keys(SIZES).map((size) => make("option", { value: size, textContent: `${size[0].toUpperCase()}${size.slice(1)}` })));
    this.sizes.onchange = () => link.configure({ size: this.sizes.value });
    this.nodes = [
      make("span", { class: "choices", role: "group", "aria-label": "Layout" }, ...this.layouts),
      make("label", {}, make("span", { textContent: "Size" }), this.sizes),
      this.samples.root,
      this.captions.root,
    ];
  }

  renew() {
    const { table, config } = this.link;
    const { columns } = table;
    const names = new Set(columns.map(({ name }) => name));
    const { layout = "grid", size = "medium" } = config;
    this.layout = layout === "list" ? "list" : "grid";
    this.side = SIZES[size] ?? SIZES.medium;
    const automatic = columns.find(({ kind }) => ["image", "audio"].includes(kind)) ?? columns.find(({ kind }) => SAMPLED.includes(kind));
    // null: the whole row, and no caption
    this.column = names.has(config.column) ? config.column : config.column === "" ? null : (automatic?.name ?? null);
    this.caption = names.has(config.caption) ? config.caption : config.caption === "" ? null : table.id;
    const choice = columns.slice(0, MOST_COLUMNS).map(({ name, kind }) => [name, name.trim() === "" ? `“${name}”` : name, kind]);
    const first = choice.filter(([, , kind]) => SAMPLED.includes(kind)).map(([name, said]) => [name, said]);
    const rest = choice.filter(([, , kind]) => !SAMPLED.includes(kind)).map(([name, said]) => [name, said]);
    this.samples.show([["", [["", "The whole row"]]], ["Samples", first], ["Other columns", rest]], this.column ?? "");
    this.captions.show([["", [["", "None"]]], ["Columns", [...rest, ...first]]], this.caption ?? "");
    for (const one of this.layouts) put(one, "aria-pressed", String(one.dataset.layout === this.layout));
    this.sizes.value = size in SIZES ? size : "medium";
  }
}
