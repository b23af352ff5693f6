// Begins an exported page: its tables, its states and its views.

import { Address } from "./page_address.js";
import { make, say } from "./elements.js";
import { checkSeen } from "./page_fitting.js";
import { fromFile, fromPage } from "./page_files.js";
import { PageLink } from "./page_link.js";
import { State } from "./page_state.js";
import { Table } from "./page_table.js";
import { themeButton } from "./page_theme.js";

// views: a function for each component that returns a promise of its module.
export function start(views) {
  const said = JSON.parse(document.getElementById("page").textContent);
  const tables = said.tables.map((told, n) => tableOf(told, n));
  const states = said.states.map(({ name, seen }) => new State(name, seen));
  const fits = (state, seen) => {
    for (const part of said.parts) if (part.state !== null && states[part.state] === state) checkSeen(tables[part.table], seen);
  };
  const address = new Address(states, fits, notice);
  document.querySelector(".page-head").append(themeButton());
  said.parts.forEach((part, n) => {
    // What shows no table is given what it was made with, and nothing to ask.
    const link = part.table === null ? { config: part.config, onConfig: () => () => {} } : new PageLink(tables[part.table], states[part.state], part.config, address, part.columns);
    begin(document.getElementById(`part-${n}`), said.styles[part.style], views[n], link);
  });
}

function tableOf(told, n) {
  const fetched = (name, path) => (told.files ? fromFile(name, path) : fromPage(name));
  const column = (number) => fetched(`column-${n}-${number}`, told.files?.[number]);
  const samples = async (number) => {
    const held = await fetched(`samples-${n}-${number}`, told.sampleFiles[number]);
    return { ...held, folder: `samples/${n}-${number}` };
  };
  return new Table(told, column, samples);
}

async function begin(host, style, view, link) {
  const place = make("div", { class: "linked", "data-state": link.state?.name });
  const root = host.attachShadow({ mode: "open" });
  root.append(make("style", { textContent: style }), place);
  try {
    const { show } = await view();
    show(place, link);
  } catch (error) {
    place.replaceChildren(make("p", { class: "problem", role: "alert", textContent: "This view could not be loaded. Reload the page." }));
    console.error(error);
  }
}

function notice(words) {
  const place = document.querySelector(".page-notice");
  const close = make("button", { type: "button", "aria-label": "Close", textContent: "×", onclick: () => (place.hidden = true) });
  const text = make("span");
  place.replaceChildren(text, close);
  place.hidden = false;
  say(text, words);
}
