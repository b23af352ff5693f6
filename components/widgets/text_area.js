// A field for several lines. It tells what was typed when the person pauses, leaves the field or the page.
const PAUSE = 600 // milliseconds
const NEAR = 200 // characters left from which on it says how many

export function render({ model }) {
  const asked = document.createElement("div")
  const label = document.createElement("label")
  const field = document.createElement("textarea")
  const left = document.createElement("p")
  asked.className = "asked"
  field.id = "field"
  field.rows = 4
  field.maxLength = model.longest
  field.placeholder = model.placeholder
  field.required = model.required
  label.htmlFor = field.id
  label.textContent = model.title
  const note = document.createElement("span")
  note.className = "note"
  note.textContent = model.required ? " (required)" : " (may be left out)"
  label.append(note)
  left.className = "left"
  left.setAttribute("role", "status")

  let told = model.text
  let pause
  field.value = model.text

  function count() {
    const rest = model.longest - field.value.length
    left.textContent = rest <= Math.min(NEAR, model.longest / 4) ? `${rest} characters left` : ""
  }

  function tell() {
    clearTimeout(pause)
    if (field.value !== told) {
      told = field.value
      model.send_msg({ text: told })
    }
  }

  field.addEventListener("input", () => {
    clearTimeout(pause)
    pause = setTimeout(tell, PAUSE)
    count()
  })
  field.addEventListener("blur", tell)
  window.addEventListener("pagehide", tell)
  model.on("text", () => {
    if (field.matches(":focus") || field.value !== told) return
    told = model.text
    field.value = told
    count()
  })
  model.on("remove", () => {
    clearTimeout(pause)
    window.removeEventListener("pagehide", tell)
  })

  count()
  asked.append(label, field, left)
  return asked
}
