// Gathers the pieces of a file as they come and hands the whole to the browser to save.
export function render({ model }) {
  let pieces = [];
  let turn = 0;
  let held = 0;
  model.on("msg:custom", (message) => {
    if (message.piece !== undefined) {
      if (message.turn !== turn) {
        // A download that was cancelled may have left pieces.
        pieces = [];
        held = 0;
        turn = message.turn;
      }
      // A piece may come twice: it is sent again where no answer came.
      if (message.offset === held) {
        pieces.push(message.piece);
        held += message.piece.byteLength;
      }
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
