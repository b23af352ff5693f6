// What runs log besides numbers: images, texts and confusion matrices by name, each with its steps.

import { button, make, put, say } from "imlkit/elements.js";
import { ImagesGroup } from "./run_images_group.js";
import { count, many } from "./plot_words.js";

const TYPING = 200; // milliseconds after a letter until it is searched for

class RunImages {
  constructor(model) {
    this.model = model;
    this.groups = new Map(); // by key
    this.words = make("span", { class: "words" });
    this.problem = make("div", { class: "problem", role: "alert", hidden: true }, this.words, button("Try again", () => model.send_msg({ again: true })));
    this.empty = make("p", { class: "empty", role: "status", textContent: "What the runs logged is being read." });
    this.note = make("p", { class: "note", role: "status" });
    this.search = make("input", { type: "search", placeholder: "Part of a name", "aria-label": "Find by name", oninput: () => this.find() });
    this.found = make("span", { class: "quiet", role: "status" });
    this.bar = make("div", { class: "bar", hidden: true }, this.search, this.found);
    this.list = make("div", { class: "groups" });
    this.more = button("", () => model.send_msg({ more: true }), { hidden: true });
    this.root = make("div", { class: "run-images" }, this.problem, this.empty, this.bar, this.note, this.list, this.more);
    // Only what is in sight is asked for.
    this.sight = new IntersectionObserver((seen) => seen.forEach(({ target, isIntersecting }) => this.groupOf(target)?.look(isIntersecting)), { rootMargin: "200px" });
    model.on("msg:custom", (message) => this.heard(message));
    this.greet(1_000);
  }

  // Asks what there is to show, until Python answers: a notebook that is opened connects to it later.
  greet(pause) {
    if (this.answered) return;
    this.model.send_msg({ hello: true });
    this.greeting = setTimeout(() => this.greet(2 * pause), pause);
  }

  groupOf(root) {
    return [...this.groups.values()].find((group) => group.root === root);
  }

  heard(message) {
    this.answered = true;
    clearTimeout(this.greeting);
    if (message.state) this.show(message.state);
    else this.groups.get(message.group)?.take(message);
  }

  show({ runs, groups, all, more, page, empty, note, problem }) {
    const looks = new Map(runs.map(([id, name, look]) => [id, { id, name, look }]));
    const keys = groups.map(({ key }) => key);
    for (const [key, group] of this.groups) {
      if (keys.includes(key)) continue;
      this.sight.unobserve(group.root);
      group.dispose();
      group.root.remove();
      this.groups.delete(key);
    }
    groups.forEach((given, n) => {
      const { key } = given;
      if (!this.groups.has(key)) {
        const group = new ImagesGroup(given, (asked) => this.model.send_msg({ ...asked, ask: key }));
        this.groups.set(key, group);
        this.sight.observe(group.root);
      }
      const group = this.groups.get(key);
      group.show(given, looks);
      if (this.list.children[n] !== group.root) this.list.insertBefore(group.root, this.list.children[n] ?? null);
    });
    put(this.problem, "hidden", !problem);
    say(this.words, problem);
    say(this.empty, empty);
    this.empty.hidden = !empty;
    say(this.note, note);
    this.bar.hidden = all <= page;
    say(this.found, groups.length + more < all ? `${count(groups.length + more)} of ${many(all, "name")}` : many(all, "name"));
    this.more.hidden = !more;
    say(this.more, `Show ${count(Math.min(more, page))} more of ${count(more)}`);
  }

  find() {
    clearTimeout(this.typing);
    this.typing = setTimeout(() => this.model.send_msg({ find: this.search.value }), TYPING);
  }

  dispose() {
    clearTimeout(this.greeting);
    clearTimeout(this.typing);
    this.sight.disconnect();
    for (const group of this.groups.values()) group.dispose();
  }
}

export function render({ model }) {
  const images = new RunImages(model);
  model.on("remove", () => images.dispose());
  return images.root;
}
