// Keeps the state in the page's address as the model has it, without a reload.
const NAME = "state";

export function render({ model }) {
  const tell = () => {
    const url = new URL(window.location.href);
    const given = new URLSearchParams(model.address_part).get(NAME);
    if (given === url.searchParams.get(NAME)) return;
    // Other parts of the address stay as they were written.
    const others = url.search.slice(1).split("&").filter((part) => part && part.split("=")[0] !== NAME);
    url.search = [...others, ...(given === null ? [] : [model.address_part])].join("&");
    try {
      window.history.replaceState(window.history.state, "", url);
    } catch {
      // Some browsers let a page change its address only so often: the next change does it.
    }
  };
  // A link to another part of this page names its path alone: followed as it is, it would load the
  // page anew, without the state.
  const followed = (event) => {
    if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const link = event.composedPath().find((node) => node instanceof HTMLAnchorElement && node.href);
    if (!link || (link.target && link.target !== "_self") || link.hasAttribute("download")) return;
    const to = new URL(link.href);
    const here = window.location;
    if (to.origin !== here.origin || to.pathname !== here.pathname || to.search || !to.hash || !here.search) return;
    event.preventDefault();
    here.hash = to.hash;
  };
  model.on("address_part", tell);
  document.addEventListener("click", followed);
  model.on("remove", () => document.removeEventListener("click", followed));
  tell();
  const place = document.createElement("div");
  place.hidden = true;
  return place;
}
