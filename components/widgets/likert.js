// The browser's own radio buttons: one group, to be worked by arrow keys, touch and screen reader.
export function render({ model }) {
  const group = document.createElement("fieldset")
  const statement = document.createElement("legend")
  const row = document.createElement("div")
  const back = document.createElement("button")
  group.setAttribute("role", "radiogroup")
  if (model.required) group.setAttribute("aria-required", "true")
  statement.textContent = model.statement
  const note = document.createElement("span")
  note.className = "note"
  note.textContent = model.required ? " (required)" : " (may be left out)"
  statement.append(note)
  row.className = "levels"
  row.style.setProperty("--count", model.levels.length)

  const radios = model.levels.map((words, index) => {
    const label = document.createElement("label")
    const radio = document.createElement("input")
    const text = document.createElement("span")
    radio.type = "radio"
    radio.name = "level"
    radio.value = String(index + 1)
    text.textContent = words
    label.append(radio, text)
    row.append(label)
    radio.addEventListener("change", () => choose(index + 1))
    return radio
  })

  back.type = "button"
  back.textContent = "Take my answer back"
  back.addEventListener("click", () => {
    choose(0)
    radios[0].focus()
  })

  function show(value) {
    radios.forEach((radio, index) => { radio.checked = index + 1 === value })
    back.hidden = model.required || value === 0
  }

  function choose(value) {
    show(value)
    model.send_msg({ chosen: value })
  }

  model.on("value", () => show(model.value))
  show(model.value)
  group.append(statement, row, back)
  return group
}
