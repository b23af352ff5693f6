// A menu of the browser's cameras.
export function render({model}) {
  const label = document.createElement("label")
  const select = document.createElement("select")
  label.append("Camera", select)

  function show() {
    select.replaceChildren(...model.cameras.map(([id, text, chosen]) => new Option(text, id, chosen, chosen)))
    if (!model.cameras.some(([, , chosen]) => chosen)) select.selectedIndex = -1
  }

  select.addEventListener("change", () => model.send_msg({chosen: select.value}))
  model.on("cameras", show)
  show()
  return label
}
