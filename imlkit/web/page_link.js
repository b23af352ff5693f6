// What a view of an exported page is given: the table, the state, and answers.

import { Told } from "./page_told.js";
import { Slots } from "./slots.js";

export class PageLink {
  // table: a Table of page_table.js; state: a State of page_state.js; address: an Address
  // names: the columns that the view is told of; all of them if null
  constructor(table, state, config, address, names = null) {
    const told = [...table.told.values()].filter(({ name }) => names === null || names.includes(name));
    const columns = told.map(({ name, kind }) => ({ name, kind }));
    this.python = false;
    this.table = { title: table.title, id: table.id, rows: table.rows, columns, version: 0, problem: "" };
    this.config = config;
    this.told = { config: new Told(), notice: new Told(), table: new Told() };
    this.slots = new Slots((question) => this.answered(question));
    this.held = table;
    this.state = state;
    this.places = address;
  }

  get seen() {
    return this.state.seen;
  }

  get steps() {
    return this.state.steps;
  }

  get hover() {
    return this.state.hover;
  }

  // Resolves once it is known what the table is.
  described() {
    return Promise.resolve();
  }

  onTable(act) {
    return this.told.table.on(act);
  }

  onSeen(act) {
    return this.state.onSeen.on(act);
  }

  onSteps(act) {
    return this.state.onSteps.on(act);
  }

  onHover(act) {
    return this.state.onHover.on(act);
  }

  onConfig(act) {
    return this.told.config.on(act);
  }

  onNotice(act) {
    return this.told.notice.on(act);
  }

  show(seen) {
    try {
      this.state.show(seen);
    } catch (error) {
      this.told.notice.tell(error.message);
    }
  }

  undo() {
    this.state.undo();
  }

  redo() {
    this.state.redo();
  }

  point(id) {
    this.state.point(id);
  }

  configure(parts) {
    this.config = { ...this.config, ...parts };
    this.told.config.tell();
  }

  address(seen) {
    return this.places.of(this.state, seen);
  }

  ask(question, { slot } = {}) {
    return this.slots.ask(question, slot);
  }

  // The answer, in a turn of its own: between two the browser draws and hears the person.
  async answered(question) {
    await turn();
    return this.held.answer(question);
  }
}

const channel = new MessageChannel();
const waiting = [];
channel.port1.onmessage = () => waiting.shift()?.();

function turn() {
  return new Promise((resolve) => {
    waiting.push(resolve);
    channel.port2.postMessage(null);
  });
}
