// A button that is held with pointer or keyboard. While anything goes on, it says so to Python
// again and again: what it does not hear of for a while, Python takes for let go of.

const BEAT = 400 // milliseconds

function make(tag, className, parent) {
  const element = document.createElement(tag)
  element.className = className
  parent.append(element)
  return element
}

const seconds = (number) => `${number} s`

class Pad {
  held = new Set() // the pointers and keys that hold it
  press = 0 // counts presses, so that what is late is not taken for what is now
  turn = false // whether this view pressed for what goes on by itself

  constructor(model) {
    this.model = model
    this.root = document.createElement("div")
    this.root.className = "pad"
    this.button = make("button", "", this.root)
    this.button.type = "button"
    this.bar = make("span", "bar", this.button)
    this.bar.hidden = true
    const face = make("span", "face", this.button)
    this.mark = make("span", "mark", face)
    this.number = make("span", "number", face)
    this.number.setAttribute("aria-hidden", "true")
    this.text = make("span", "text", face)
    this.state = make("span", "state", this.button)
    this.state.setAttribute("aria-hidden", "true")
    this.widest = make("span", "widest", this.state) // keeps the button as wide as it will be
    this.words = make("span", "", this.state)
    this.spoken = make("span", "spoken", this.root)
    this.spoken.setAttribute("aria-live", "assertive")
    this.listen()
    for (const name of ["text", "disabled", "held", "by_itself", "counting", "countdown"]) {
      model.on(name, () => this.show())
    }
    this.show()
  }

  listen() {
    const { button } = this
    button.addEventListener("pointerdown", (event) => this.pointed(event))
    for (const name of ["pointerup", "pointercancel", "lostpointercapture"]) {
      button.addEventListener(name, (event) => this.letGo(`pointer ${event.pointerId}`))
    }
    button.addEventListener("pointermove", (event) => {
      const { clientX: x, clientY: y } = event
      const outside = x < 0 || y < 0 || x >= innerWidth || y >= innerHeight
      if (outside || event.buttons === 0) this.letGo(`pointer ${event.pointerId}`)
    })
    button.addEventListener("click", (event) => this.clicked(event))
    button.addEventListener("keydown", (event) => this.keyed(event, true))
    button.addEventListener("keyup", (event) => this.keyed(event, false))
    button.addEventListener("blur", () => this.letGoOf((one) => one.startsWith("key")))
    // A long press neither opens a menu nor marks text; the button's own tap comes from its pointer.
    button.addEventListener("contextmenu", (event) => event.preventDefault())
    this.root.addEventListener("selectstart", (event) => event.preventDefault())
    button.addEventListener("touchstart", (event) => this.turns || event.preventDefault(), { passive: false })
    this.outside = new AbortController()
    const { signal } = this.outside
    window.addEventListener("blur", () => this.letGoOf(() => true), { signal })
    window.addEventListener("pagehide", () => this.leave(), { signal })
    document.addEventListener("visibilitychange", () => document.hidden && this.leave(), { signal })
  }

  // Whether one press does all, and nothing is held.
  get turns() {
    return this.model.countdown > 0 || this.model.by_itself
  }

  pointed(event) {
    if (event.button !== 0 || this.turns || this.model.disabled) return
    this.button.setPointerCapture(event.pointerId)
    this.hold(`pointer ${event.pointerId}`)
  }

  // Keys and pointers are seen to elsewhere; what only clicks has no way to hold.
  clicked(event) {
    if (this.model.disabled) return
    if (this.turns) this.start()
    else if (event.detail === 0) {
      if (this.held.has("click")) this.letGo("click")
      else this.hold("click")
    }
  }

  keyed(event, down) {
    if (event.key !== " " && event.key !== "Enter") return
    event.preventDefault() // Space must not scroll, and neither must click
    const cause = `key ${event.key}`
    if (!down) this.letGo(cause)
    else if (!event.repeat && !this.model.disabled) {
      if (this.turns) this.start()
      else this.hold(cause)
    }
  }

  hold(cause) {
    this.held.add(cause)
    if (this.held.size === 1) {
      this.press += 1
      this.send("press")
      this.beat()
    }
  }

  letGo(cause) {
    if (this.held.delete(cause) && this.held.size === 0) {
      this.send("release")
      this.beat()
    }
  }

  letGoOf(which) {
    for (const cause of [...this.held].filter(which)) this.letGo(cause)
  }

  start() {
    this.press += 1
    this.turn = !this.model.by_itself
    this.send("press")
    this.beat()
  }

  send(kind) {
    this.model.send_msg({ kind, press: this.press })
  }

  beat() {
    const on = this.held.size > 0 || this.turn
    if (on && !this.beats) this.beats = setInterval(() => this.send("still"), BEAT)
    else if (!on) this.beats = clearInterval(this.beats)
  }

  leave() {
    this.held.clear()
    this.turn = false
    this.beat()
    this.model.send_msg({ kind: "left" })
  }

  show() {
    const { model, button } = this
    const { text, disabled, held, by_itself, counting, countdown } = model
    if (disabled || (this.went && !by_itself)) {
      this.turn = false
      this.beat()
    }
    this.went = by_itself
    if (disabled && this.held.size > 0) {
      this.held.clear()
      this.beat()
    }
    this.root.classList.toggle("turns", countdown > 0)
    this.root.classList.toggle("running", by_itself && held)
    this.root.style.setProperty("--seconds", `${model.seconds}s`)
    button.disabled = disabled
    button.setAttribute("aria-pressed", held)
    button.classList.toggle("on", held)
    button.classList.toggle("busy", by_itself)
    this.bar.hidden = !(by_itself && held)
    this.mark.hidden = counting > 0
    this.number.hidden = counting === 0
    this.number.textContent = counting || ""
    this.text.textContent = text
    const idle = countdown
      ? `Press once: ${seconds(countdown)} to get ready, then ${seconds(model.seconds)}` : ""
    this.widest.textContent = idle
    this.words.textContent = by_itself ? `Press again to ${held ? "stop" : "cancel"}` : idle
    this.state.hidden = !(by_itself || idle)
    this.say(counting > 0 ? String(counting) : held ? "On" : this.began ? "Off" : "")
  }

  say(words) {
    if (words) this.began = true
    if (this.spoken.textContent !== words) this.spoken.textContent = words
  }

  stop() {
    this.outside.abort()
    this.leave()
  }
}

export function render({ model }) {
  const pad = new Pad(model)
  model.on("lifecycle:remove", () => pad.stop())
  return pad.root
}
