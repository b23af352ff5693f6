// ES modules that come as texts: each is loaded once a page, however many views import it.

const IMPORT = /^((?:import|export)\s+(?:\{[\w$\s,]*\}|\*\s+as\s+[\w$]+|[\w$]+)\s+from\s+|import\s+)"([^"\\\n]+)"(;?)$/gm;
const LOADED = Symbol.for("imlkit modules");

// Resolves to the last of modules. texts: [[name, text], …], each after those that it imports by their names.
export function loaded(texts) {
  const addresses = (globalThis[LOADED] ??= new Map()); // of this page's modules, by their texts
  const named = new Map();
  let address;
  for (const [name, text] of texts) {
    const linked = text.replace(IMPORT, (line, what, path, end) => (named.has(path) ? `${what}"${named.get(path)}"${end}` : line));
    if (!addresses.has(linked)) addresses.set(linked, URL.createObjectURL(new Blob([linked], { type: "text/javascript" })));
    address = addresses.get(linked);
    named.set(name, address);
  }
  return import(address);
}
