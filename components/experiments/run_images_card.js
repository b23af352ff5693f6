// What one run logged under a name, as it was at one step: a picture, a text or a confusion matrix.

import { make, say } from "imlkit/elements.js";
import { confusionTable } from "./run_images_confusion.js";
import { swatch } from "./plot_looks.js";
import { count, duration, rounded } from "./plot_words.js";

// Pixels of the longer side: a smaller picture is enlarged to about the one, a larger one is shown as the other.
const SMALL = 160;
const LARGE = 320;

export class ImageCard {
  constructor(kind, title) {
    this.kind = kind;
    this.title = title;
    this.id = null; // of the document that is shown
    this.run = "";
    this.head = make("div", { class: "run" });
    this.place = make("div", { class: "quiet own" });
    this.body = make("div", { class: "body" });
    this.caption = make("figcaption", {});
    this.root = make("figure", { class: `card of-${kind}` }, this.head, this.place, this.body, this.caption);
  }

  // several: whether other runs are shown too.
  name({ name, look }, several) {
    const now = JSON.stringify([name, look, several]);
    if (now === this.named) return;
    this.named = now;
    this.run = name;
    this.head.hidden = !several;
    this.head.replaceChildren(swatch(look), make("span", { class: "name", textContent: name, title: name }));
  }

  // shown: the moment that the group is at.
  take({ id, step, epoch, seconds, content }, shown) {
    this.tellPlace(id, step, epoch, seconds, shown);
    if (id === null) {
      this.id = null;
      this.put(make("p", { class: "quiet", textContent: "Nothing was logged up to here." }), "");
    } else if (content) {
      this.id = content.problem ? null : id;
      this.show(content, step);
    }
  }

  tellPlace(id, step, epoch, seconds, shown) {
    const same = step === shown?.[0];
    const words = [same ? "" : step === null ? "step unknown" : `step ${count(step)}`, same || epoch === null ? "" : `epoch ${rounded(epoch)}`];
    if (seconds !== null) words.push(`after ${duration(seconds)}`);
    say(this.place, id === null ? "" : words.filter(Boolean).join(", "));
  }

  show(content, step) {
    if (content.problem) this.put(make("p", { class: "damaged", textContent: content.problem }), "");
    else if (this.kind === "image") this.picture(content, step);
    else if (this.kind === "text") this.put(...this.text(content));
    else this.put(confusionTable(content, this.title), "");
  }

  text({ text, length }) {
    const body = make("pre", { tabindex: 0, role: "group", "aria-label": `Text ${this.title}`, textContent: text || " " });
    const rest = length > text.length ? `The first ${count(text.length)} of ${count(length)} letters.` : text ? "" : "The text is empty.";
    return [body, rest];
  }

  picture({ picture, size: [width, height], whole, caption }, step) {
    const address = URL.createObjectURL(new Blob([picture]));
    const side = Math.max(width, height);
    const times = side > LARGE ? LARGE / side : Math.max(1, Math.round(SMALL / side));
    const what = `${this.title} of ${this.run}${step === null ? "" : ` at step ${count(step)}`}`;
    const image = make("img", { src: address, alt: caption ? `${caption} (${what})` : what, width: Math.max(1, Math.round(width * times)), height: Math.max(1, Math.round(height * times)), class: times > 1 ? "enlarged" : null });
    const large = make("button", { type: "button", class: "picture", "aria-pressed": "false", title: "Show larger or smaller" }, image);
    large.onclick = () => large.setAttribute("aria-pressed", String(this.root.classList.toggle("large")));
    large.setAttribute("aria-pressed", String(this.root.classList.contains("large")));
    const smaller = whole[0] === width ? "" : ` Shown smaller than its ${count(whole[0])} × ${count(whole[1])} pixels.`;
    this.coming = image;
    // The former picture stays until the next one is there: nothing jumps.
    const place = (node) => {
      if (this.coming !== image) return URL.revokeObjectURL(address);
      const focused = this.root.getRootNode().activeElement === this.body.firstChild && this.body.firstChild;
      this.put(node, `${caption}${smaller}`.trim());
      if (focused) node.focus?.();
      this.address = address;
      return null;
    };
    image.decode().then(
      () => place(large),
      () => place(make("p", { class: "damaged", textContent: "It is damaged: the browser cannot show this picture. Log it again." })),
    );
  }

  put(node, words) {
    this.forget();
    this.body.replaceChildren(node);
    say(this.caption, words);
    this.caption.hidden = !words;
  }

  forget() {
    if (this.address) URL.revokeObjectURL(this.address);
    this.address = null;
  }

  dispose() {
    this.coming = null;
    this.forget();
  }
}
