// A button that copies an address with what is seen in it.

import { button, make, say } from "imlkit/elements.js";
import { count } from "imlkit/values.js";
import { copy } from "./clipboard.js";

const LONGEST = 30_000; // characters of an address: servers and browsers refuse longer ones

export class ShareButton {
  constructor(link, tell) {
    this.link = link;
    this.tell = tell;
    this.button = button("Share", () => this.share(), { title: "Copy an address that shows what is seen here", hidden: link.address({}) === null });
    this.words = make("span", { role: "status" });
    this.input = make("input", { type: "text", class: "wide", readonly: true, "aria-label": "Address of what is seen" });
    this.field = make("div", { class: "shared", hidden: true }, this.words, this.input);
  }

  async share() {
    this.tell("");
    const address = this.link.address(this.link.seen);
    const { search, hash } = new URL(address);
    if (search.length + hash.length > LONGEST) {
      this.field.hidden = true;
      this.tell(`What is seen has ${count(search.length + hash.length)} characters, more than an address holds (${count(LONGEST)}). Select fewer rows, or filter by a range in the place of many values.`);
      return;
    }
    const done = await copy(address);
    this.input.value = address;
    this.input.hidden = done;
    this.field.hidden = false;
    say(this.words, done ? "The address is copied: it holds what is seen here." : "The browser does not let pages copy. This address holds what is seen here:");
    if (!done) {
      this.input.focus();
      this.input.select();
    }
  }

  // What was shared is no longer what is seen.
  follow() {
    this.field.hidden = true;
    say(this.words, "");
  }
}
