// The title of a wizard's step. When the step changes it takes the focus: a screen reader says where
// one is, and Tab goes on from there.
export function render({ model }) {
  const place = document.createElement("p");
  const title = document.createElement("h2");
  title.tabIndex = -1;
  place.style.cssText = "margin: 0; font-size: 0.875rem; opacity: 0.8";
  title.style.cssText = "margin: 0; font-size: 1.5rem; font-weight: 600; outline: none";
  const box = document.createElement("div");
  box.append(place, title);
  const tell = () => {
    place.textContent = model.place;
    title.textContent = model.words;
  };
  model.on("words", tell);
  model.on("place", tell);
  model.on("moves", () => {
    tell();
    title.focus({ preventScroll: true });
    box.scrollIntoView({ block: "nearest" });
  });
  tell();
  return box;
}
