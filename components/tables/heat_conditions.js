// What is chosen of cells as a condition on the rows in them, and back.

import { among, chosen, ranged, usual, within } from "imlkit/bars.js";
import { columnsOf } from "imlkit/filters.js";

// The condition that a row is in one of some bars that lie side by side.
export function ofBars(chart, bars) {
  if (!chart.edges) return among(chart, [...bars].sort((one, other) => one - other));
  const first = usual(chart);
  const bins = bars.filter((bar) => bar < first);
  const specials = bars.filter((bar) => bar >= first).map((bar) => chart.specials[bar - first]);
  if (!bins.length) return ranged(chart, null, specials);
  const [low, high] = [Math.min(...bins), Math.max(...bins)];
  return ranged(chart, within(chart, chart.edges[low], chart.edges[high + 1], high === first - 1), specials);
}

// The bars of the two charts that a condition on both leaves, null if it is no rectangle of cells.
export function rectangle(charts, condition) {
  const parts = condition.all ?? [];
  const found = charts.map((chart) => {
    const own = parts.filter((part) => columnsOf(part).join() === chart.column);
    return own.length === 1 ? barsIn(chart, own[0]) : null;
  });
  return parts.length === 2 && found[0] && found[1] ? found : null;
}

// The bars that a condition on a chart's column leaves whole, null if it is of another kind.
function barsIn(chart, condition) {
  const found = chosen(chart, condition);
  if (found.other) return null;
  if (found.range) {
    const [low, high] = [found.low ?? -Infinity, found.high ?? Infinity];
    for (let bar = 0; bar < usual(chart); bar += 1) {
      const middle = chart.edges[bar] / 2 + chart.edges[bar + 1] / 2;
      if (middle >= low && middle <= high) found.bars.add(bar);
    }
  }
  return found.bars;
}
