// The versions of a model in a table, and what those that are ticked differ in. All text is set as text.

function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in made) made[name] = value;
    else made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

const time = (text) => {
  const moment = new Date(text);
  return Number.isNaN(moment.getTime()) ? "" : moment.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
};

function comparison(chosen) {
  const parts = element("tbody");
  const table = element("table", {},
    element("thead", {}, element("tr", {}, element("th", { scope: "col", textContent: "What differs" }),
      ...chosen.map((row) => element("th", { scope: "col", textContent: `Version ${row.number}` })))), parts);
  const line = (name, values) => {
    if (new Set(values).size < 2) return;
    parts.append(element("tr", {}, element("th", { scope: "row", textContent: name }),
      ...values.map((value) => element("td", { textContent: value ?? "–" }))));
  };
  line("source", chosen.map((row) => row.source));
  for (const part of ["metrics", "parameters"]) {
    for (const name of new Set(chosen.flatMap((row) => Object.keys(row[part])))) {
      line(name.replaceAll("_", " "), chosen.map((row) => row[part][name]));
    }
  }
  return parts.childElementCount ? table : element("p", { className: "quiet", textContent: "They were made alike and measure alike." });
}

export function render({ model }) {
  const send = (type, rest = {}) => model.send_msg({ type, ...rest });
  const notice = element("p", { className: "problem", role: "alert" });
  const empty = element("p", { className: "empty" });
  const body = element("tbody");
  const head = element("tr");
  const grid = element("div", { className: "versions-grid", tabIndex: 0, role: "region", ariaLabel: `${model.title}: table` },
    element("table", {}, element("thead", {}, head), body));
  const compared = element("section", { ariaLabel: "Comparison" });
  const root = element("div", { className: "linked versions" }, notice, empty, grid, compared);
  const rows = new Map();
  let ticked = model.selected.numbers;
  let turn = model.selected.turn;

  function made(number) {
    const tick = element("input", { type: "checkbox", ariaLabel: `Compare version ${number}` });
    const state = element("span", { className: "state" });
    const when = element("td");
    const source = element("td", { className: "source" });
    const note = element("input", { className: "note", maxLength: 300, placeholder: "Why it is worth keeping", autocomplete: "off", ariaLabel: `Note on version ${number}` });
    const use = element("button", { type: "button", textContent: "Use this one", ariaLabel: `Use version ${number}` });
    const remove = element("button", { type: "button", textContent: "Remove", ariaLabel: `Remove version ${number}` });
    const values = [];
    const line = element("tr", {},
      element("td", {}, element("label", { className: "tick" }, tick)),
      element("th", { scope: "row" }, `Version ${number} `, state),
      element("td", {}, element("div", { className: "doing" }, use, remove)), when, source, element("td", {}, note));
    tick.onchange = () => {
      const others = ticked.filter((each) => each !== number);
      ticked = tick.checked ? [...others, number] : others;
      turn += 1;
      send("select", { numbers: ticked, turn });
      compare();
    };
    note.onchange = () => send("say", { number, note: note.value });
    note.onkeydown = (event) => {
      if (event.key === "Enter") note.blur();
    };
    use.onclick = () => send("use", { number });
    remove.onclick = () => send("remove", { number });
    const show = (row) => {
      const current = number === model.current;
      line.classList.toggle("current", current);
      state.textContent = current ? "in use" : "";
      tick.checked = ticked.includes(number);
      when.textContent = time(row.made);
      source.textContent = row.source;
      // What is being typed stays.
      if (note.getRootNode().activeElement !== note) note.value = row.note;
      use.disabled = remove.disabled = current;
      while (values.length < model.metrics.length) {
        const cell = element("td", { className: "number" });
        values.push(cell);
        line.append(cell);
      }
      while (values.length > model.metrics.length) values.pop().remove();
      model.metrics.forEach((name, index) => {
        values[index].textContent = row.metrics[name] ?? "–";
      });
    };
    return { line, show };
  }

  const compare = () => {
    const chosen = model.rows.filter((row) => ticked.includes(row.number));
    compared.hidden = chosen.length < 2;
    compared.replaceChildren(...(chosen.length < 2 ? [] : [comparison(chosen)]));
  };
  const show = () => {
    // An answer to an older tick is no news.
    if (model.selected.turn >= turn) ticked = model.selected.numbers;
    head.replaceChildren(
      ...["Compare", "Version", "Do", "Saved", "Source", "Note"].map((name) => element("th", { scope: "col", textContent: name })),
      ...model.metrics.map((name) => element("th", { scope: "col", className: "number", textContent: name.replaceAll("_", " ") })));
    const there = new Set(model.rows.map((row) => row.number));
    for (const [number, { line }] of rows) {
      if (there.has(number)) continue;
      line.remove();
      rows.delete(number);
    }
    model.rows.forEach((row, index) => {
      if (!rows.has(row.number)) rows.set(row.number, made(row.number));
      const { line, show: showRow } = rows.get(row.number);
      showRow(row);
      if (body.children[index] !== line) body.insertBefore(line, body.children[index] ?? null);
    });
    grid.hidden = model.rows.length === 0;
    empty.hidden = model.rows.length > 0;
    empty.textContent = `No version of “${model.model}” is kept yet: publish one, and everyone who follows this name has it at once.`;
    compare();
    notice.textContent = model.notice;
    notice.hidden = !model.notice;
  };
  for (const name of ["rows", "metrics", "current", "selected", "notice"]) model.on(name, show);
  show();
  return root;
}
