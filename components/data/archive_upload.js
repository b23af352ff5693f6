// A button that sends a file in pieces, each when the one before has been written, shows how far
// that and the work after it have come, and cancels either.

export function render({ model, el }) {
  const input = document.createElement("input");
  const choose = document.createElement("button");
  const bar = document.createElement("progress");
  const words = document.createElement("span");
  const cancel = document.createElement("button");
  input.type = "file";
  input.accept = ".zip,application/zip";
  input.setAttribute("aria-label", "Zip file to upload");
  choose.type = cancel.type = "button";
  choose.textContent = model.label;
  if (model.label === "Upload") {
    choose.title = "Add the instances of a zip file: a download, or folders of images, one folder a class";
  }
  cancel.textContent = "Cancel";
  words.setAttribute("role", "status");
  bar.setAttribute("aria-label", "Upload");
  const row = document.createElement("div");
  row.className = "transfer";
  row.append(choose, input, bar, words, cancel);
  el.append(row);

  let file = null;

  const show = () => {
    const { task, done, total } = model.progress;
    choose.hidden = Boolean(task);
    bar.hidden = words.hidden = cancel.hidden = !task;
    if (total) bar.value = done / total;
    else bar.removeAttribute("value");
    const text = total ? `${task} ${Math.floor((100 * done) / total)} %` : task;
    if (words.textContent !== text) words.textContent = text;
  };

  choose.onclick = () => input.click();
  cancel.onclick = () => {
    file = null;
    model.send_msg({ type: "cancel" });
  };
  input.onchange = () => {
    file = input.files[0] ?? null;
    input.value = "";
    if (file) model.send_msg({ type: "begin", size: file.size });
  };
  model.on("msg:custom", async ({ next, size }) => {
    if (next === undefined || !file) return;
    const piece = file.slice(next, next + size);
    try {
      const content = await piece.arrayBuffer();
      if (file) model.send_msg({ type: "piece", offset: next, content });
    } catch {
      file = null;
      model.send_msg({ type: "unreadable" });
    }
  });
  model.on("progress", show);
  show();
}
