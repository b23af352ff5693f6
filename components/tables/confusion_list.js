// The pairs of classes that are confused most often.

import { make } from "imlkit/elements.js";
import { count } from "imlkit/values.js";
import { percent } from "./confusion_words.js";

const CONFUSED = 10; // pairs that are listed

export class ConfusionList {
  // chosen(row, column, adds): a pair was clicked
  constructor(chosen) {
    this.chosen = chosen;
    this.pairs = make("ol", { class: "confused" });
    this.root = make("section", { role: "group", "aria-label": "Most confused", hidden: true }, make("h3", { textContent: "Most confused" }), this.pairs);
  }

  show(counts, chosen) {
    const pairs = counts.confused(CONFUSED);
    this.root.hidden = !pairs.length;
    const active = this.root.getRootNode().activeElement;
    const had = [...this.pairs.children].findIndex((item) => item.contains(active));
    this.pairs.replaceChildren(...pairs.map((pair) => this.item(pair, counts, chosen)));
    if (had >= 0) this.pairs.children[Math.min(had, pairs.length - 1)]?.firstChild.focus();
  }

  item({ row, column, size }, counts, chosen) {
    const [label, prediction] = [counts.classes[row].words, counts.classes[column].words];
    const words = make("span", { class: "pair" }, make("b", { textContent: label }), " taken for ", make("b", { textContent: prediction }));
    const share = counts.partial ? "" : ` (${percent(size / counts.labelled[row])} of ${label})`;
    const pressed = chosen.cells.has(`${row} ${column}`);
    const act = (event) => this.chosen(row, column, event.ctrlKey || event.metaKey);
    return make("li", {}, make("button", { type: "button", class: "confusion", "aria-pressed": String(pressed), onclick: act }, words, make("span", { class: "quiet", textContent: `${count(size)}${share}` })));
  }
}
