// Classes in rows: to add, name, colour and remove, or to choose one. What a person typed is set as text.

function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in made) made[name] = value;
    else made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

const counted = (count) => `${count.toLocaleString("en")} ${count === 1 ? "example" : "examples"}`;

export function render({ model }) {
  const editing = model.mode === "edit";
  const send = (type, rest = {}) => model.send_msg({ type, ...rest });
  const list = editing
    ? element("ul")
    : element("div", { role: "radiogroup", className: "choices", ariaLabel: "Class of the new examples" });
  if (!editing) list.style.cssText = "display: flex; flex-direction: column; gap: 8px";
  const add = element("button", { type: "button", textContent: "Add a class" });
  add.onclick = () => send("add");
  const notice = element("p", { className: "notice", role: "alert" });
  const balance = element("p", { className: "balance", role: "status" });
  const root = element("div", {}, list, ...(editing ? [add] : []), notice, balance);
  const rows = new Map();

  function editRow({ id }) {
    const colour = element("input", { type: "color" });
    const name = element("input", { className: "label", autocomplete: "off", maxLength: 10000 });
    const examples = element("span", { className: "examples" });
    const remove = element("button", { type: "button", textContent: "Remove" });
    colour.onchange = () => send("recolour", { id, colour: colour.value });
    name.onchange = () => send("rename", { id, name: name.value });
    name.onkeydown = (event) => {
      if (event.key === "Enter") name.blur();
    };
    remove.onclick = () => send("remove", { id });
    const node = element("li", {}, colour, name, examples, remove);
    const show = (row) => {
      colour.value = row.colour;
      // What is being typed stays.
      if (name.getRootNode().activeElement !== name) name.value = row.name;
      examples.textContent = counted(row.examples);
      colour.setAttribute("aria-label", `Colour of ${row.name}`);
      name.setAttribute("aria-label", `Name of ${row.name}`);
      remove.setAttribute("aria-label", `Remove ${row.name}`);
    };
    return { node, show };
  }

  function choiceRow({ id }) {
    const radio = element("input", { type: "radio", name: "class" });
    const dot = element("span", { className: "dot" });
    const name = element("span", { className: "name" });
    const fill = element("i");
    const examples = element("span", { className: "examples" });
    radio.onchange = () => send("choose", { id });
    const node = element("label", { className: "row" }, radio, dot, name, element("span", { className: "track" }, fill), examples);
    const show = (row) => {
      dot.style.background = fill.style.background = row.colour;
      name.textContent = row.name;
      fill.style.width = `${(100 * row.examples) / model.most}%`;
      examples.textContent = counted(row.examples) + (row.enough ? " ✓" : "");
      radio.checked = row.id === model.chosen;
    };
    return { node, show };
  }

  const show = () => {
    const present = new Set(model.rows.map((row) => row.id));
    for (const [id, { node }] of rows) {
      if (present.has(id)) continue;
      node.remove();
      rows.delete(id);
    }
    model.rows.forEach((row, index) => {
      let made = rows.get(row.id);
      if (!made) {
        made = editing ? editRow(row) : choiceRow(row);
        rows.set(row.id, made);
      }
      made.show(row);
      if (list.children[index] !== made.node) list.insertBefore(made.node, list.children[index] ?? null);
    });
  };
  const tell = () => {
    notice.textContent = model.notice;
    balance.textContent = editing ? "" : model.balance;
    for (const each of [notice, balance]) each.hidden = !each.textContent;
  };
  for (const name of ["rows", "most", "chosen"]) model.on(name, show);
  for (const name of ["balance", "notice"]) model.on(name, tell);
  show();
  tell();
  return root;
}
