// Suggested instances, each with a field for its label. Everything a person typed is set as text.

function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in made) made[name] = value;
    else made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

const button = (text, act, properties = {}) =>
  element("button", { type: "button", textContent: text, onclick: act, ...properties });

class Tiles {
  constructor(model, el) {
    this.model = model;
    this.tiles = []; // in the order shown
    this.build(el);
    model.on("listing", () => this.list());
    model.on("progress", () => this.look());
    model.on("notice", () => this.tell());
    model.on("msg:custom", (answer) => this.answered(answer));
    this.list();
    this.look();
    this.tell();
  }

  build(el) {
    this.message = element("span", { className: "words" });
    this.notice = element("div", { className: "notice", hidden: true });
    const close = button("×", () => this.model.send_msg({ type: "read" }), { ariaLabel: "Close this message" });
    close.className = "icon";
    this.notice.append(this.message, close);
    this.summary = element("p", { className: "summary", role: "status", tabIndex: -1 });
    this.bar = element("progress", { ariaLabel: "Looking for examples" });
    this.words = element("span");
    this.halt = button("Stop looking", () => this.model.send_msg({ type: "stop" }), {
      title: "Suggest from what has been looked at so far",
    });
    this.looking = element("div", { className: "looking", hidden: true }, this.words, this.bar, this.halt);
    this.empty = element("p", { className: "empty", hidden: true });
    this.known = element("datalist", { id: "known" });
    this.place = element("div", { className: "suggestions", role: "list" });
    this.place.setAttribute("aria-label", "Suggested examples");
    this.again = button("", () => this.model.send_msg({ type: "again" }));
    this.pager = element("div", { className: "pager", hidden: true }, this.again);
    el.append(this.notice, this.summary, this.looking, this.empty, this.known, this.place, this.pager);
  }

  list() {
    const { items, labels, summary, empty, skipped } = this.model.listing;
    if (this.summary.textContent !== summary) this.summary.textContent = summary;
    this.known.replaceChildren(...labels.map((value) => element("option", { value })));
    const focused = this.place.getRootNode().activeElement;
    const at = this.tiles.findIndex(({ node }) => node.contains(focused));
    const wanted = new Map(items.map((item) => [item.id, item]));
    // What is gone makes room for what is new in its place; a text begun stays until it is used.
    const stays = ({ id, state, field }) => wanted.has(id) || (state !== "done" && field.value.trim());
    const shown = new Set(this.tiles.filter(stays).map(({ id }) => id));
    const fresh = items.filter(({ id }) => !shown.has(id));
    const next = [];
    for (const tile of this.tiles) {
      if (shown.has(tile.id)) next.push(tile);
      else if (fresh.length) next.push(this.tile(fresh.shift()));
    }
    next.push(...fresh.map((item) => this.tile(item)));
    for (const tile of this.tiles) if (!next.includes(tile)) tile.node.remove();
    next.forEach((tile, index) => {
      const item = wanted.get(tile.id);
      if (item) this.fill(tile, item);
      this.number(tile, index + 1);
      if (this.place.children[index] !== tile.node) this.place.insertBefore(tile.node, this.place.children[index] ?? null);
    });
    this.tiles = next;
    this.empty.hidden = next.length > 0 || !empty;
    this.empty.textContent = empty;
    this.summary.hidden = !summary;
    this.pager.hidden = !skipped;
    this.again.textContent = `Show the ${skipped.toLocaleString("en")} skipped again`;
    if (at >= 0 && !focused.isConnected) this.focus(at);
  }

  tile(item) {
    const picture = element("div", { className: "shown" });
    const guesses = element("div", { className: "guesses", role: "group" });
    const field = element("input", { className: "label", placeholder: "What is it?", autocomplete: "off", maxLength: 100000 });
    field.setAttribute("list", "known");
    const apply = button("Label", () => this.give(tile));
    apply.className = "apply";
    const skip = button("Skip", () => this.skip(tile));
    const node = element("div", { className: "suggestion", role: "listitem" });
    node.append(picture, guesses, field, element("div", { className: "acts" }, apply, skip));
    const tile = { id: item.id, node, picture, guesses, field, apply, skip, state: "open", number: 0 };
    field.oninput = () => this.enable(tile);
    field.onkeydown = (event) => {
      if (event.key === "Enter" && !event.isComposing) this.give(tile);
    };
    this.enable(tile);
    return tile;
  }

  fill(tile, { picture, text, guesses }) {
    const key = picture || text;
    if (tile.key !== key) {
      tile.key = key;
      const shown = picture
        ? element("img", { alt: "", draggable: false, src: picture })
        : element("span", { className: "words", textContent: text });
      tile.picture.replaceChildren(shown);
    }
    const said = JSON.stringify(guesses);
    if (tile.said === said) return;
    tile.said = said;
    tile.guesses.replaceChildren(
      ...guesses.map(([label, confidence]) =>
        button(`${label} · ${confidence}`, () => {
          tile.field.value = label;
          this.enable(tile);
          tile.field.focus();
        }, { title: `The model's guess: ${label}, ${confidence}. Press to fill the label in.` }),
      ),
    );
  }

  number(tile, number) {
    if (tile.number === number) return;
    tile.number = number;
    tile.node.setAttribute("aria-label", `Suggestion ${number}`);
    tile.field.setAttribute("aria-label", `Label of suggestion ${number}`);
    tile.apply.setAttribute("aria-label", `Label suggestion ${number}`);
    tile.skip.setAttribute("aria-label", `Skip suggestion ${number}`);
    tile.guesses.setAttribute("aria-label", `The model's guesses for suggestion ${number}`);
  }

  enable(tile) {
    const open = tile.state === "open";
    tile.apply.disabled = !open || !tile.field.value.trim();
    tile.field.readOnly = !open;
    tile.skip.disabled = !open;
    for (const guess of tile.guesses.children) guess.disabled = !open;
    tile.node.classList.toggle("away", !open);
  }

  give(tile) {
    if (tile.apply.disabled) return;
    this.model.send_msg({ type: "label", id: tile.id, label: tile.field.value });
    this.leave(tile, "sent");
  }

  skip(tile) {
    tile.field.value = "";
    this.model.send_msg({ type: "skip", id: tile.id });
    this.leave(tile, "done");
  }

  leave(tile, state) {
    const inside = tile.node.contains(tile.node.getRootNode().activeElement);
    tile.state = state;
    this.enable(tile);
    if (inside) this.focus(this.tiles.indexOf(tile) + 1);
  }

  // The next field after a place, or the one in it where what was there has gone.
  focus(at) {
    const order = [...this.tiles.slice(at), ...this.tiles.slice(0, at)];
    const next = order.find(({ state }) => state === "open");
    (next?.field ?? this.summary).focus({ preventScroll: !next });
  }

  answered({ id, done }) {
    const tile = this.tiles.find((one) => one.id === id);
    if (!tile || tile.state !== "sent") return;
    tile.state = done ? "done" : "open";
    this.enable(tile);
    if (!done) tile.field.focus();
    // The news that it has gone may have come before this answer.
    else if (!this.model.listing.items.some((item) => item.id === id)) this.list();
  }

  look() {
    const { busy, text, share } = this.model.progress;
    this.looking.hidden = !(busy && text);
    this.words.textContent = text;
    if (share >= 0) this.bar.value = share;
    else this.bar.removeAttribute("value");
    this.place.setAttribute("aria-busy", busy);
  }

  tell() {
    const { text, kind } = this.model.notice;
    this.notice.hidden = !text;
    this.notice.className = `notice of-${kind}`;
    this.notice.setAttribute("role", kind === "error" ? "alert" : "status");
    this.message.textContent = text;
  }
}

export function render({ model, el }) {
  new Tiles(model, el);
}
