// The columns of an exported page, from its own files or from within it.

import { refuse } from "./page_errors.js";

const arrived = new Map();

// Files call this: pages that were opened by a double click may run scripts but read no files.
globalThis.imlkitColumn = (name, held) => arrived.set(name, held);

// What a column's script holds.
export function fromFile(name, path) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    const done = () => {
      script.remove();
      const held = arrived.get(name);
      arrived.delete(name);
      if (held) resolve(held);
      else reject(lost(path));
    };
    script.async = true;
    script.onload = done;
    script.onerror = done;
    script.src = path;
    document.head.append(script);
  });
}

// What an element of the page holds.
export async function fromPage(name) {
  const element = document.getElementById(name);
  if (!element) refuse("This page is damaged: a part of the table is missing. Export it again.");
  const held = JSON.parse(element.textContent);
  element.remove();
  return held;
}

function lost(path) {
  return new Error(`“${path}” is missing or damaged: copy the page's folder again, with all that is in it.`);
}
