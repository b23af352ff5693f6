// Tables whose numbers can be pressed. One number in each is a stop of the Tab key; the arrow keys
// lead to the others. Rows of a large table are filled when they come into sight.
const MANY = 60
const MODES = ["counts", "by true class", "by predicted class"]
const SAID = ["Counts", "Share of the true class (rows)", "Share of the predicted class (columns)"]

// Long names are cut in the middle: they often differ at their ends.
function shortened(label) {
  const signs = Array.from(label)
  return signs.length > 16 ? `${signs.slice(0, 7).join("")}…${signs.slice(-8).join("")}` : label
}

export function render({model}) {
  const make = (tag, parent, className = "", text = "") => {
    const element = document.createElement(tag)
    element.className = className
    element.textContent = text
    parent.append(element)
    return element
  }
  const frame = document.createElement("div")
  frame.className = "matrix"
  const choice = make("label", frame, "choice", "Numbers: ")
  const select = make("select", choice)
  MODES.forEach((mode, index) => {
    make("option", select, "", SAID[index]).value = mode
  })
  select.addEventListener("change", () => model.send_msg({shares: select.value}))
  make("p", frame, "legend",
    "Rows: the true class. Columns: what the model says. Bold on blue: right. Orange: wrong; " +
    "the stronger the colour, the larger the share. Press a number to see its instances.")
  const panels = make("div", frame, "panels")
  let tables = []

  const words = (cell) => cell[3 + MODES.indexOf(model.shares)]

  function nought(panel, row, column) {
    if (model.shares === "counts") {
      return "0"
    }
    const undefined_ = model.shares === "by true class" ? panel.absent.has(row) : panel.unsaid.has(column)
    return undefined_ ? "–" : "0 %"
  }

  function paint(td, table, cell) {
    const [row, column, count] = cell
    const {labels} = model.drawn
    const share = model.shares === "by predicted class" ? cell[7] : cell[6]
    const colour = row === column ? "0 114 178" : "213 94 0"
    td.className = row === column ? "right" : "wrong"
    td.style.background = `rgb(${colour} / ${(0.08 + 0.42 * Math.sqrt(share)).toFixed(3)})`
    const button = make("button", td, "", words(cell))
    button.type = "button"
    const said = row === column ? `true ${labels[row]}, recognised` :
      `true ${labels[row]}, taken for ${labels[column]}`
    button.setAttribute("aria-label", `${words(cell)}: ${said}${
      model.shares === "counts" ? "" : `, ${count} instances`}`)
    button.title = `${said}: ${cell[3]} (${cell[4]} of the true class, ${cell[5]} of the predicted one)`
    const [matrix, truth, predicted] = model.selected
    const pressed = matrix === table.index && truth === labels[row] && predicted === labels[column]
    button.setAttribute("aria-pressed", String(pressed))
    button.tabIndex = table.stop === cell ? 0 : -1
    button.addEventListener("click", () => {
      stopAt(table, cell)
      model.send_msg({cell: [table.index, labels[row], labels[column]]})
    })
    button.addEventListener("keydown", (event) => move(event, table, cell))
  }

  function fill(table, row) {
    const tr = table.rows[row]
    if (tr.filled) {
      return
    }
    tr.filled = true
    while (tr.children.length > 1) {
      tr.lastChild.remove()
    }
    const there = new Map((table.byRow.get(row) || []).map((cell) => [cell[1], cell]))
    model.drawn.labels.forEach((_, column) => {
      const td = make("td", tr)
      if (there.has(column)) {
        paint(td, table, there.get(column))
      } else {
        td.className = "zero"
        td.textContent = nought(table, row, column)
      }
    })
  }

  function clear(table, row) {
    const tr = table.rows[row]
    if (tr.filled === false || (table.stop && table.stop[0] === row)) {
      return
    }
    tr.filled = false
    while (tr.children.length > 1) {
      tr.lastChild.remove()
    }
    make("td", tr).colSpan = model.drawn.labels.length
  }

  function buttonOf(table, [row, column]) {
    fill(table, row)
    return table.rows[row].children[column + 1].firstElementChild
  }

  function stopAt(table, cell) {
    if (table.stop) {
      buttonOf(table, table.stop).tabIndex = -1
    }
    table.stop = cell
    buttonOf(table, cell).tabIndex = 0
  }

  function move(event, table, cell) {
    const {cells} = table
    const at = cells.indexOf(cell)
    const beyond = (rows) => {
      const found = rows.map((row) => table.byRow.get(row)).find((inRow) => inRow)
      return found && found.reduce((best, each) =>
        Math.abs(each[1] - cell[1]) < Math.abs(best[1] - cell[1]) ? each : best)
    }
    const rows = [...table.rows.keys()]
    const inRow = table.byRow.get(cell[0])
    const to = {
      ArrowRight: () => cells[at + 1],
      ArrowLeft: () => cells[at - 1],
      ArrowDown: () => beyond(rows.slice(cell[0] + 1)),
      ArrowUp: () => beyond(rows.slice(0, cell[0]).reverse()),
      Home: () => inRow[0],
      End: () => inRow[inRow.length - 1],
    }[event.key]
    if (to === undefined) {
      return
    }
    event.preventDefault()
    const next = to()
    if (next) {
      stopAt(table, next)
      buttonOf(table, next).focus()
    }
  }

  function build(panel, index, before) {
    const {labels} = model.drawn
    const place = make("section", panels, "panel")
    const heading = model.drawn.panels.length > 1 || panel.total === 0 ? panel.title : ""
    if (heading) {
      make("h3", place, "", heading)
    }
    place.setAttribute("aria-label", `${model.title}: ${panel.title}`)
    make("p", place, "note", panel.note)
    if (panel.total === 0) {
      place.classList.add("empty")
      return {index, cells: [], rows: [], byRow: new Map(), stop: null}
    }
    const scroll = make("div", place, "scroll")
    const table = make("table", scroll)
    table.setAttribute("role", "grid")
    table.setAttribute("aria-label", `${model.title} of ${panel.title}`)
    const longest = Math.max(...labels.map((label) => label.length))
    table.classList.toggle("long", longest > 4)
    const name = Math.min(12, Math.max(4.5, 1.5 + 0.6 * longest))
    table.style.setProperty("--name-width", `${name}em`)
    table.style.width = `${name + 3.4 * labels.length}em`
    const group = make("colgroup", table)
    make("col", group, "name")
    labels.forEach(() => make("col", group, "cell"))
    const head = make("tr", make("thead", table))
    make("th", head, "", "true ↓ said →").scope = "col"
    labels.forEach((label) => {
      const th = make("th", head)
      th.scope = "col"
      th.title = label
      th.setAttribute("aria-label", label)
      make("span", th, "", shortened(label))
    })
    const body = make("tbody", table)
    const made = {index, place: scroll, cells: panel.cells, byRow: new Map(), rows: [], stop: null,
      absent: new Set(panel.absent), unsaid: new Set(panel.unsaid)}
    panel.cells.forEach((cell) => {
      made.byRow.set(cell[0], [...(made.byRow.get(cell[0]) || []), cell])
    })
    const kept = before && before.at
    made.stop = (kept && panel.cells.find((cell) =>
      labels[cell[0]] === kept[0] && labels[cell[1]] === kept[1])) || panel.cells[0]
    labels.forEach((label) => {
      const tr = make("tr", body)
      const th = make("th", tr, "", shortened(label))
      th.setAttribute("aria-label", label)
      th.scope = "row"
      th.title = label
      made.rows.push(tr)
    })
    if (labels.length <= MANY) {
      labels.forEach((_, row) => fill(made, row))
    } else {
      labels.forEach((_, row) => clear(made, row))
      fill(made, made.stop[0])
      made.watch = new IntersectionObserver((entries) => {
        for (const {target, isIntersecting} of entries) {
          (isIntersecting ? fill : clear)(made, target.row)
        }
      }, {root: scroll, rootMargin: "300px"})
      made.rows.forEach((tr, row) => {
        tr.row = row
        made.watch.observe(tr)
      })
    }
    if (before) {
      scroll.scrollTo(before.left, before.top)
      if (before.focused) {
        buttonOf(made, made.stop).focus({preventScroll: true})
      }
    }
    return made
  }

  let labelsBefore = []
  function draw() {
    select.value = model.shares
    select.disabled = model.drawn.panels.every((panel) => panel.total === 0)
    // The page draws anew; where the person was in it stays.
    const before = tables.map(({place, stop, watch}) => {
      watch?.disconnect()
      return place && {
        left: place.scrollLeft, top: place.scrollTop, at: stop.slice(0, 2).map((n) => labelsBefore[n]),
        focused: place.contains(place.getRootNode().activeElement),
      }
    })
    panels.replaceChildren()
    tables = model.drawn.panels.map((panel, index) => build(panel, index, before[index]))
    labelsBefore = model.drawn.labels
  }

  model.on("drawn", draw)
  model.on("shares", draw)
  model.on("selected", draw)
  model.on("remove", () => tables.forEach(({watch}) => watch?.disconnect()))
  draw()
  return frame
}
