// The browser's own menu: it works by keyboard, touch and screen reader.
export function render({model}) {
  const frame = document.createElement("fieldset")
  const legend = document.createElement("legend")
  const select = document.createElement("select")
  frame.append(legend, select)
  legend.textContent = model.label
  legend.title = model.label
  select.setAttribute("aria-label", model.label)

  function option(text, value) {
    const element = document.createElement("option")
    element.textContent = text
    element.value = value
    return element
  }

  function show() {
    const {options, chosen} = model.menu
    const nothing = option(options.length ? "Choose…" : "Nothing to choose from yet", "")
    nothing.disabled = true
    nothing.hidden = options.length > 0
    select.replaceChildren(nothing, ...options.map((text) => option(text, text)))
    select.selectedIndex = chosen + 1
    select.disabled = options.length === 0
  }

  select.addEventListener("change", () => model.send_msg({chosen: select.value}))
  model.on("menu", show)
  show()
  return frame
}
