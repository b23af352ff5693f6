// What a keyboard, a mouse and a finger do in a list of rows: they select, open, point at rows, and turn pages.

export class ListKeys {
  // list: an InstanceList
  constructor(list) {
    this.list = list;
    list.scroller.addEventListener("click", (event) => this.clicked(event));
    list.scroller.addEventListener("dblclick", (event) => this.doubled(event));
    list.scroller.addEventListener("keydown", (event) => this.pressed(event));
    list.scroller.addEventListener("pointerover", (event) => this.pointed(event));
    list.scroller.addEventListener("pointerleave", () => list.link.point(null));
  }

  clicked(event) {
    const node = event.target.closest(".tile");
    if (!node || event.target.closest("button")) return;
    this.focus(node);
    this.list.selecting.click(node.tile.id, event);
  }

  doubled(event) {
    const node = event.target.closest(".tile");
    if (node && !event.target.closest("button")) this.list.open(this.list.sectionOf(node), node.tile.id);
  }

  focus(node) {
    if (!node) return;
    for (const other of this.list.scroller.querySelectorAll(".tile[tabindex='0']")) if (other !== node) other.tabIndex = -1;
    node.tabIndex = 0;
    node.focus();
  }

  pressed(event) {
    const node = event.target;
    if (!node.classList.contains("tile")) return;
    const section = this.list.sectionOf(node);
    const nodes = this.list.sections.flatMap((one) => one.nodes());
    const at = nodes.indexOf(node);
    const { id } = node.tile;
    const steps = { ArrowLeft: -1, ArrowRight: 1, Home: -at, End: nodes.length - 1 - at };
    const control = event.ctrlKey || event.metaKey;
    if (event.key in steps) this.move(nodes[at + steps[event.key]], event);
    else if (event.key === "ArrowUp") this.move(beside(nodes, at, -1), event);
    else if (event.key === "ArrowDown") this.move(beside(nodes, at, 1), event);
    else if (event.key === "PageDown" && section.pages > 1) section.turn(section.page + 1);
    else if (event.key === "PageUp" && section.pages > 1) section.turn(section.page - 1);
    else if (event.key === "Enter") this.list.open(section, id);
    else if (event.key === " " && event.shiftKey) this.list.selecting.range(id);
    else if (event.key === " ") this.list.selecting.toggle(id);
    else if (control && event.key.toLowerCase() === "a") this.list.selectPage();
    else if (event.key === "Escape" && this.list.selecting.ids.length) this.list.selecting.only([]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  move(node, event) {
    if (!node) return;
    if (event.shiftKey && this.list.selecting.anchor === null) this.list.selecting.anchor = event.target.tile.id;
    this.focus(node);
    if (event.shiftKey) this.list.selecting.range(node.tile.id);
  }

  pointed(event) {
    const tile = event.target.closest(".tile")?.tile;
    if (tile && tile !== event.relatedTarget?.closest?.(".tile")?.tile) this.list.link.point(tile.id);
  }
}

// The tile nearest to one, in the line above or below it.
function beside(nodes, at, direction) {
  const from = nodes[at].getBoundingClientRect();
  let line = null;
  let best = null;
  for (let n = at + direction; nodes[n]; n += direction) {
    const box = nodes[n].getBoundingClientRect();
    if (Math.abs(box.top - from.top) < 2) continue;
    line ??= box.top;
    if (Math.abs(box.top - line) > 2) break;
    const distance = Math.abs(box.left - from.left);
    if (!best || distance < best.distance) best = { node: nodes[n], distance };
  }
  return best?.node;
}
