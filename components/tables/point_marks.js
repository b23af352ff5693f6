// How points are drawn: as little shapes, and as squares where they are very many.

import { CLASSES, viridisOf } from "imlkit/colors.js";

const SHAPED = 20_000; // points that get shapes; more are squares
export const PLAIN = "#0072b2";
const OTHERS = "#999999";
const CHOSEN = "#e69f00";

const SHAPES = [
  (pen, r) => pen.arc(0, 0, r, 0, 2 * Math.PI),
  (pen, r) => pen.rect(-r * 0.9, -r * 0.9, r * 1.8, r * 1.8),
  (pen, r) => corners(pen, [[0, -r * 1.25], [r * 1.15, r * 0.85], [-r * 1.15, r * 0.85]]),
  (pen, r) => corners(pen, [[0, -r * 1.35], [r * 1.35, 0], [0, r * 1.35], [-r * 1.35, 0]]),
  (pen, r) => corners(pen, [[0, r * 1.25], [r * 1.15, -r * 0.85], [-r * 1.15, -r * 0.85]]),
  (pen, r) => corners(pen, cross(r * 1.25, r * 0.45)),
  (pen, r) => corners(pen, cross(r * 1.25, r * 0.45).map(([x, y]) => [(x - y) * 0.7071, (x + y) * 0.7071])),
  (pen, r) => corners(pen, Array.from({ length: 10 }, (_, n) => star(n, r * 1.45))),
  (pen, r) => pen.rect(-r * 1.1, -r * 0.35, r * 2.2, r * 0.7),
];
export const LINE = SHAPES.length - 1; // of rows that have none of the values shown

function corners(pen, places) {
  places.forEach(([x, y], n) => (n ? pen.lineTo(x, y) : pen.moveTo(x, y)));
  pen.closePath();
}

function cross(long, short) {
  const arm = [[short, -long], [short, -short], [long, -short], [long, short], [short, short], [short, long]];
  return [...arm, ...arm.map(([x, y]) => [-x, -y])];
}

function star(n, r) {
  const far = n % 2 ? r * 0.45 : r;
  const angle = (n / 10) * 2 * Math.PI - Math.PI / 2;
  return [far * Math.cos(angle), far * Math.sin(angle)];
}

// What the bars of a chart look like: [{color, shape}].
export function looks(chart) {
  if (!chart) return [{ color: PLAIN, shape: 0 }];
  const usual = chart.edges ? Math.max(chart.edges.length - 1, 0) : chart.values.length;
  const shade = (n) => `rgb(${viridisOf(usual > 1 ? 0.05 + (0.9 * n) / (usual - 1) : 0.5).join(" ")})`;
  const own = Array.from({ length: usual }, (_, n) => (chart.edges ? { color: shade(n), shape: 0 } : { color: CLASSES[n % CLASSES.length], shape: (n + Math.floor(n / CLASSES.length)) % LINE }));
  return [...own, ...chart.specials.map(() => ({ color: OTHERS, shape: LINE }))];
}

// A small picture of what points look like, for a legend.
export function key({ color, shape }, size = 14) {
  const canvas = document.createElement("canvas");
  const ratio = globalThis.devicePixelRatio || 1;
  Object.assign(canvas, { width: size * ratio, height: size * ratio });
  Object.assign(canvas.style, { width: `${size}px`, height: `${size}px` });
  const pen = canvas.getContext("2d");
  pen.setTransform(ratio, 0, 0, ratio, (size / 2) * ratio, (size / 2) * ratio);
  pen.fillStyle = color;
  pen.beginPath();
  SHAPES[shape](pen, size / 3);
  pen.fill();
  return canvas;
}

// Draws points into a canvas. points: {x, y, color}; faint: whether others are to stand out.
export function drawPoints(pen, view, { x, y, color }, kinds, ratio, faint) {
  const seen = countWithin(view.box, x, y);
  const many = seen > SHAPED;
  const radius = many ? 1.25 : seen > 3_000 ? 2.5 : 3.5;
  const order = byKind(color, x.length, kinds.length);
  pen.globalAlpha = (many ? 0.55 : seen > 3_000 ? 0.7 : 0.85) * (faint ? 0.4 : 1);
  for (const [kind, members] of order) {
    const { color: fill, shape } = kinds[kind] ?? { color: OTHERS, shape: LINE };
    if (many) squares(pen, view, x, y, members, fill, radius);
    else stamps(pen, view, x, y, members, sprite(fill, shape, radius, ratio), ratio);
  }
  pen.globalAlpha = 1;
}

// How many points are in a box.
export function countWithin([x0, x1, y0, y1], x, y) {
  let found = 0;
  for (let n = 0; n < x.length; n += 1) if (x[n] >= x0 && x[n] <= x1 && y[n] >= y0 && y[n] <= y1) found += 1;
  return found;
}

function byKind(color, length, count) {
  if (!color) return [[0, Uint32Array.from({ length }, (_, n) => n)]];
  const groups = Array.from({ length: count + 1 }, () => []);
  for (let n = 0; n < length; n += 1) groups[color[n] ?? count].push(n);
  // Those of none are drawn first, beneath the others.
  const kinds = groups.map((members, kind) => [kind, members]);
  return [kinds[count], ...kinds.slice(0, count)].filter(([, members]) => members.length);
}

function squares(pen, view, x, y, members, fill, r) {
  const [x0, x1, y0, y1] = view.box;
  const [toX, toY] = [view.width / (x1 - x0), view.height / (y1 - y0)];
  pen.fillStyle = fill;
  for (const n of members) {
    const px = (x[n] - x0) * toX;
    const py = view.height - (y[n] - y0) * toY;
    if (px > -r && py > -r && px < view.width + r && py < view.height + r) pen.fillRect(px - r, py - r, 2 * r, 2 * r);
  }
}

function stamps(pen, view, x, y, members, stamp, ratio) {
  const [x0, x1, y0, y1] = view.box;
  const [toX, toY] = [view.width / (x1 - x0), view.height / (y1 - y0)];
  const size = stamp.width / ratio;
  for (const n of members) {
    const px = (x[n] - x0) * toX;
    const py = view.height - (y[n] - y0) * toY;
    if (px > -size && py > -size && px < view.width + size && py < view.height + size) pen.drawImage(stamp, px - size / 2, py - size / 2, size, size);
  }
}

function sprite(fill, shape, radius, ratio) {
  const size = Math.ceil((radius * 1.5 + 1) * 2 * ratio);
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: size, height: size });
  const pen = canvas.getContext("2d");
  pen.setTransform(ratio, 0, 0, ratio, size / 2, size / 2);
  pen.fillStyle = fill;
  pen.beginPath();
  SHAPES[shape](pen, radius);
  pen.fill();
  return canvas;
}

// Selected points, on top of all others; those side by side share a ring.
export function drawChosen(pen, view, points) {
  const [x0, x1, y0, y1] = view.box;
  const seen = points.filter(([x, y]) => x >= x0 && x <= x1 && y >= y0 && y <= y1).map(([x, y]) => [view.x(x), view.y(y)]);
  const radius = seen.length > 5_000 ? 1.5 : seen.length > 300 ? 2.5 : 4;
  const layers = [[radius + 2, "#ffffff"], [radius + 1.25, "#111111"], [radius, CHOSEN]];
  for (const [r, fill] of layers) {
    pen.fillStyle = fill;
    if (seen.length > 5_000) for (const [px, py] of seen) pen.fillRect(px - r, py - r, 2 * r, 2 * r);
    else {
      pen.beginPath();
      for (const [px, py] of seen) {
        pen.moveTo(px + r, py);
        pen.arc(px, py, r, 0, 2 * Math.PI);
      }
      pen.fill();
    }
  }
}

// Rings in dark and light stand out on any ground, whoever looks at them.
export function drawPointed(pen, view, [x, y]) {
  const [px, py] = [view.x(x), view.y(y)];
  for (const [width, color] of [[5, "#ffffff"], [2.5, "#111111"]]) {
    pen.beginPath();
    pen.arc(px, py, 9, 0, 2 * Math.PI);
    pen.lineWidth = width;
    pen.strokeStyle = color;
    pen.stroke();
  }
}

// A picture of how many rows are in each cell, one pixel a cell; the most that one holds.
export function densityPicture(density, [across, up]) {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: across, height: up });
  const pen = canvas.getContext("2d");
  const picture = pen.createImageData(across, up);
  let most = 1;
  for (const rows of density) if (rows > most) most = rows;
  for (let j = 0; j < up; j += 1) {
    for (let i = 0; i < across; i += 1) {
      const rows = density[j * across + i];
      if (rows > 0) picture.data.set([...viridisOf(share(rows, most)), 255], ((up - 1 - j) * across + i) * 4);
    }
  }
  pen.putImageData(picture, 0, 0);
  return { canvas, most };
}

// By the logarithm: one row beside a million is still told from none.
const share = (rows, most) => (most > 1 ? Math.log(rows) / Math.log(most) : 1);
