// The frame, the lines and the numbers around a chart.

import { draw } from "imlkit/elements.js";

// Pixels: of what is between the axes, and around it.
export const HEIGHT = 200;
export const LEFT = 58;
export const RIGHT = 10;
export const TOP = 8;
export const BOTTOM = 36;

// From how many seconds on times are told in which unit of how many seconds.
const UNITS = [
  [7200, 3600, "hours"],
  [180, 60, "minutes"],
  [0, 1, "seconds"],
];

// x, y: scales, y null where nothing is drawn. known: whether anything is across. even: places numbers at an even axis.
export function axesOf(x, y, { width, axis, known }, even) {
  const wide = width - LEFT - RIGHT;
  const nodes = [draw("path", { class: "frame", d: `M${LEFT} ${TOP}v${HEIGHT}h${wide}` })];
  const text = (given, textContent) => nodes.push(draw("text", { ...given, textContent }));
  const [, unit, named] = axis === "time" ? UNITS.find(([least]) => x.most >= least) : [0, 1, ""];
  if (known) {
    for (const [value, words] of even(x.least / unit, x.most / unit, Math.max(Math.floor(wide / 90), 2), axis === "step")) {
      const at = x.at(value * unit);
      if (at < LEFT - 1) continue;
      nodes.push(draw("path", { class: "grid", d: `M${at} ${TOP}v${HEIGHT}` }));
      text({ x: Math.min(at, width - 3.5 * words.length), y: TOP + HEIGHT + 15, "text-anchor": "middle" }, words);
    }
  }
  for (const [value, words] of y?.ticks(Math.floor(HEIGHT / 45), even) ?? []) {
    const at = y.at(value);
    if (!(at >= TOP - 1 && at <= TOP + HEIGHT + 1)) continue;
    nodes.push(draw("path", { class: "grid", d: `M${LEFT} ${at}h${wide}` }));
    text({ x: LEFT - 6, y: at + 4, "text-anchor": "end" }, words);
  }
  text({ x: LEFT + wide / 2, y: TOP + HEIGHT + 31, "text-anchor": "middle" }, named ? `time in ${named}` : axis);
  return nodes;
}
