// Shows the browser's camera and sends its frames, the next when Python has taken the last.

// The cameras that are shown on this page, by key: however many views, each is opened once.
const cameras = (globalThis[Symbol.for("imlkit.cameras")] ??= new Map())

// After so many milliseconds without an answer a frame is held to be lost, with the connection.
const PATIENCE = 10000

const WAITING = "Waiting for the camera.\nIf the browser asks, allow it."
const SILENT = "The app does not answer, so the camera was switched off.\nReload the page."

class Camera {
  views = new Set()
  stream = null
  opening = false
  silent = false  // whether Python stopped answering
  id = ""  // the camera that was asked for, once it runs that which runs
  turn = 0  // counts openings and closings, so that one that took long knows it came too late
  sent = 0
  sender = null  // the view that waits for the answer to a frame
  due = 0
  canvas = document.createElement("canvas")
  tick = () => this.schedule()
  list = () => this.tellCameras()

  join(view) {
    if (this.views.size === 0) {
      document.addEventListener("visibilitychange", this.tick)
      navigator.mediaDevices?.addEventListener("devicechange", this.list)
    }
    this.views.add(view)
    view.show(this)
    this.switch(view.model.active, view.model.camera)
  }

  leave(view) {
    this.views.delete(view)
    view.video.srcObject = null
    if (this.sender === view) this.answered()
    if (this.views.size > 0) return
    this.close()
    document.removeEventListener("visibilitychange", this.tick)
    navigator.mediaDevices?.removeEventListener("devicechange", this.list)
  }

  tell(message) {
    const [view] = this.views
    view?.model.send_msg(message)
  }

  show() {
    for (const view of this.views) view.show(this)
  }

  switch(active, id) {
    if (!active) this.close()
    else if (!(this.stream || this.opening) || (id !== "" && id !== this.id)) this.open(id)
  }

  close() {
    this.turn += 1
    clearTimeout(this.timer)
    stop(this.stream)
    this.stream = null
    this.opening = false
    this.answered()
    this.show()
  }

  fail(why) {
    this.close()
    this.tell({kind: "failed", why})
  }

  async open(asked) {
    this.close()
    if (!navigator.mediaDevices?.getUserMedia) return this.fail("insecure")
    const turn = this.turn
    const {across, down} = [...this.views][0].model
    this.opening = true
    this.silent = false
    this.id = asked
    this.show()
    let stream
    try {
      stream = await navigator.mediaDevices.getUserMedia({
        audio: false,
        video: {
          ...(asked ? {deviceId: {exact: asked}} : {facingMode: {ideal: "user"}}),
          ...(across ? {width: {ideal: Math.max(640, across)}, height: {ideal: Math.max(480, down)}} : {}),
        },
      })
    } catch (error) {
      if (turn !== this.turn) return
      const gone = error.name === "OverconstrainedError" || (asked !== "" && error.name === "NotFoundError")
      return this.fail(gone ? "gone" : error.name)
    }
    if (turn !== this.turn) return stop(stream)
    const [track] = stream.getVideoTracks()
    track.addEventListener("ended", () => this.ended(stream))
    this.stream = stream
    this.opening = false
    this.id = track.getSettings().deviceId ?? asked
    this.due = 0
    this.show()
    this.tell({kind: "started", asked, camera: this.id})
    this.tellCameras()
    this.schedule()
  }

  async ended(stream) {
    if (stream !== this.stream) return
    this.close()
    const turn = this.turn
    // Not every browser can be asked about the camera's permission.
    const permission = await navigator.permissions?.query({name: "camera"}).catch(() => null)
    if (turn === this.turn) this.fail(permission?.state === "denied" ? "NotAllowedError" : "ended")
  }

  async tellCameras() {
    const devices = await navigator.mediaDevices.enumerateDevices().catch(() => [])
    // Until the camera was allowed once, the browser keeps to itself which there are.
    const known = devices.filter(device => device.kind === "videoinput" && device.deviceId !== "")
    if (known.length === 0 && devices.some(device => device.kind === "videoinput")) return
    this.tell({kind: "cameras", cameras: known.map(({deviceId, label}) => [deviceId, label])})
  }

  answered() {
    clearTimeout(this.lost)
    this.sender = null
    this.patience = PATIENCE
    this.schedule()
  }

  // Takes the next frame when it is due: not before the last was answered, and only in sight.
  schedule() {
    clearTimeout(this.timer)
    if (this.stream === null || this.sender !== null) return
    const view = [...this.views].find(each => each.inSight())
    if (view === undefined) return
    const wait = view.video.readyState < 2 ? 30 : this.due - performance.now()
    if (wait > 0) this.timer = setTimeout(this.tick, wait)
    else this.send(view)
  }

  async send(view) {
    const {video, model} = view
    const turn = this.turn
    const number = (this.sent += 1)
    const now = performance.now()
    this.sender = view
    this.due = Math.max(this.due, now - model.period) + model.period
    this.lost = setTimeout(() => {
      if (this.patience > 2 * PATIENCE) {
        this.silent = true
        return this.fail("silent")
      }
      // Each time longer: should the way merely be slow, few frames wait on it.
      this.sender = null
      this.patience *= 2
      this.schedule()
    }, this.patience)
    draw(this.canvas, video, model)
    const blob = await new Promise(resolve => this.canvas.toBlob(resolve, "image/jpeg", 0.92))
    const data = await blob?.arrayBuffer()
    if (turn !== this.turn || number !== this.sent || !this.views.has(view)) return
    if (data === undefined) this.answered()
    else model.send_msg({kind: "frame", number, data})
  }

  taken(number) {
    if (number === this.sent && this.sender !== null) this.answered()
  }
}

function stop(stream) {
  for (const track of stream?.getTracks() ?? []) track.stop()
}

// Draws what is wanted of the picture, at no more than twice the wanted size: Python makes the last
// step, as it does with files. What comes from the camera and what was uploaded then look alike.
function draw(canvas, video, {across, down, fit}) {
  const {videoWidth, videoHeight} = video
  let [width, height] = [videoWidth, videoHeight]
  if (across > 0 && fit === "crop") {
    const scale = Math.min(width / across, height / down)
    width = across * scale
    height = down * scale
  }
  const scale = across > 0 ? Math.min(1, 2 * across / width, 2 * down / height) : 1
  canvas.width = Math.max(1, Math.round(width * scale))
  canvas.height = Math.max(1, Math.round(height * scale))
  const context = canvas.getContext("2d", {alpha: false})
  context.imageSmoothingQuality = "high"
  const [left, top] = [(videoWidth - width) / 2, (videoHeight - height) / 2]
  context.drawImage(video, left, top, width, height, 0, 0, canvas.width, canvas.height)
}

function idleWords() {
  const here = /^(localhost|.*\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(location.hostname)
  const where = here
    ? "The pictures stay on this computer."
    : `The pictures go to ${location.host}, where this app runs, and nowhere else.`
  return `Press Start to take pictures with the camera.\n${where}`
}

export function render({model}) {
  const root = document.createElement("div")
  const video = document.createElement("video")
  const words = document.createElement("p")
  root.className = `frame ${model.fit}`
  video.muted = video.playsInline = true
  words.setAttribute("role", "status")
  root.append(video, words)

  const shape = (width, height) => { root.style.aspectRatio = `${width} / ${height}` }
  const own = model.across === 0 || model.fit === "inside"
  if (own) shape(4, 3)
  else shape(model.across, model.down)

  const view = {
    model,
    video,
    inSight: () => !document.hidden && root.getClientRects().length > 0,
    show({stream, opening, silent}) {
      if (video.srcObject !== stream) {
        video.srcObject = stream
        // Playing fails when the picture is taken away again before it began: nothing is wrong.
        if (stream !== null) video.play().catch(() => {})
      }
      const live = stream !== null
      root.classList.toggle("live", live)
      video.hidden = !live
      words.hidden = live
      const said = live ? "" : opening ? WAITING : silent ? SILENT : idleWords()
      if (words.textContent !== said) words.textContent = said
      video.setAttribute("aria-label", model.title)
    },
  }
  const mirror = () => root.classList.toggle("mirrored", model.mirror)
  mirror()
  video.addEventListener("resize", () => {
    if (own && video.videoWidth > 0) shape(video.videoWidth, video.videoHeight)
  })

  if (!cameras.has(model.key)) cameras.set(model.key, new Camera())
  const camera = cameras.get(model.key)
  camera.join(view)
  const sight = new ResizeObserver(camera.tick)
  sight.observe(root)
  const switched = () => camera.switch(model.active, model.camera)
  model.on("active", switched)
  model.on("camera", () => {
    if (model.active) switched()
  })
  model.on("mirror", mirror)
  model.on("period", () => {
    camera.due = Math.min(camera.due, performance.now() + model.period)
    camera.schedule()
  })
  model.on("msg:custom", message => camera.taken(message.taken))
  model.on("lifecycle:remove", () => {
    sight.disconnect()
    camera.leave(view)
    if (camera.views.size === 0) cameras.delete(model.key)
  })
  return root
}
