// Colours that colour-blind people tell apart.

// A few colours of viridis, from dark to light (van der Walt and Smith, 2015).
const VIRIDIS = [
  [68, 1, 84],
  [71, 44, 122],
  [59, 81, 139],
  [44, 113, 142],
  [33, 144, 141],
  [39, 173, 129],
  [92, 200, 99],
  [170, 220, 50],
  [253, 231, 37],
];

// Okabe and Ito's, without black and yellow: they vanish on one of the two grounds.
export const CLASSES = ["#0072b2", "#e69f00", "#009e73", "#d55e00", "#cc79a7", "#56b4e9", "#8a6d00", "#777777"];

// The colour of a share from 0 to 1.
export function viridis(share) {
  return `rgb(${viridisOf(share).join(" ")})`;
}

export function viridisOf(share) {
  const at = Math.min(Math.max(share, 0), 1) * (VIRIDIS.length - 1);
  const low = Math.min(Math.floor(at), VIRIDIS.length - 2);
  return VIRIDIS[low].map((part, n) => Math.round(part + (VIRIDIS[low + 1][n] - part) * (at - low)));
}

// All of them, as a background.
export function ramp() {
  const steps = Array.from({ length: 9 }, (_, n) => viridis(n / 8));
  return `linear-gradient(to right, ${steps.join(", ")})`;
}
