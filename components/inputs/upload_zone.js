// A field to drop files on. It sends them in parts, the next when Python has taken the last.

const STYLE = `
  .zone { box-sizing: border-box; width: 100%; padding: 20px 12px; text-align: center; border-radius: 4px;
    border: 2px dashed var(--panel-on-background-color, #767676); font: 16px/1.5 var(--bokeh-base-font, sans-serif);
    color: var(--panel-on-background-color, inherit); }
  .zone.over { border-style: solid; background: rgba(86, 180, 233, 0.25); }
  button { font: inherit; min-height: 40px; padding: 6px 16px; border-radius: 4px; cursor: pointer;
    color: inherit; background: transparent; border: 1px solid currentColor; }
  button:hover { background: rgba(86, 180, 233, 0.25); }
  button:focus-visible { outline: 3px solid #0072b2; outline-offset: 2px; }
  p { margin: 8px 0 0; }
  progress { display: block; width: 100%; height: 8px; margin-top: 12px; appearance: none; border: none;
    border-radius: 4px; background: #8886; overflow: hidden; }
  progress::-webkit-progress-bar { background: transparent; }
  progress::-webkit-progress-value { background: var(--panel-primary-color, #0072b2); transition: width 0.2s; }
  progress::-moz-progress-bar { background: var(--panel-primary-color, #0072b2); }
  [hidden] { display: none !important; }`

export function render({model}) {
  const root = document.createElement("div")
  root.innerHTML = `<style>${STYLE}</style>
    <div class="zone" role="group">
      <button type="button">Choose images</button>
      <input type="file" accept="image/*" multiple hidden>
      <p>or drop them here</p>
      <progress value="0" max="1" hidden></progress>
      <p class="status" role="status"></p>
    </div>`
  const zone = root.querySelector(".zone")
  const button = root.querySelector("button")
  const input = root.querySelector("input")
  const bar = root.querySelector("progress")
  const status = root.querySelector(".status")
  zone.setAttribute("aria-label", model.title)
  bar.setAttribute("aria-label", `${model.title}: opened`)

  let queue = []
  let batch = 0
  let count = 0
  let sending = false
  let turn = 0  // of the progress shown: an older one may come after it
  let stopped = 0  // what was chosen up to this batch is not to be sent any more
  let goOn = () => {}

  function choose(files) {
    if (files.length === 0) return
    batch += 1
    queue.push(...[...files].map(file => ({file, batch})))
    model.send_msg({kind: "begin", batch, count: files.length})
    if (!sending) sendAll()
  }

  async function sendAll() {
    sending = true
    while (queue.length > 0) await send(queue.shift())
    sending = false
  }

  async function send({file, batch}) {
    count += 1
    const fail = why => model.send_msg({kind: "failed", batch, name: file.name, why})
    if (file.size > model.most) return fail("large")
    let offset = 0
    do {
      let data
      try {
        data = await file.slice(offset, offset + model.part).arrayBuffer()
      } catch {
        return fail("unreadable")
      }
      if (batch <= stopped) return
      const taken = new Promise(resolve => { goOn = resolve })
      model.send_msg({kind: "part", batch, file: count, name: file.name, size: file.size, offset, data})
      await taken
      offset += data.byteLength
    } while (offset < file.size && batch > stopped)
  }

  button.addEventListener("click", () => input.click())
  input.addEventListener("change", () => {
    choose(input.files)
    input.value = ""  // so that the same file can be chosen again
  })
  let depth = 0
  const over = by => {
    depth = by === 0 ? 0 : Math.max(0, depth + by)
    zone.classList.toggle("over", depth > 0)
  }
  const ofFiles = event => event.dataTransfer && event.dataTransfer.types.includes("Files")
  zone.addEventListener("dragenter", event => {
    if (ofFiles(event)) over(1)
  })
  zone.addEventListener("dragleave", event => {
    if (ofFiles(event)) over(-1)
  })
  zone.addEventListener("dragover", event => {
    if (!ofFiles(event)) return
    event.preventDefault()
    event.dataTransfer.dropEffect = "copy"
  })
  zone.addEventListener("drop", event => {
    if (!ofFiles(event)) return
    event.preventDefault()
    over(0)
    choose(event.dataTransfer.files)
  })

  model.on("msg:custom", message => {
    if (message.taken !== undefined) {
      if (message.taken === count) goOn()
    } else if (message.stop !== undefined) {
      stopped = message.stop
      queue = queue.filter(each => each.batch > stopped)
      goOn()
    } else if (message.turn > turn) {
      turn = message.turn
      const {done, total} = message
      const busy = done < total
      bar.hidden = !busy
      bar.max = Math.max(total, 1)
      bar.value = done
      status.textContent = total === 0 ? "" : busy ? `${done} of ${total} opened` : message.failed ? `Done: ${total - message.failed} of ${total} files` : `Done: ${total === 1 ? "1 file" : `${total} files`}`
    }
  })
  model.on("lifecycle:remove", () => model.send_msg({kind: "left"}))
  model.send_msg({kind: "ready"})
  return root
}
