// Draws at once what the person draws, tells Python, and shows the drawing that Python tells.

const STYLE = `
  .paper { position: relative; box-sizing: border-box; width: 100%; aspect-ratio: 1; background: #fff;
    border: 1px solid #767676; border-radius: 4px; overflow: hidden; }
  canvas { position: absolute; inset: 0; width: 100%; height: 100%; cursor: crosshair; touch-action: none;
    -webkit-user-select: none; user-select: none; -webkit-touch-callout: none; }
  .hint { position: absolute; inset: 0; display: grid; place-items: center; pointer-events: none;
    color: #6e6e6e; font: 16px sans-serif; -webkit-user-select: none; user-select: none; }
  .hint[hidden] { display: none; }`

// Points nearer to the last than this, in pixels of the drawing, add nothing to see.
const NEAR = 0.4

// The numbers of the longest stroke sent; a longer one is continued as another.
const LONGEST = 10000

export function render({model}) {
  const size = model.size
  const root = document.createElement("div")
  root.innerHTML = `<style>${STYLE}</style>
    <div class="paper"><canvas role="img"></canvas><span class="hint" aria-hidden="true">Draw here</span></div>`
  const canvas = root.querySelector("canvas")
  const hint = root.querySelector(".hint")
  const context = canvas.getContext("2d")

  let agreed = []  // the drawing as Python told it last
  let pending = []  // strokes of this canvas that Python has not listed yet
  let live = null  // the stroke under way
  let latest = 0  // the serial number of what Python told last
  let count = 0  // strokes begun here
  let timer = null
  let reported = 0

  const drawn = () => [...agreed, ...pending]

  // Draws a stroke from its point number `from` on.
  function ink({points, size: width}, from = 0) {
    context.lineWidth = width
    context.beginPath()
    if (points.length === 2) {
      context.arc(points[0], points[1], width / 2, 0, 2 * Math.PI)
      context.fill()
      return
    }
    context.moveTo(points[2 * from], points[2 * from + 1])
    for (let i = 2 * from + 2; i < points.length; i += 2) context.lineTo(points[i], points[i + 1])
    context.stroke()
  }

  function draw() {
    context.setTransform(1, 0, 0, 1, 0, 0)
    context.clearRect(0, 0, canvas.width, canvas.height)
    context.scale(canvas.width / size, canvas.height / size)
    context.lineCap = context.lineJoin = "round"
    context.strokeStyle = context.fillStyle = "#000"
    const strokes = drawn()
    for (const stroke of strokes) ink(stroke)
    describe(strokes.length)
  }

  function describe(n) {
    hint.hidden = n > 0
    const state = n === 0 ? "empty" : n === 1 ? "1 stroke" : `${n} strokes`
    canvas.setAttribute("aria-label", `${model.title}: ${state}`)
  }

  function fit() {
    const {width, height} = canvas.getBoundingClientRect()
    const density = window.devicePixelRatio || 1
    const [w, h] = [Math.max(1, Math.round(width * density)), Math.max(1, Math.round(height * density))]
    if (canvas.width !== w || canvas.height !== h) {
      canvas.width = w
      canvas.height = h
      draw()
    }
  }

  function report(end = false) {
    clearTimeout(timer)
    timer = null
    reported = performance.now()
    const points = live.points.slice(live.sent)
    live.sent = live.points.length
    model.send_msg({kind: "draw", key: live.key, size: live.size, points, end})
  }

  function reportSoon() {
    if (!model.interval || timer !== null) return
    const wait = reported + model.interval - performance.now()
    if (wait <= 0) report()
    else timer = setTimeout(report, wait)
  }

  function place(event) {
    const box = canvas.getBoundingClientRect()
    const at = (offset, side) => {
      const scaled = Math.round((offset / side) * size * 10) / 10
      return Math.min(2 * size, Math.max(-size, scaled))
    }
    return [at(event.clientX - box.left, box.width), at(event.clientY - box.top, box.height)]
  }

  function extend(event) {
    const from = live.points.length / 2 - 1
    const coalesced = event.getCoalescedEvents ? event.getCoalescedEvents() : []
    for (const each of coalesced.length ? coalesced : [event]) {
      const [x, y] = place(each)
      const [px, py] = live.points.slice(-2)
      if (Math.hypot(x - px, y - py) >= NEAR) live.points.push(x, y)
    }
    if (live.points.length / 2 - 1 > from) {
      ink(live, from)
      return true
    }
    return false
  }

  function drop() {
    clearTimeout(timer)
    timer = null
    live = null
  }

  function begin(pointer, width, points) {
    count += 1
    live = {name: `b${count}`, key: count, pointer, size: width, points, sent: 0}
    pending.push(live)
    ink(live)
    describe(drawn().length)
    reported = performance.now()
    reportSoon()
  }

  canvas.addEventListener("pointerdown", event => {
    if (live !== null || !event.isPrimary || event.button !== 0) return
    canvas.setPointerCapture(event.pointerId)
    begin(event.pointerId, model.pen, place(event))
  })
  canvas.addEventListener("pointermove", event => {
    if (live === null || event.pointerId !== live.pointer || !extend(event)) return
    if (live.points.length < LONGEST) {
      reportSoon()
    } else {
      const {pointer, size: width, points} = live
      report(true)
      begin(pointer, width, points.slice(-2))
    }
  })
  const finish = event => {
    if (live === null || event.pointerId !== live.pointer) return
    if (event.type === "pointerup") extend(event)
    report(true)
    live = null
    draw()
  }
  for (const type of ["pointerup", "pointercancel", "lostpointercapture"]) canvas.addEventListener(type, finish)
  canvas.addEventListener("contextmenu", event => {
    if (live !== null) event.preventDefault()
  })

  function show({serial, seen, strokes}) {
    if (serial < latest) return
    latest = serial
    const here = new Map(drawn().map(stroke => [stroke.name, stroke]))
    const told = []
    for (const [name, width, points] of strokes) {
      const stroke = points === undefined ? here.get(name) : {name, size: width, points}
      if (stroke === undefined) {
        drop()
        agreed = pending = []
        model.send_msg({kind: "sync"})
        return
      }
      told.push(stroke)
    }
    // What Python has seen and does not tell was taken back.
    if (live !== null && live.key <= seen && !told.includes(live)) drop()
    agreed = told
    pending = pending.filter(stroke => stroke.key > seen)
    draw()
  }

  model.on("msg:custom", show)
  const observer = new ResizeObserver(fit)
  observer.observe(canvas)
  model.on("lifecycle:remove", () => {
    observer.disconnect()
    if (live !== null) {
      report(true)
      drop()
    }
  })
  describe(0)
  model.send_msg({kind: "sync"})
  return root
}
