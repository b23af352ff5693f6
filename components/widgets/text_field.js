// A field that answers for what its person types: a text from the program fills it only if the
// program had seen every keystroke when it sent the text.
export function render({model}) {
  const frame = document.createElement("fieldset")
  const legend = document.createElement("legend")
  const input = document.createElement("input")
  const suggestion = document.createElement("button")
  frame.append(legend, input)
  legend.hidden = !model.label
  legend.textContent = model.label
  legend.title = model.label
  input.setAttribute("aria-label", model.label || model.placeholder || "Text")
  input.placeholder = model.placeholder
  input.autocomplete = "off"
  input.enterKeyHint = "done"
  suggestion.type = "button"

  let typed = model.fill.seen
  let filled = model.fill.number
  let composing = false
  let typing = false
  input.value = model.fill.text

  function suggest() {
    const offered = model.offered
    suggestion.hidden = !offered || offered === input.value
    suggestion.textContent = `Suggested: ${offered}`
    suggestion.title = `Use the suggestion ${offered}`
  }

  function say(kind) {
    typed += 1
    typing = kind === "typed"
    model.send_msg({kind, text: input.value, typed, filled})
    suggest()
  }

  function leave() {
    if (typing) {
      typing = false
      model.send_msg({kind: "left"})
    }
  }

  // A canvas may keep the focus from moving to it; the person has turned to it all the same.
  function elsewhere(event) {
    if (!input.isConnected) {
      document.removeEventListener("pointerdown", elsewhere, true)
    } else if (!event.composedPath().includes(input)) {
      leave()
    }
  }

  input.addEventListener("input", () => say("typed"))
  input.addEventListener("compositionstart", () => { composing = true })
  input.addEventListener("compositionend", () => { composing = false })
  input.addEventListener("blur", leave)
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.isComposing) {
      leave()
    }
  })
  suggestion.addEventListener("click", () => {
    input.value = model.offered
    say("taken")
    input.focus()
  })
  document.addEventListener("pointerdown", elsewhere, true)

  model.on("fill", () => {
    const {text, number, seen} = model.fill
    if (number <= filled || seen < typed || composing) {
      return
    }
    filled = number
    input.value = text
    if (text && input.matches(":focus")) {
      input.select()
    }
    suggest()
  })
  model.on("offered", suggest)
  model.on("remove", () => document.removeEventListener("pointerdown", elsewhere, true))

  suggest()
  const field = document.createElement("div")
  field.className = "field"
  field.append(frame, suggestion)
  return field
}
