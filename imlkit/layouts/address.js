// Keeps the part of the address after # and the model's `name` the same, whichever changes.
export function render({ model, view }) {
  const read = () => decodeURIComponent(window.location.hash.slice(1));
  const heard = () => { model.name_shown = read(); };
  const told = () => {
    if (model.name_shown !== read()) window.location.hash = model.name_shown;
  };
  window.addEventListener("hashchange", heard);
  model.on("name_shown", told);
  model.on("remove", () => window.removeEventListener("hashchange", heard));
  // What changes while the page is being built is lost: the address is told once it stands.
  const page = view.model.document;
  const begin = () => { if (read()) heard(); };
  if (page.is_idle) begin();
  else page.idle.connect(begin);
  const place = document.createElement("div");
  place.hidden = true;
  return place;
}
