// A share from 0 to 1, and how right predictions are, in words.

import { count, rows } from "imlkit/values.js";

// What is not there is a dash.
export function percent(share, digits = 1) {
  if (share === null) return "–";
  const text = (100 * share).toFixed(digits);
  // What is rounded is never told as all or none.
  if (share > 0 && Number(text) === 0) return `<${(10 ** -digits).toFixed(digits)} %`;
  if (share < 1 && Number(text) === 100) return `>${(100 - 10 ** -digits).toFixed(digits)} %`;
  return `${text.replace(/\.0+$/, "")} %`;
}

export function summary(counts) {
  if (!counts.total) return "No row that is shown has both a label and a prediction.";
  if (counts.accuracy === null) return rows(counts.total);
  return `Accuracy ${percent(counts.accuracy)}: ${count(counts.right)} of ${rows(counts.total)} have the label as prediction.`;
}

// How right a group is, beside all rows.
export function compared(counts, all) {
  if (!counts.total) return "no row with both a label and a prediction";
  if (counts.accuracy === null) return rows(counts.total);
  const said = `accuracy ${percent(counts.accuracy)}: ${count(counts.right)} of ${rows(counts.total)}`;
  const points = all.accuracy === null ? 0 : 100 * (counts.accuracy - all.accuracy);
  if (Math.abs(points) < 0.05) return said;
  return `${said}, ${Math.abs(points).toFixed(1).replace(/\.0$/, "")} points ${points < 0 ? "below" : "above"} all`;
}

// What else to know of the numbers. most: pairs that are counted; filtered: whether a choice here is left out.
export function notes(counts, chosen, { most, filtered }) {
  const said = [];
  if (filtered) said.push("All numbers are of before what is chosen here.");
  if (chosen.other) said.push("The filter on these columns is one that cannot be shown here.");
  if (counts.unlabelled) said.push(`${rows(counts.unlabelled)} without a label ${counts.unlabelled === 1 ? "is" : "are"} not counted.`);
  if (counts.unpredicted) said.push(`${rows(counts.unpredicted)} with a label, without a prediction: counted apart.`);
  if (counts.mixed) said.push("Labels and predictions are values of different types, such as texts and numbers: none of them can be the same.");
  if (counts.partial) said.push(`There are more than ${count(most)} different pairs: the most frequent ones are shown, and no accuracy, precision or recall.`);
  if (counts.classes.length > counts.shown) said.push(`The ${count(counts.shown)} most frequent of ${count(counts.classes.length)} classes are shown; the most confused pairs are of all.`);
  return said.join(" ");
}
