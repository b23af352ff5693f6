// Gathers the pieces of a file as they come and hands the whole to the browser to save.
export function render({ model }) {
  let pieces = [];
  model.on("msg:custom", (message) => {
    if (message.piece !== undefined) {
      // A download that was cancelled may have left pieces.
      if (message.offset === 0) pieces = [];
      pieces.push(message.piece);
      model.send_msg({ received: pieces.length });
      return;
    }
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob(pieces, { type: "application/octet-stream" }));
    link.download = message.name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
    pieces = [];
  });
  const place = document.createElement("div");
  place.hidden = true;
  return place;
}
