// What a person does on a plot with a mouse, fingers or the keyboard.

const STILL = 4; // pixels that a click may move
const STEP = 3; // pixels between corners of a lasso
const NOTCH = 0.0018;

// told: {tool(), move(dx, dy), zoom(times, x, y) → whether it did, whole(), drawn(line, done, event), click(x, y, event),
//        over(x, y), left(), step(by), enter(event), escape()}
export function listen(area, keys, told) {
  const fingers = new Map();
  let held = null; // {tool, from, last, line, moved}
  let pinch = null;
  let moved = false; // whether the pointer came here by itself, not under the page that scrolls
  const place = (event) => {
    const box = area.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const clipped = ([x, y]) => [Math.min(Math.max(x, 0), area.clientWidth), Math.min(Math.max(y, 0), area.clientHeight)];

  const pinched = () => {
    const [[ax, ay], [bx, by]] = [...fingers.values()];
    return { x: (ax + bx) / 2, y: (ay + by) / 2, apart: Math.max(Math.hypot(ax - bx, ay - by), 1) };
  };

  const down = (event) => {
    if (event.button > 1) return;
    fingers.set(event.pointerId, place(event));
    area.setPointerCapture(event.pointerId);
    if (fingers.size === 2) {
      if (held) told.drawn(null, false, event);
      held = null;
      pinch = pinched();
      return;
    }
    if (fingers.size > 2) return;
    if (event.button === 1) event.preventDefault();
    const at = place(event);
    held = { tool: event.button === 1 ? "move" : told.tool(), from: at, last: at, line: [at], moved: false };
  };

  const go = (event) => {
    if (event.movementX || event.movementY) moved = true;
    const at = place(event);
    if (fingers.has(event.pointerId)) fingers.set(event.pointerId, at);
    if (pinch && fingers.size === 2) {
      const now = pinched();
      told.move(now.x - pinch.x, now.y - pinch.y);
      told.zoom(pinch.apart / now.apart, now.x, now.y);
      pinch = now;
      return;
    }
    if (!held) {
      if (event.pointerType !== "touch" && !fingers.size) told.over(...at);
      return;
    }
    if (!held.moved && Math.hypot(at[0] - held.from[0], at[1] - held.from[1]) < STILL) return;
    held.moved = true;
    if (held.tool === "move") told.move(at[0] - held.last[0], at[1] - held.last[1]);
    else told.drawn(line(at), false, event);
    held.last = at;
  };

  const line = (at) => {
    const here = clipped(at);
    if (held.tool === "box") {
      const [x, y] = held.from;
      held.line = [[x, y], [here[0], y], here, [x, here[1]]];
    } else {
      const [x, y] = held.line.at(-1);
      if (Math.hypot(here[0] - x, here[1] - y) >= STEP) held.line.push(here);
    }
    return held.line;
  };

  const up = (event) => {
    fingers.delete(event.pointerId);
    if (pinch) {
      if (fingers.size < 2) pinch = null;
      return;
    }
    if (!held) return;
    const was = held;
    if (event.type === "pointercancel") told.drawn(null, false, event);
    else if (!was.moved) told.click(...was.from, event);
    else if (was.tool !== "move") told.drawn(line(place(event)), true, event);
    held = null;
  };

  const wheel = (event) => {
    // A page that is scrolled past the plot goes on scrolling.
    if (!moved && !event.ctrlKey) return;
    const pixels = event.deltaY * [1, 16, 400][event.deltaMode];
    if (!pixels) return;
    const times = Math.exp(Math.min(Math.max(pixels, -400), 400) * NOTCH * (event.ctrlKey ? 4 : 1));
    if (told.zoom(times, ...place(event))) event.preventDefault();
  };

  const pressed = (event) => {
    if (event.target !== keys || event.altKey || event.metaKey || event.ctrlKey) return;
    const far = event.shiftKey ? 0.5 : 0.1;
    const acts = {
      ArrowLeft: () => told.move(far * area.clientWidth, 0),
      ArrowRight: () => told.move(-far * area.clientWidth, 0),
      ArrowUp: () => told.move(0, far * area.clientHeight),
      ArrowDown: () => told.move(0, -far * area.clientHeight),
      "+": () => told.zoom(0.7),
      "=": () => told.zoom(0.7),
      "-": () => told.zoom(1 / 0.7),
      0: () => told.whole(),
      ".": () => told.step(1),
      ",": () => told.step(-1),
      Enter: () => told.enter(event),
      Escape: () => {
        held = null;
        told.escape();
      },
    };
    if (!acts[event.key]) return;
    event.preventDefault();
    acts[event.key]();
  };

  const still = () => {
    moved = false;
  };
  const left = () => {
    moved = false;
    if (!held) told.left();
  };
  const listened = [
    [area, "pointerdown", down],
    [area, "pointermove", go],
    [area, "pointerup", up],
    [area, "pointercancel", up],
    [area, "pointerleave", left],
    [area, "wheel", wheel, { passive: false }],
    [keys, "keydown", pressed],
    [window, "scroll", still, { capture: true, passive: true }],
  ];
  for (const [on, name, act, how] of listened) on.addEventListener(name, act, how);
  return () => {
    for (const [on, name, act, how] of listened) on.removeEventListener(name, act, how);
  };
}
