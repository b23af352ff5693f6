// Elements of a page. Whatever a person or a file gave is set as text, never read as markup.

const SVG = "http://www.w3.org/2000/svg";

// make("button", { class: "icon", textContent: "×", onclick, "aria-label": "Close" }, child, "text", …)
export function make(tag, given = {}, ...children) {
  return fill(document.createElement(tag), given, children);
}

export function draw(tag, given = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), given, children);
}

function fill(element, given, children) {
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on") || name === "textContent" || name === "value") element[name] = value;
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

export function button(words, act, given = {}) {
  return make("button", { type: "button", textContent: words, onclick: act, ...given });
}

// Changes an attribute only where it differs: what reads pages aloud hears of no change that is none.
export function put(element, name, value) {
  const text = value === null || value === undefined || value === false ? null : value === true ? "" : String(value);
  if (element.getAttribute(name) === text) return;
  if (text === null) element.removeAttribute(name);
  else element.setAttribute(name, text);
}

export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
