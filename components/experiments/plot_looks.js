// How the lines of a run look: the same colour in every chart, other dashes where colours are used again.

import { CLASSES } from "imlkit/colors.js";
import { draw } from "imlkit/elements.js";

// For the first eight runs, the next eight, and so on: of a line, and of its validation.
const DASHES = [
  [[], [6, 4]],
  [[14, 3, 2, 3], [2, 3]],
  [[14, 3, 2, 3, 2, 3], [6, 3, 2, 3]],
];

export const colorOf = (look) => CLASSES[look % CLASSES.length];

export function dashOf(look, validation) {
  return DASHES[Math.floor(look / CLASSES.length) % DASHES.length][validation ? 1 : 0];
}

// A short piece of such a line.
export function swatch(look, validation = false) {
  const line = draw("path", { d: "M1 6h30", stroke: colorOf(look), "stroke-width": 3, "stroke-dasharray": dashOf(look, validation).join(" ") || null });
  return draw("svg", { class: "swatch", width: 32, height: 12, "aria-hidden": "true" }, line);
}
