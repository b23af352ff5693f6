// What is said of a run, in words.

import { number, words } from "imlkit/values.js";

export const STATES = {
  running: ["●", "Running"],
  paused: ["‖", "Paused"],
  finished: ["✓", "Finished"],
  stopped: ["■", "Stopped"],
  failed: ["✕", "Failed"],
  interrupted: ["!", "Interrupted"],
};
const ASKED = { pause: "Pause asked…", resume: "Resume asked…", stop: "Stop asked…", rate: "Learning rate asked…" };

// Seconds, as people say them.
export function duration(seconds) {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(whole / 60);
  if (minutes < 1440) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return `${Math.floor(minutes / 1440)} d ${Math.floor((minutes % 1440) / 60)} h`;
}

// Milliseconds since 1970, at this browser's own place.
export function moment(milliseconds) {
  const at = new Date(milliseconds);
  const two = (part) => String(part).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}`;
}

// How large something is.
export function bytes(count) {
  const [size, unit] = count < 1e3 ? [count, "bytes"] : count < 1e6 ? [count / 1e3, "kB"] : count < 1e9 ? [count / 1e6, "MB"] : [count / 1e9, "GB"];
  return `${size.toLocaleString("en", { maximumSignificantDigits: 3 })} ${unit}`;
}

// What was asked of a run and what it answered; else what it said at its end.
export function remark(run, patience) {
  if (!run.wish) return run.message;
  const [kind, state, said] = run.wish;
  if (state === "asked") return ASKED[kind] ?? "Asked…";
  return state === "late" ? patience : said;
}

// A value in few digits.
export function brief(value) {
  return value === null ? "none" : words(value);
}

// A value with all its digits.
export function whole(value) {
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : number(value);
  return brief(value);
}

export function runs(count) {
  return `${count.toLocaleString("en")} ${count === 1 ? "run" : "runs"}`;
}
