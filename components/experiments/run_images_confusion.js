// A confusion matrix as a small table: what the instances are down, what was predicted across.

import { make } from "imlkit/elements.js";
import { count } from "./plot_words.js";

const number = (value) => (Number.isInteger(value) ? count(value) : String(Number(value.toPrecision(5)))).replace("-", "−");
const percent = (share) => `${(100 * share).toFixed(1)}%`;

export function confusionTable({ labels, counts, sums, right, total, all }, title) {
  const part = labels.length < all ? ` The ${count(labels.length)} of ${count(all)} labels with the most mistakes.` : "";
  const score = total > 0 ? `Right: ${percent(right / total)} of ${number(total)}.` : "Nothing was counted.";
  const caption = make("caption", {}, make("b", { textContent: score }), ` Rows: what they are; columns: what was predicted.${part}`);
  const head = make("tr", {}, make("td", {}), ...labels.map((label) => make("th", { scope: "col", title: label }, make("span", { textContent: label }))));
  const body = labels.map((label, n) =>
    make(
      "tr",
      {},
      make("th", { scope: "row", title: label, textContent: label }),
      ...counts[n].map((value, m) => cell(value, sums[n], n === m, `${label} predicted as ${labels[m]}`)),
    ),
  );
  const table = make("table", { class: "confusion" }, caption, make("thead", {}, head), make("tbody", {}, ...body));
  return make("div", { class: "scroller", tabindex: 0, role: "group", "aria-label": `Confusion matrix ${title}` }, table);
}

// The more of its row, the stronger; what is right in another colour, and with a frame.
function cell(value, sum, isRight, words) {
  const share = sum > 0 ? Math.min(Math.max(value / sum, 0), 1) : 0;
  const made = make("td", { class: isRight ? "right" : "wrong", textContent: number(value), title: `${words}: ${number(value)}, ${percent(share)}` });
  made.style.setProperty("--share", `${Math.round(share * 45)}%`);
  return made;
}
