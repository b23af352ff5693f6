// The bars of a chart: what they stand for in words, and as conditions on rows.

import { columnsOf } from "imlkit/filters.js";
import { between, microseconds } from "imlkit/page_times.js";
import { SPECIAL_WORDS, number, time, words } from "imlkit/values.js";

export function usual(chart) {
  return chart.edges ? Math.max(chart.edges.length - 1, 0) : chart.values.length;
}

// A position on a chart of numbers or times, in words.
export function place(chart, value) {
  if (chart.type !== "times") return number(value);
  return time(value, chart.edges.at(-1) - chart.edges[0]);
}

export function name(chart, bar) {
  const first = usual(chart);
  if (bar >= first) return SPECIAL_WORDS[chart.specials[bar - first]];
  if (!chart.edges) return words(chart.values[bar]);
  return span(chart, chart.edges[bar], chart.edges[bar + 1]);
}

// From where to where a part of a chart of numbers or times goes, in words.
export function span(chart, low, high) {
  if (!chart.whole) return `${place(chart, low)} to ${place(chart, high)}`;
  const [first, last] = [Math.ceil(low), Math.ceil(high) - 1];
  return first >= last ? number(first) : `${number(first)} to ${number(last)}`;
}

// The condition that a row is in a range of the chart's numbers, or in one of its times, to the microsecond.
export function within(chart, low, high, closed) {
  const { column } = chart;
  return { column, ...(chart.type === "times" ? between(low, high, closed, chart.clock) : { range: [low, high], closed }) };
}

// The condition that a row meets one on its range, or has one of the specials.
export function ranged(chart, range, specials) {
  return together([...(range ? [range] : []), ...[...specials].map((special) => ofSpecial(chart, special))]);
}

// The condition that a row is in one of some bars of values.
export function among(chart, chosen) {
  const first = usual(chart);
  const values = chosen.filter((bar) => bar < first).map((bar) => chart.values[bar]);
  const parts = values.length ? [{ column: chart.column, in: values }] : [];
  for (const bar of chosen) if (bar >= first) parts.push(ofSpecial(chart, chart.specials[bar - first]));
  return together(parts);
}

// What is chosen in a chart by a condition on its column: {range, low, high, specials, bars, other}.
// `range`: the condition on a range, `low` and `high` its bounds on the chart; `other`: the chart cannot show it.
export function chosen(chart, condition) {
  const found = { range: null, low: null, high: null, specials: new Set(), bars: new Set(), other: false };
  if (!condition) return found;
  const keys = new Map((chart.values ?? []).map((value, bar) => [JSON.stringify(value), bar]));
  for (const part of condition.any ?? [condition]) {
    const special = chart.specials.find((one) => JSON.stringify(ofSpecial(chart, one)) === JSON.stringify(part));
    const values = part.in ?? ("equals" in part ? [part.equals] : null);
    if (special !== undefined) found.specials.add(special);
    else if (part.range && chart.edges && !found.range) {
      found.range = part;
      [found.low, found.high] = part.range.map(unbound);
    } else if (values && !chart.edges && values.every((value) => keys.has(JSON.stringify(value)))) {
      for (const value of values) found.bars.add(keys.get(JSON.stringify(value)));
    } else found.other = true;
  }
  chart.specials.forEach((special, n) => {
    if (found.specials.has(special)) found.bars.add(usual(chart) + n);
  });
  return found;
}

// A condition in words, as a chip shows it.
export function said(condition) {
  if (condition.all || condition.any) {
    const parts = condition.all ?? condition.any;
    const columns = new Set(parts.flatMap(columnsOf));
    const joined = parts.map((part) => (columns.size === 1 ? bare(part) : said(part))).join(condition.all ? " and " : " or ");
    return columns.size === 1 ? `${[...columns][0]}: ${joined}` : joined;
  }
  if (condition.not) return `not (${said(condition.not)})`;
  return `${condition.column}: ${bare(condition)}`;
}

function bare(condition) {
  if (condition.range) return words({ range: condition.range, closed: condition.closed });
  if (condition.null) return "no value";
  if ("equals" in condition) return words(condition.equals);
  if (condition.in) {
    const shown = condition.in.slice(0, 5).map(words).join(", ");
    return condition.in.length > 5 ? `${shown} and ${condition.in.length - 5} more` : shown;
  }
  if ("text" in condition) {
    const manner = condition.regex ? "matches" : condition.word ? "has the word" : "contains";
    return `${manner} “${condition.text}”${condition.case ? " (capitals count)" : ""}`;
  }
  if (condition.not) return `not ${bare(condition.not)}`;
  return said(condition);
}

function ofSpecial(chart, special) {
  if (special === "null") return { column: chart.column, null: true };
  if (special !== "others") return { column: chart.column, equals: { number: special } };
  const shown = { column: chart.column, in: chart.values };
  return { not: { any: [shown, { column: chart.column, null: true }] } };
}

function together(parts) {
  if (!parts.length) return null;
  return parts.length === 1 ? parts[0] : { any: parts };
}

function unbound(edge) {
  if (edge === null || typeof edge === "number") return edge;
  const text = edge.time ?? edge.date;
  if (text !== undefined) return microseconds(text) / 1000;
  return edge.number === "inf" ? Infinity : edge.number === "-inf" ? -Infinity : Number(edge.integer);
}
