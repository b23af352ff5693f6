// Gathers the pieces of a file as they come and hands the whole to the browser to save.
export function render({ model }) {
  let pieces = [];
  const bytes = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
  model.on("msg:custom", (message) => {
    if (message.piece !== undefined) pieces.push(bytes(message.piece));
    if (message.name === undefined) return;
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
