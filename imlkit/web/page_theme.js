// Light or dark: as the person's system is, until they choose.

import { make, put, say } from "./elements.js";

const KEPT = "imlkit-theme";

export function themeButton() {
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const root = document.documentElement;
  let chosen = kept();
  const button = make("button", { type: "button", class: "page-theme" });
  const apply = () => {
    const dark = chosen === null ? system.matches : chosen === "dark";
    root.dataset.theme = dark ? "dark" : "light";
    say(button, dark ? "Light" : "Dark");
    put(button, "aria-label", dark ? "Show the page light" : "Show the page dark");
  };
  button.onclick = () => {
    chosen = root.dataset.theme === "dark" ? "light" : "dark";
    keep(chosen);
    apply();
  };
  system.addEventListener("change", apply);
  apply();
  return button;
}

// Pages opened as files may have no place to keep things in.
function kept() {
  try {
    const found = window.localStorage.getItem(KEPT);
    return found === "dark" || found === "light" ? found : null;
  } catch {
    return null;
  }
}

function keep(theme) {
  try {
    window.localStorage.setItem(KEPT, theme);
  } catch {
    return;
  }
}
