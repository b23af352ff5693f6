// Examples, each with words and buttons. Everything a person typed is set as text.

function make(tag, className = "", properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), { className, ...properties });
  made.append(...children);
  return made;
}

const button = (words, act, className = "") => make("button", className, { type: "button", textContent: words, onclick: act });

class Tiles {
  constructor(model) {
    this.model = model;
    this.tiles = new Map(); // by id
    this.root = make("div", model.small ? "small" : "");
    this.message = make("span", "words");
    const close = button("×", () => this.send("read"), "icon");
    close.ariaLabel = "Close this message";
    this.notice = make("div", "notice", { hidden: true }, this.message, close);
    this.undone = make("span", "words");
    this.undo = make("div", "notice info", { hidden: true, role: "status" }, this.undone, button("Undo", () => this.send("undo")));
    this.summary = make("p", "", { tabIndex: -1 });
    this.hint = make("p", "hint");
    if (!model.small) this.summary.role = "status";
    this.words = make("span");
    this.bar = make("progress", "", { ariaLabel: "How far it is" });
    this.looking = make("div", "looking", { hidden: true }, this.words, this.bar);
    if (!model.small) this.looking.append(button("Stop", () => this.send("stop")));
    this.empty = make("p", "empty", { role: "status" });
    this.list = make("ul", "examples", { ariaLabel: model.title });
    this.list.setAttribute("role", "list"); // without bullets some would not call it a list
    this.back = button("Previous", () => this.turn(-1));
    this.place = make("span");
    this.next = button("Next", () => this.turn(1));
    this.turner = make("div", "turner", {}, this.back, this.place, this.next);
    this.kept = button("", () => this.send("show_kept"));
    this.root.append(this.notice, this.undo, this.summary, this.hint, this.looking, this.empty, this.list);
    this.root.append(make("div", "foot", {}, this.turner, this.kept));
    for (const [name, show] of [["listing", this.show], ["extra", this.offer], ["progress", this.look], ["notice", this.tell]]) {
      model.on(name, () => show.call(this));
      show.call(this);
    }
  }

  send(type, more = {}) {
    this.model.send_msg({ type, ...more });
  }

  turn(step) {
    this.send("page", { page: this.model.listing.pages[0] + step });
    this.summary.focus();
  }

  show() {
    const { items, summary, hint, empty, pages } = this.model.listing;
    const put = (node, text) => {
      if (node.textContent !== text) node.textContent = text;
      node.hidden = !text;
    };
    put(this.summary, summary);
    put(this.hint, hint);
    put(this.empty, empty);
    const focused = this.root.getRootNode().activeElement;
    const at = [...this.list.children].findIndex((node) => node.contains(focused));
    const wanted = new Set(items.map(({ id }) => id));
    for (const [id, tile] of this.tiles) {
      if (!wanted.has(id)) {
        tile.node.remove();
        this.tiles.delete(id);
      }
    }
    items.forEach((item, index) => {
      const tile = this.tiles.get(item.id) ?? this.tile(item.id);
      this.fill(tile, item);
      if (this.list.children[index] !== tile.node) this.list.insertBefore(tile.node, this.list.children[index] ?? null);
    });
    this.list.hidden = items.length === 0;
    const [page, count] = pages;
    this.turner.hidden = count < 2;
    this.back.disabled = page <= 1;
    this.next.disabled = page >= count;
    this.place.textContent = `Page ${page} of ${count}`;
    // What was dealt with goes; who works by keyboard goes on with what took its place.
    if (at >= 0 && !focused.isConnected) {
      const node = this.list.children[Math.min(at, items.length - 1)];
      (node?.querySelector("button") ?? this.rest()).focus();
    }
  }

  rest() {
    const found = [this.summary, this.empty].find((node) => !node.hidden) ?? this.summary;
    found.tabIndex = -1;
    return found;
  }

  tile(id) {
    const picture = make("div", "shown");
    const title = make("div", "title");
    const text = make("div", "text");
    const acts = make("div", "acts");
    const node = make("li", "example", {}, picture, title, text, acts);
    const tile = { id, node, picture, title, text, acts, said: "" };
    this.tiles.set(id, tile);
    return tile;
  }

  fill(tile, item) {
    const said = JSON.stringify(item);
    if (tile.said === said) {
      this.enable(tile, true);
      return;
    }
    const focused = [...tile.acts.children].indexOf(tile.node.getRootNode().activeElement);
    tile.said = said;
    const { name, title, text, acts, picture, words } = item;
    tile.node.ariaLabel = name;
    const shown = picture
      ? make("img", "", { alt: "", draggable: false, src: picture })
      : make("span", "words", { textContent: words });
    tile.picture.replaceChildren(shown);
    tile.title.hidden = !title;
    tile.title.textContent = tile.title.title = title;
    tile.text.textContent = text;
    tile.acts.replaceChildren(
      ...acts.map(([type, label, called]) => {
        const made = button(label, () => this.act(tile, type));
        made.ariaLabel = made.title = called;
        return made;
      }),
    );
    this.enable(tile, true);
    if (focused >= 0) tile.acts.children[Math.min(focused, acts.length - 1)]?.focus();
  }

  act(tile, type) {
    if (tile.node.classList.contains("away")) return;
    this.enable(tile, false);
    this.send(type, { id: tile.id });
  }

  // Not `disabled`: the button that was pressed would lose the focus.
  enable(tile, on) {
    tile.node.classList.toggle("away", !on);
    for (const one of tile.acts.children) one.setAttribute("aria-disabled", !on);
  }

  offer() {
    const { undo, kept } = this.model.extra;
    const inside = this.undo.contains(this.root.getRootNode().activeElement);
    this.undone.textContent = undo;
    this.undo.hidden = !undo;
    if (inside && !undo) this.rest().focus();
    this.kept.textContent = kept;
    this.kept.hidden = !kept;
  }

  look() {
    const { text, share } = this.model.progress;
    this.looking.hidden = !text;
    this.words.textContent = text;
    if (share >= 0) this.bar.value = share;
    else this.bar.removeAttribute("value");
    this.list.ariaBusy = String(Boolean(text));
  }

  tell() {
    const { text, kind } = this.model.notice;
    this.notice.hidden = !text;
    this.notice.className = `notice of-${kind}`;
    this.notice.role = kind === "error" ? "alert" : "status";
    this.message.textContent = text;
    // What could not be done can be tried again.
    if (kind === "error") for (const tile of this.tiles.values()) this.enable(tile, true);
  }
}

export function render({ model }) {
  return new Tiles(model).root;
}
