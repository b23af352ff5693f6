// A grid of instances by class: the page asks for pictures as they come into sight, and tells what
// the person does. Everything a person typed is set as text.

const ROOM = 300; // pixels around the visible part in which pictures are fetched ahead

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

const many = (count, one, more) => `${count.toLocaleString("en")} ${count === 1 ? one : more}`;

class Grid {
  constructor(model, el) {
    this.model = model;
    this.tiles = new Map(); // by the instance's id
    this.groups = new Map(); // by the class's key
    this.wanted = new Set();
    this.chosen = new Set();
    this.sent = 0;
    this.anchor = null;
    this.build(el);
    this.watcher = new IntersectionObserver((seen) => this.seen(seen), {
      root: this.scroller,
      rootMargin: `${ROOM}px`,
    });
    model.on("listing", () => this.list());
    model.on("selection", () => this.confirm());
    model.on("notice", () => this.tell());
    model.on("msg:custom", (pictures) => this.show(pictures));
    this.list();
    this.confirm();
    this.tell();
  }

  send(type, rest = {}) {
    this.model.send_msg({ type, ...rest });
  }

  build(el) {
    this.count = element("span", { className: "count", role: "status" });
    this.suggestions = element("datalist", { id: "labels" });
    this.label = element("input", {
      className: "label",
      placeholder: "New label",
      ariaLabel: "New label for the selected instances",
      autocomplete: "off",
      maxLength: 100000,
    });
    this.label.setAttribute("list", "labels");
    this.label.oninput = () => this.enable();
    this.label.onkeydown = (event) => {
      if (event.key === "Enter") this.relabel();
    };
    this.apply = button("Relabel", () => this.relabel());
    this.remove = button("Delete", () => this.ask(true));
    this.none = button("Deselect", () => this.choose([], { only: true }));
    this.bar = element("div", { className: "bar", role: "group", ariaLabel: "Selected instances" });
    this.bar.append(this.count, this.label, this.suggestions, this.apply, this.remove, this.none);
    this.question = element("span", { className: "words" });
    this.keep = button("Keep", () => this.ask(false));
    this.confirmed = button("Delete for good", () => {
      this.ask(false);
      this.send("delete");
    });
    this.confirmed.className = "danger";
    this.asking = element("div", { className: "asking", role: "alertdialog", hidden: true });
    this.asking.setAttribute("aria-label", "Delete the selected instances?");
    this.asking.append(this.question, this.keep, this.confirmed);
    this.asking.onkeydown = (event) => {
      if (event.key === "Escape") this.ask(false);
    };
    this.message = element("span", { className: "words" });
    this.notice = element("div", { className: "notice", hidden: true });
    const close = button("×", () => this.send("read"), { ariaLabel: "Close this message" });
    close.className = "icon";
    this.notice.append(this.message, close);
    this.empty = element("p", { className: "empty", hidden: true });
    this.sections = element("div");
    this.more = button("", () => this.send("classes"), { hidden: true });
    this.scroller = element("div", { className: "scroller" }, this.sections, this.more);
    this.scroller.onclick = (event) => this.click(event);
    this.scroller.onkeydown = (event) => this.key(event);
    el.append(this.notice, this.bar, this.asking, this.empty, this.scroller);
  }

  // What is there

  list() {
    const listing = this.model.listing;
    const { groups, labels, total, hidden } = listing;
    this.empty.hidden = total !== 0;
    this.empty.textContent = listing.empty;
    this.bar.hidden = this.scroller.hidden = !total;
    this.suggestions.replaceChildren(...labels.map((value) => element("option", { value })));
    const before = new Set(this.tiles.keys());
    const focused = this.scroller.getRootNode().activeElement;
    const place = focused?.classList?.contains("tile") ? this.order().indexOf(focused) : -1;
    const sections = groups.map((group) => this.section(group, before));
    arrange(this.sections, sections);
    for (const key of this.groups.keys()) {
      if (!groups.some((group) => group.key === key)) this.groups.delete(key);
    }
    for (const id of before) this.drop(id);
    this.more.hidden = !hidden;
    this.more.textContent = `Show ${many(hidden, "more class", "more classes")}`;
    this.mark();
    if (place >= 0 && !focused.isConnected) {
      // What had the focus is gone: its neighbour takes it.
      const order = this.order();
      order[Math.min(place, order.length - 1)]?.focus({ preventScroll: true });
    }
  }

  section(group, before) {
    let made = this.groups.get(group.key);
    if (!made) {
      made = this.newSection(group.key);
      this.groups.set(group.key, made);
    }
    const rest = group.count - group.items.length;
    made.name.textContent = group.label;
    made.name.title = group.label;
    made.name.classList.toggle("unnamed", !group.named);
    made.size.textContent = group.count.toLocaleString("en");
    made.size.setAttribute("aria-label", many(group.count, "instance", "instances"));
    made.list.setAttribute("aria-label", `${group.label}: ${many(group.count, "instance", "instances")}`);
    made.rename.hidden = !group.named;
    made.rename.setAttribute("aria-label", `Rename the class ${group.label}`);
    made.all.setAttribute("aria-label", `Select all of ${group.label}`);
    made.more.hidden = !rest;
    made.more.textContent = `Show more (${rest.toLocaleString("en")} not shown)`;
    made.more.setAttribute("aria-label", `Show more of ${group.label}, ${rest.toLocaleString("en")} not shown`);
    made.fewer.hidden = !group.expanded;
    made.fewer.setAttribute("aria-label", `Show fewer of ${group.label}`);
    arrange(
      made.list,
      group.items.map(([id, version], index) => {
        before.delete(id);
        const tile = this.tile(id, version);
        tile.node.setAttribute("aria-label", `${group.label} ${(group.count - index).toLocaleString("en")}`);
        return tile.node;
      }),
    );
    return made.node;
  }

  newSection(key) {
    const name = element("span", { className: "name" });
    const size = element("span", { className: "size", role: "img" });
    const rename = button("Rename", () => edit(true));
    const all = button("Select all", () => this.send("all", { group: key, seq: ++this.sent }));
    const field = element("input", { className: "label", ariaLabel: "New name of the class" });
    const save = () => {
      // A long name is shown cut: left as it is, it must not become the name.
      if (field.value !== name.textContent) this.send("rename", { group: key, label: field.value });
      edit(false);
    };
    const form = element("div", { className: "form", hidden: true });
    form.append(field, button("Rename class", save), button("Cancel", () => edit(false)));
    form.onkeydown = (event) => {
      if (event.key === "Escape") edit(false);
      if (event.key === "Enter" && event.target === field) save();
    };
    const edit = (on) => {
      form.hidden = !on;
      rename.setAttribute("aria-expanded", on);
      if (on) {
        field.value = name.textContent;
        field.focus();
        field.select();
      } else rename.focus();
    };
    const heading = element("h3", {}, name, size);
    const head = element("div", { className: "head" }, heading, rename, all);
    const list = element("div", { className: "tiles", role: "listbox" });
    list.setAttribute("aria-multiselectable", "true");
    const more = button("", () => this.send("more", { group: key }));
    const fewer = button("Show fewer", () => this.send("fewer", { group: key }));
    const node = element("section", {}, head, form, list, element("div", { className: "pager" }, more, fewer));
    return { node, name, size, rename, all, list, more, fewer };
  }

  tile(id, version) {
    let tile = this.tiles.get(id);
    if (!tile) {
      const node = element("div", { className: "tile", role: "option", tabIndex: -1 });
      node.dataset.id = id;
      tile = { id, node, held: null, near: false };
      this.tiles.set(id, tile);
      this.watcher.observe(node);
    }
    tile.version = version;
    if (tile.near) this.want(tile);
    return tile;
  }

  drop(id) {
    const tile = this.tiles.get(id);
    this.watcher.unobserve(tile.node);
    if (tile.url) URL.revokeObjectURL(tile.url);
    this.tiles.delete(id);
    if (this.anchor === id) this.anchor = null;
  }

  // Pictures

  seen(entries) {
    for (const { target, isIntersecting } of entries) {
      const tile = this.tiles.get(target.dataset.id);
      if (!tile) continue;
      tile.near = isIntersecting;
      if (isIntersecting) this.want(tile);
    }
  }

  want(tile) {
    if (tile.held === tile.version || tile.asked === tile.version) return;
    tile.asked = tile.version;
    if (!this.wanted.size) {
      requestAnimationFrame(() => {
        const ids = [...this.wanted];
        this.wanted.clear();
        this.send("pictures", { ids });
      });
    }
    this.wanted.add(tile.id);
  }

  show(pictures) {
    for (const { id, version, picture, text } of pictures.pictures) {
      const tile = this.tiles.get(id);
      if (!tile) continue;
      tile.held = version;
      const old = tile.url;
      if (picture) {
        tile.url = URL.createObjectURL(new Blob([picture]));
        const image = element("img", { alt: "", draggable: false, src: tile.url });
        // The old picture stays until the new one can be seen.
        image.decode().catch(() => {}).then(() => {
          if (tile.url === image.src) tile.node.replaceChildren(image);
          if (old) URL.revokeObjectURL(old);
        });
      } else {
        tile.url = null;
        tile.node.replaceChildren(element("span", { className: "words", textContent: text }));
        if (old) URL.revokeObjectURL(old);
      }
      if (version !== tile.version && tile.near) this.want(tile);
    }
  }

  // The selection

  order() {
    return [...this.sections.querySelectorAll(".tile")];
  }

  choose(ids, { only = false, on = true } = {}) {
    if (only) this.chosen.clear();
    for (const id of ids) on ? this.chosen.add(id) : this.chosen.delete(id);
    this.sent += 1;
    this.total = only ? ids.length : null;
    this.mark();
    this.send("select", { ids, only, on, seq: this.sent });
  }

  confirm() {
    const { ids, total, seq } = this.model.selection;
    // An answer to an earlier click must not undo a later one.
    if (seq < this.sent) return;
    this.chosen = new Set(ids);
    this.total = total;
    this.mark();
  }

  mark() {
    let roving = null;
    for (const [id, { node }] of this.tiles) {
      node.setAttribute("aria-selected", this.chosen.has(id));
      if (node.tabIndex === 0) roving = node;
    }
    if (!roving || !roving.isConnected) {
      const first = this.sections.querySelector(".tile");
      if (first) first.tabIndex = 0;
    }
    this.enable();
  }

  enable() {
    const count = this.total ?? this.chosen.size;
    this.count.textContent = count ? `${count.toLocaleString("en")} selected` : "Select some to relabel or delete";
    this.count.classList.toggle("hint", !count);
    this.apply.disabled = !count || !this.label.value.trim();
    this.remove.disabled = this.none.disabled = this.label.disabled = !count;
    if (!count && !this.asking.hidden) this.ask(false);
    this.question.textContent = `Delete ${many(count, "instance", "instances")}? This cannot be undone.`;
  }

  relabel() {
    if (this.apply.disabled) return;
    this.send("relabel", { label: this.label.value });
    this.label.value = "";
    this.enable();
  }

  ask(on) {
    const inside = this.asking.contains(this.asking.getRootNode().activeElement);
    this.asking.hidden = !on;
    if (on) this.keep.focus();
    else if (inside) (this.remove.disabled ? this.order()[0] : this.remove)?.focus({ preventScroll: true });
  }

  click(event) {
    const node = event.target.closest(".tile");
    if (!node) return;
    this.focus(node);
    const id = node.dataset.id;
    // A finger has no control key: each tap adds or takes away.
    const touch = event.pointerType === "touch";
    if (event.shiftKey && this.anchor) return this.range(id, event.ctrlKey || event.metaKey);
    this.anchor = id;
    if (event.ctrlKey || event.metaKey || touch) this.choose([id], { on: !this.chosen.has(id) });
    else this.choose([id], { only: true });
  }

  range(id, add = false) {
    const ids = this.order().map((node) => node.dataset.id);
    const [from, to] = [ids.indexOf(this.anchor), ids.indexOf(id)].sort((a, b) => a - b);
    this.choose(ids.slice(from, to + 1), { only: !add });
  }

  focus(node) {
    for (const { node: other } of this.tiles.values()) if (other.tabIndex === 0) other.tabIndex = -1;
    node.tabIndex = 0;
    node.focus();
  }

  key(event) {
    const node = event.target;
    if (!node.classList.contains("tile")) return;
    const order = this.order();
    const at = order.indexOf(node);
    const id = node.dataset.id;
    const control = event.ctrlKey || event.metaKey;
    const steps = { ArrowLeft: -1, ArrowRight: 1, Home: -at, End: order.length - 1 - at };
    if (event.key in steps) this.step(order[at + steps[event.key]], event);
    else if (event.key === "ArrowUp") this.step(vertical(order, node, -1), event);
    else if (event.key === "ArrowDown") this.step(vertical(order, node, 1), event);
    else if (event.key === " " && event.shiftKey && this.anchor) this.range(id);
    else if (event.key === " " || event.key === "Enter") {
      this.anchor = id;
      this.choose([id], { on: !this.chosen.has(id) });
    } else if (control && event.key.toLowerCase() === "a") {
      this.choose([...node.parentElement.children].map((tile) => tile.dataset.id));
    } else if (event.key === "Escape") this.choose([], { only: true });
    else if (event.key === "Delete" && !this.remove.disabled) this.ask(true);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  step(node, event) {
    if (!node) return;
    if (event.shiftKey && !this.anchor) this.anchor = event.target.dataset.id;
    this.focus(node);
    if (event.shiftKey) this.range(node.dataset.id);
  }

  tell() {
    const { text, kind } = this.model.notice;
    this.notice.hidden = !text;
    this.notice.className = `notice of-${kind}`;
    this.notice.setAttribute("role", kind === "error" ? "alert" : "status");
    this.message.textContent = text;
  }

  stop() {
    this.watcher.disconnect();
    for (const { url } of this.tiles.values()) if (url) URL.revokeObjectURL(url);
  }
}

// Put nodes into a parent in this order, moving only those that stand elsewhere.
function arrange(parent, nodes) {
  const stay = new Set(nodes);
  for (const node of [...parent.children]) if (!stay.has(node)) node.remove();
  let next = parent.firstElementChild;
  for (const node of nodes) {
    if (node === next) next = next.nextElementSibling;
    else parent.insertBefore(node, next);
  }
}

// The nearest tile in the next row above or below.
function vertical(order, node, direction) {
  const from = node.getBoundingClientRect();
  let row = null;
  let best = null;
  for (let at = order.indexOf(node) + direction; order[at]; at += direction) {
    const box = order[at].getBoundingClientRect();
    if (Math.abs(box.top - from.top) < 2) continue;
    row ??= box.top;
    if (Math.abs(box.top - row) > 2) break;
    const distance = Math.abs(box.left - from.left);
    if (!best || distance < best.distance) best = { node: order[at], distance };
  }
  return best?.node;
}

export function render({ model, el }) {
  const grid = new Grid(model, el);
  return () => grid.stop();
}
