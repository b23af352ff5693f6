// Choosing a column: from a list, or of very many by typing.

import { make } from "imlkit/elements.js";

const LISTED = 200;
const PROPOSED = 50;
let made = 0;

// groups: [[heading, [[value, words], …]], …]; the value null stands for none of the columns.
export class ColumnChoice {
  constructor(label, chosen) {
    this.chosen = chosen;
    this.field = make("span");
    this.root = make("label", { class: "column-choice" }, make("span", { textContent: label }), this.field);
    this.label = label;
  }

  show(groups, value) {
    const said = JSON.stringify([groups, value]);
    if (said === this.said) return;
    this.said = said;
    const options = groups.flatMap(([, all]) => all);
    const focused = this.field.contains(this.field.getRootNode().activeElement);
    const field = options.length <= LISTED ? this.list(groups, options, value) : this.typed(options, value);
    this.field.replaceChildren(...field);
    if (focused) field[0].focus();
  }

  list(groups, options, value) {
    const option = ([, words], n) => make("option", { value: String(n), textContent: words });
    let n = 0;
    const nodes = groups
      .filter(([, all]) => all.length)
      .map(([heading, all]) => {
        const within = all.map((one) => option(one, n++));
        return heading ? [make("optgroup", { label: heading }, ...within)] : within;
      });
    const select = make("select", { "aria-label": this.label }, ...nodes.flat());
    select.value = String(options.findIndex(([one]) => one === value));
    select.onchange = () => this.chosen(options[Number(select.value)][0]);
    return [select];
  }

  typed(options, value) {
    made += 1;
    const list = make("datalist", { id: `columns-${made}` });
    const words = new Map(options.map(([one, said]) => [said, one]));
    const now = options.find(([one]) => one === value)?.[1] ?? "";
    const input = make("input", { list: list.id, value: now, autocomplete: "off", "aria-label": this.label });
    const propose = () => {
      const text = input.value.toLowerCase();
      const found = [];
      for (const [said] of words) {
        if (text === "" || input.value === now || said.toLowerCase().includes(text)) found.push(said);
        if (found.length === PROPOSED) break;
      }
      list.replaceChildren(...found.map((said) => make("option", { value: said })));
    };
    input.oninput = propose;
    input.onchange = () => {
      if (words.has(input.value)) this.chosen(words.get(input.value));
      else input.value = now;
    };
    propose();
    return [input, list];
  }
}
