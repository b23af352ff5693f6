// What points show, in words.

import { count, rows } from "imlkit/values.js";
import { position } from "./point_plot.js";

const DENSE = " They are too many for points: colours tell how densely they lie. Zoom in to see points.";

const ofAlone = (alone) => (alone ? `, only of “${alone.title}”` : "");

// given: {near: rows in view, whole, dense, nowhere: whether no row of the table has a place, alone, all: how all kinds are called}
export function status({ near, whole, dense, nowhere, alone, all }) {
  if (near) return `${rows(near)} ${whole ? "shown" : "in this part"}${ofAlone(alone)}.${dense ? DENSE : ""}`;
  if (nowhere) return "No row has a place here.";
  if (alone) return `No row of “${alone.title}” is in this part. Show the whole, or press “${all}”.`;
  return "No row is in this part. Show the whole, or clear a filter.";
}

// The same for people who hear it, with the axes of a plot and its kinds.
export function description({ what, near, dense, alone, kinds }, plot) {
  const { labels, bare, chosen } = plot;
  const [x0, x1, y0, y1] = plot.view.box;
  const axes = bare ? "" : ` ${labels.x} from ${position(x0, x0, x1)} to ${position(x1, x0, x1)}, ${labels.y} from ${position(y0, y0, y1)} to ${position(y1, y0, y1)}.`;
  const shown = `${what}: ${rows(near)} ${dense ? "as density" : "as points"}${ofAlone(alone)}, ${count(chosen.length)} of them selected.`;
  return `${shown}${axes}${dense ? "" : colors(kinds, plot)}`;
}

// What colours and shapes tell of the points in view.
function colors({ entries, title, scale }, { points, view }) {
  const { color, x, y } = points;
  if (!color || (!entries.length && !scale)) return "";
  if (scale) return ` Coloured by ${title}.`;
  const [x0, x1, y0, y1] = view.box;
  const found = new Map();
  for (let n = 0; n < x.length; n += 1) if (x[n] >= x0 && x[n] <= x1 && y[n] >= y0 && y[n] <= y1) found.set(color[n], (found.get(color[n]) ?? 0) + 1);
  const there = entries.filter(({ number }) => found.has(number));
  return there.length ? ` ${title}:${there.map((entry) => ` ${entry.title} (${count(found.get(entry.number))})`).join(";")}.` : "";
}
