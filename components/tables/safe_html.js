// HTML that was sanitised already, taken apart and built anew from what is allowed: a second wall.

import { make } from "imlkit/elements.js";

const TAGS = new Set([
  ..."a b blockquote br code dd del details dl dt em h1 h2 h3 h4 h5 h6 hr i img kbd li ol p pre s strong".split(" "),
  ..."sub summary sup table tbody td th thead tr ul".split(" "),
]);
const SIDES = new Set(["left", "right", "center"]);
const DEEPEST = 100; // elements in one another

// A fragment. What is not allowed is left out, with all that is in it.
export function safe(html) {
  // Scripts of a document that is only parsed do not run, and nothing of it is fetched.
  const parsed = new DOMParser().parseFromString(html, "text/html");
  const fragment = document.createDocumentFragment();
  take(parsed.body, fragment, 0);
  return fragment;
}

function take(from, to, depth) {
  for (const node of from.childNodes) {
    if (node.nodeType === Node.TEXT_NODE) to.append(node.data);
    else if (node.nodeType === Node.ELEMENT_NODE) {
      const made = element(node);
      if (!made) continue;
      to.append(made);
      if (depth < DEEPEST) take(node, made, depth + 1);
      else made.append(node.textContent);
    }
  }
}

function element(node) {
  const name = node.localName;
  if (!TAGS.has(name) || node.namespaceURI !== "http://www.w3.org/1999/xhtml") return null;
  if (name === "img") return image(node);
  const made = document.createElement(name);
  if (name === "a") lead(node, made);
  if (name === "ol" && /^-?\d{1,9}$/.test(node.getAttribute("start") ?? "")) made.start = Number(node.getAttribute("start"));
  if (SIDES.has(node.getAttribute("align")) && (name === "td" || name === "th")) made.style.textAlign = node.getAttribute("align");
  if (name === "pre") made.tabIndex = 0; // long lines are scrolled by keyboard
  return made;
}

function address(node, attribute, protocols) {
  const said = node.getAttribute(attribute);
  if (said === null) return null;
  try {
    const url = new URL(said, document.baseURI);
    return protocols.includes(url.protocol) ? url : null;
  } catch {
    return null;
  }
}

function neighbours() {
  return window.location.protocol === "file:" ? ["http:", "https:", "file:"] : ["http:", "https:"];
}

function lead(node, made, attribute = "href") {
  const url = address(node, attribute, [...neighbours(), "mailto:"]);
  // A file of another machine is no neighbour.
  if (!url || (url.protocol === "file:" && url.host)) return made;
  made.href = url.href;
  made.target = "_blank";
  made.rel = "noopener noreferrer";
  made.referrerPolicy = "no-referrer";
  const title = node.getAttribute("title");
  if (title) made.title = title;
  return made;
}

function image(node) {
  const words = node.getAttribute("alt") || "image";
  const url = address(node, "src", neighbours());
  if (!url || (url.protocol === "file:" && url.host)) return make("span", { class: "quiet", textContent: `[${words}]` });
  // What cannot be fetched from here can still be opened by whoever wants it.
  const open = () => lead(node, make("a", { textContent: `[${words}: open it]` }), "src");
  const show = () => make("img", { src: url.href, alt: node.getAttribute("alt") ?? "", title: node.getAttribute("title"), loading: "lazy", referrerpolicy: "no-referrer", onerror: (event) => event.target.replaceWith(open()) });
  if (url.protocol === "file:" || url.origin === window.location.origin) return show();
  // Fetching it tells another server who reads this page, and when.
  const ask = make("button", { type: "button", class: "foreign", textContent: `Show “${words}” from ${url.host}` });
  ask.onclick = (event) => {
    event.preventDefault();
    event.stopPropagation();
    ask.replaceWith(show());
  };
  return ask;
}
