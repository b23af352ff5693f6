// Bars that are changed in place, so that an update costs little and is read out once.
export function render({model}) {
  const make = (tag, parent, className = "") => {
    const element = document.createElement(tag)
    element.className = className
    parent.append(element)
    return element
  }
  const chart = document.createElement("div")
  chart.className = "chart"
  const answer = make("div", chart, "answer")
  answer.setAttribute("role", "status")
  const label = make("span", answer, "label")
  const share = make("span", answer, "share")
  const version = make("span", answer, "version")
  const list = make("ul", chart)
  list.setAttribute("aria-label", "Confidence of each class")
  const rest = make("div", chart, "rest")
  const rows = []

  const put = (element, text) => {
    if (element.textContent !== text) {
      element.textContent = text
    }
  }

  function row(index) {
    if (rows[index] === undefined) {
      const item = make("li", list)
      const name = make("span", item, "name")
      const percent = make("span", item, "percent")
      const track = make("span", item, "track")
      track.setAttribute("aria-hidden", "true")
      rows[index] = {item, name, percent, bar: make("span", track, "bar")}
    }
    return rows[index]
  }

  function show() {
    const {message, bars} = model
    const words = message || "label" in bars === false
    answer.classList.toggle("message", words)
    put(label, words ? message : bars.label)
    put(share, words ? "" : bars.share)
    put(version, words ? "" : bars.version)
    put(rest, words ? "" : bars.rest)
    label.title = words ? "" : bars.label
    const shown = words ? [] : bars.rows
    list.hidden = shown.length === 0
    while (rows.length > shown.length) {
      rows.pop().item.remove()
    }
    shown.forEach(([text, percent, width, best], index) => {
      const {item, name, percent: number, bar} = row(index)
      put(name, text)
      name.title = text
      put(number, percent)
      bar.style.width = `${width}%`
      item.classList.toggle("best", best)
    })
  }

  model.on("bars", show)
  model.on("message", show)
  show()
  return chart
}
