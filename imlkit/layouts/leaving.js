// Leads the browser elsewhere once the model says where.
export function render({ model }) {
  const go = () => { if (model.address) window.location.replace(model.address); };
  model.on("address", go);
  go();
  const place = document.createElement("div");
  place.hidden = true;
  return place;
}
