// What runs logged under one name: a slider over the steps, and a card for each run.

import { button, make, put, say } from "imlkit/elements.js";
import { ImageCard } from "./run_images_card.js";
import { count, rounded } from "./plot_words.js";

const KINDS = { image: "Image", text: "Text", confusion: "Confusion matrix" };
const PATIENCE = 10_000; // milliseconds until a question that is not answered is asked again

export class ImagesGroup {
  // send: asks Python for what is wanted.
  constructor({ kind, name }, send) {
    this.send = send;
    this.moments = []; // [step, how many-th at this step, epoch] of each, ascending
    this.cards = new Map(); // by run
    this.at = null; // the moment that the person chose; null follows the latest
    this.turn = 0;
    this.slider = make("input", { type: "range", min: 0, step: 1, "aria-label": `Step of ${name}`, oninput: () => this.go(Number(this.slider.value)) });
    this.earlier = button("‹", () => this.go(this.index() - 1), { class: "icon", "aria-label": `Earlier step of ${name}` });
    this.later = button("›", () => this.go(this.index() + 1), { class: "icon", "aria-label": `Later step of ${name}` });
    this.latest = button("Latest", () => this.go(this.moments.length - 1), { "aria-label": `Latest of ${name}` });
    this.place = make("output", { class: "place" });
    this.steps = make("div", { class: "steps", role: "group", "aria-label": `Steps of ${name}` }, this.earlier, this.slider, this.later, this.latest);
    this.row = make("div", { class: "cards" });
    const title = make("h3", {}, make("span", { class: "name", textContent: name, title: name }), make("span", { class: "kind", textContent: KINDS[kind] }));
    this.root = make("section", { class: "group", "aria-label": `${KINDS[kind]} ${name}` }, title, make("div", { class: "where" }, this.place, this.steps), this.row);
    this.kind = kind;
    this.name = name;
  }

  show({ from, moments, runs, version }, looks) {
    const came = rows(moments);
    if (from !== this.moments.length || came.length) this.moments = [...this.moments.slice(0, from), ...came];
    const now = JSON.stringify([version, this.moments.length, [...looks.values()]]);
    if (now === this.now && !came.length) return;
    this.now = now;
    for (const [run, card] of this.cards) {
      if (runs.includes(run) && looks.has(run)) continue;
      card.dispose();
      this.cards.delete(run);
    }
    for (const run of runs) {
      if (!looks.has(run)) continue;
      if (!this.cards.has(run)) this.cards.set(run, new ImageCard(this.kind, this.name));
      this.cards.get(run).name(looks.get(run), looks.size > 1);
    }
    const roots = runs.filter((run) => looks.has(run)).map((run) => this.cards.get(run).root);
    if (roots.length !== this.row.children.length || roots.some((root, n) => root !== this.row.children[n])) this.row.replaceChildren(...roots);
    this.tell();
    this.ask();
  }

  // Where the shown moment is among all.
  index() {
    const last = this.moments.length - 1;
    if (this.at === null) return last;
    let n = last;
    while (n > 0 && after(this.moments[n], this.at)) n -= 1;
    return n;
  }

  go(to) {
    const last = this.moments.length - 1;
    const n = Math.min(Math.max(to, 0), last);
    this.at = n === last ? null : this.moments[n];
    this.tell();
    this.ask();
  }

  tell() {
    const last = this.moments.length - 1;
    const n = this.index();
    const words = `${this.words(n)}${n === last && last > 0 ? ", the latest" : ""}`;
    put(this.slider, "max", last);
    this.slider.value = String(n);
    put(this.slider, "aria-valuetext", words);
    say(this.place, words);
    // What has the focus stays there to be pressed again.
    put(this.earlier, "aria-disabled", n === 0 ? "true" : null);
    put(this.later, "aria-disabled", n === last ? "true" : null);
    put(this.latest, "aria-disabled", n === last ? "true" : null);
    this.steps.hidden = last < 1;
  }

  words(n) {
    const [step, nth, epoch] = this.moments[n];
    const at = [Number.isNaN(step) ? "step unknown" : `step ${count(step)}`];
    const same = this.moments.filter(([other]) => other === step || (Number.isNaN(other) && Number.isNaN(step))).length;
    if (same > 1) at[0] += ` (${count(nth + 1)} of ${count(same)})`;
    if (Number.isFinite(epoch)) at.push(`epoch ${rounded(epoch)}`);
    return at.join(", ");
  }

  look(inSight) {
    this.inSight = inSight;
    if (inSight) this.ask();
  }

  // One question at a time: while the slider moves, what is wanted last is asked for next.
  ask() {
    if (!this.inSight || !this.moments.length) return;
    const moment = this.at && [Number.isNaN(this.at[0]) ? null : this.at[0], this.at[1]];
    const wanted = JSON.stringify([moment, this.now]);
    if (this.waiting) {
      this.dirty = true;
      return;
    }
    if (wanted === this.asked) return;
    this.asked = wanted;
    this.dirty = false;
    this.turn += 1;
    const have = {};
    for (const [run, card] of this.cards) if (card.id) have[run] = card.id;
    this.waiting = setTimeout(() => {
      this.waiting = null;
      this.asked = null;
      this.ask();
    }, PATIENCE);
    put(this.row, "aria-busy", "true");
    this.send({ turn: this.turn, moment, have });
  }

  take({ turn, cards }) {
    if (turn !== this.turn) return;
    clearTimeout(this.waiting);
    this.waiting = null;
    const shown = this.moments[this.index()];
    for (const card of cards) this.cards.get(card.run)?.take(card, shown);
    put(this.row, "aria-busy", null);
    if (this.dirty) this.ask();
  }

  dispose() {
    clearTimeout(this.waiting);
    for (const card of this.cards.values()) card.dispose();
  }
}

function after([step, nth], [other, than]) {
  if (Number.isNaN(step)) return Number.isNaN(other) && nth > than;
  return Number.isNaN(other) || step > other || (step === other && nth > than);
}

function rows(bytes) {
  const numbers = new Float64Array(bytes instanceof ArrayBuffer ? bytes : bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  const size = numbers.length / 3;
  return Array.from({ length: size }, (_, n) => [numbers[n], numbers[size + n], numbers[2 * size + n]]);
}
