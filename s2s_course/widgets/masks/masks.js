// Masks: who may attend to whom, cells to be changed, and what a position may know after n layers (see masks.py).
// Read from the end: render() puts together the picture of the chosen preset, the controls and what is said.
// mask_meaning.js, which stands before, computes what a mask means.

const COLUMN = { narrowest: 24, widest: 52 }; // in CSS pixels
const MOST_LAYERS = 6;

const percent = (index, count) => `${(100 * index) / count}%`;

// ---- the picture --------------------------------------------------------------------------------------

function createPicture(preset, choose) {
  const { kind, rows, columns, first_target: first, padding } = preset;
  const divided = kind !== "cross" && first > 0 && first < rows.length;
  const label = (token, isPadding) => element("span", { title: token, ...(isPadding && { class: "padding" }) }, token);
  const labels = columns.map((token, j) => label(token, padding.includes(j)));
  const names = rows.map((token, i) => label(token, kind !== "cross" && padding.includes(i)));
  const cells = rows.map((_, i) => columns.map((__, j) => element("i", isLocked(preset, i, j) ? { class: "locked" } : {})));
  const [row, cursor] = [element("div", { class: "row" }), element("div", { class: "cursor" })];
  const lines = divided ? [
    element("div", { class: "divide", style: `left: ${percent(first, columns.length)}; top: 0; bottom: 0` }),
    element("div", { class: "divide", style: `top: ${percent(first, rows.length)}; left: 0; right: 0` }),
  ] : [];
  const map = element("div", { class: "map" }, ...cells.flat(), ...lines, row);
  const part = (name, count) => element("span", { style: `flex: ${count}` }, name);
  const parts = (total) => [part("source", first), part("target", total - first)];
  const [across, down] = divided ? [parts(columns.length), parts(rows.length)]
    : kind === "cross" ? [[part("source", 1)], [part("target", 1)]] : [[], []];
  const plot = element("div", {
    class: "plot",
    style: `min-width: ${columns.length * COLUMN.narrowest}px; max-width: ${columns.length * COLUMN.widest}px`,
  }, element("div", { class: "parts" }, ...across), element("div", { class: "tokens" }, ...labels), map, cursor);
  const gutter = element("div", { class: "gutter" }, element("small", {}, "looks at →\nasks ↓"),
    element("div", { class: "names" }, element("div", { class: "parts down" }, ...down), element("div", {}, ...names)));
  const root = element("div", {
    class: "scroller", tabindex: "-1", style: `--rows: ${rows.length}; --columns: ${columns.length}`,
  }, gutter, plot);

  function paint(place, mask, known, troubles) {
    row.style.top = percent(place.row, rows.length);
    cursor.style.left = percent(place.column, columns.length);
    const bad = new Set(troubles.flatMap((trouble) => trouble.rows));
    names.forEach((name, i) => {
      name.classList.toggle("now", i === place.row);
      name.classList.toggle("bad", bad.has(i));
    });
    labels.forEach((name, j) => name.classList.toggle("now", j === place.column));
    cells.forEach((line, i) => line.forEach((cell, j) => {
      cell.classList.toggle("on", mask[i][j]);
      cell.classList.toggle("later", known[i][j] && !mask[i][j]);
      cell.classList.toggle("bad", known[i][j] && kind !== "cross" && i >= first && j > i);
    }));
  }

  // Which cell a pointer is in; left of the cells only the row counts, above them only the column.
  function locate(event) {
    const { left, right, top, height } = map.getBoundingClientRect();
    const row = clamp(Math.floor(((event.clientY - top) / height) * rows.length), 0, rows.length - 1);
    const column = columnAt(event, map, columns.length);
    const [above, beside] = [event.clientY < top, event.clientX < Math.max(left, gutter.getBoundingClientRect().right)];
    if (event.clientX > right || (above && beside)) return {};
    if (above) return { column };
    return beside ? { row } : { row, column, ...(event.type === "click" && choose({ row, column })) };
  }

  // Scroll this picture, never the page, so that the chosen column is in sight.
  function reveal({ column }) {
    const [width, visible] = [plot.clientWidth / columns.length, root.clientWidth - gutter.offsetWidth];
    root.scrollLeft = clamp(root.scrollLeft, (column + 1) * width - visible, column * width);
  }
  return { preset, root, map, labels, paint, locate, reveal };
}

// ---- words --------------------------------------------------------------------------------------------

// "3 of 7", "all 7", "nothing"
function counted(count, total) {
  return count === 0 ? "nothing" : count === total ? `all ${total}` : `${count} of ${total}`;
}

// What is said of the chosen cell and its row.
function sentences(preset, { row, column, layers }, mask, known) {
  const { kind, rows, columns } = preset;
  const places = (wanted) => range(columns.length).filter(wanted);
  const words = (indices) => indices.map((j) => columns[j]).join(" · ");
  const seen = places((j) => mask[row][j]);
  const others = places((j) => known[row][j] && !mask[row][j] && j !== row);
  const cell = isLocked(preset, row, column) ? "there is no such attention"
    : mask[row][column] ? "may attend" : "may not attend";
  const most = counted(places((j) => known[row][j]).length, columns.length);
  const after = kind === "cross"
    ? ["More layers change nothing: the columns are the encoder’s outputs, the same for each layer."]
    : [`After ${layers} ${layers > 1 ? "layers" : "layer"} it may know of ${most}`,
      others.length ? `, by way of others also ${words(others)}` : mask[row][row] ? ", the same" : "",
      mask[row][row] ? "" : ". Of itself it knows, too: a layer adds to what was there"];
  return [
    [element("b", {}, quoted(rows[row])), " → ", element("b", {}, quoted(columns[column])), `: ${cell}`],
    [`In one layer it attends to ${counted(seen.length, columns.length)}`,
      seen.length && seen.length < columns.length ? `: ${words(seen)}` : ""],
    after,
  ];
}

// What is said of a mask without trouble.
const fineOf = ({ first_target: first, kind, rows }) => kind !== "cross" && first < rows.length
  ? "No row is empty, and no target position sees what it must predict." : "No row is empty.";

// The whole mask, row by row, and what is wrong with it, in words.
function linesOf(preset, { row, column, layers }, mask, known, troubles) {
  const { kind, rows, columns, name, says } = preset;
  const named = (wanted) => listed(columns.filter((_, j) => wanted(j)).map(quoted));
  const more = (i) => range(columns.length).some((j) => known[i][j] && !mask[i][j] && j !== i);
  const deep = kind !== "cross" && layers > 1;
  return [
    `${capital(name)}: ${says}`,
    ...rows.map((token, i) => `${quoted(token)} may attend to ${named((j) => mask[i][j])}`
      + `${deep && more(i) ? `; after ${layers} layers it may know of ${named((j) => known[i][j])}` : ""}.`),
    `Chosen is the cell of ${quoted(rows[row])} and ${quoted(columns[column])}.`,
    ...(troubles.length ? troubles.map(({ text }) => text) : [fineOf(preset)]),
  ];
}

function createWarnings() {
  const root = element("ul", { "aria-live": "polite" });
  let before = "";
  function paint(preset, troubles) {
    const lines = troubles.length ? troubles.map(({ text }) => `⚠ ${text}`) : [`✓ ${fineOf(preset)}`];
    if (lines.join() === before) return; // else it would be read aloud again
    before = lines.join();
    root.classList.toggle("bad", troubles.length > 0);
    root.replaceChildren(...lines.map((line) => element("li", {}, line)));
  }
  return { root, paint };
}

// ---- controls -----------------------------------------------------------------------------------------

// A native list with its name; `fill` replaces its options, given as [value, text] or as a group [text, [options]].
function createList(name, change, signal) {
  const select = element("select", { "aria-label": name, ...KEEP_ARROW_KEYS });
  select.addEventListener("change", () => change(select.value), { signal });
  const option = ([value, text]) => Array.isArray(text)
    ? element("optgroup", { label: value }, ...text.map(option)) : element("option", { value }, text);
  const fill = (options) => select.replaceChildren(...options.map(option));
  return { root: element("label", { class: "control" }, element("span", {}, name), select), select, fill };
}

function createLayers(choose, chosen, signal) {
  const step = (change) => choose({ layers: chosen().layers + change });
  const fewer = signButton("fewer layers", "−", () => step(-1), signal);
  const more = signButton("more layers", "+", () => step(1), signal);
  const number = element("input", { type: "number", min: 1, max: MOST_LAYERS, "aria-label": "layers" });
  number.addEventListener("change", () => {
    const layers = number.valueAsNumber;
    choose(Number.isInteger(layers) ? { layers } : {}); // what is no number of layers is taken back
  }, { signal });
  function paint(layers) {
    number.value = layers;
    fewer.disabled = layers === 1;
    more.disabled = layers === MOST_LAYERS;
  }
  return { root: element("div", { class: "control" }, element("span", {}, "layers"), fewer, number, more), paint };
}

const HELP = "A mask: rows ask, columns are looked at. Arrow keys choose a cell, the space bar or Enter turns it "
  + "around, Home and End go to the first and the last column.";

// What the cells mean.
const KEY = {
  on: "may attend", later: "known of through layers", "bad on": "sees ahead", locked: "no such attention",
};

const CELL_MOVES = {
  ArrowLeft: ({ column }) => ({ column: column - 1 }),
  ArrowRight: ({ column }) => ({ column: column + 1 }),
  ArrowUp: ({ row }) => ({ row: row - 1 }),
  ArrowDown: ({ row }) => ({ row: row + 1 }),
  Home: () => ({ column: 0 }),
  End: () => ({ column: Infinity }), // choose() stops at the last
};

const FAMILIES = ["encoder_only", "decoder_only", "prefix", "encoder_decoder"];

function render({ model, el, signal: outer }) {
  const { signal, end } = viewLifetime(outer);
  const presets = model.get("presets");
  const find = (key) => presets.find((preset) => preset.key === key) ?? presets[0];
  function within({ preset: key, row, column, layers, cells }) {
    const { rows, columns } = find(key);
    const [i, j] = [clamp(row, 0, rows.length - 1), clamp(column, 0, columns.length - 1)];
    return { preset: find(key).key, row: i, column: j, layers: clamp(layers, 1, MOST_LAYERS), cells };
  }
  const view = chosenPlace(model, { traits: ["preset", "row", "column", "layers", "cells"], within, paint, signal });
  const { chosen, choose } = view;
  const turn = (place) => toggled(find(place.preset), place);
  const [whichMask, asks, looksAt] = [["mask", "preset"], ["asks", "row"], ["looks at", "column"]].map(([name, trait]) =>
    createList(name, (value) => choose({ [trait]: trait === "preset" ? value : Number(value) }), signal));
  const options = (isFamily) => presets.filter(({ key }) => FAMILIES.includes(key) === isFamily)
    .map(({ key, name }) => [key, name]);
  whichMask.fill(options(true).length ? [["masks", options(false)], ["families of models", options(true)]] : options(false));
  const turnButton = element("button", { type: "button" });
  turnButton.addEventListener("click", () => choose(turn(chosen())), { signal });
  const reset = element("button", { type: "button" }, "reset the mask");
  reset.addEventListener("click", () => {
    const { [chosen().preset]: _, ...cells } = chosen().cells;
    choose({ cells });
  }, { signal });
  const layers = createLayers(choose, chosen, signal);
  const warnings = createWarnings();
  const stage = element("div", {
    class: "stage", tabindex: "0", role: "application", "aria-label": HELP, ...KEEP_ARROW_KEYS,
  });
  const readout = element("output", { "aria-live": "polite" });
  const says = element("p", { class: "says" });
  const title = model.get("title") || "Who may attend to whom";
  const transcript = createTranscript(() => {
    const place = view.shown();
    const preset = find(place.preset);
    const mask = maskOf(preset, place.cells);
    const known = knownAfter(preset, mask, place.layers);
    return linesOf(preset, place, mask, known, troublesOf(preset, mask, known, place.layers));
  }, signal);
  const key = element("p", { class: "key", "aria-hidden": "true" }, ...Object.entries(KEY).map(([name, text]) =>
    element("span", { class: `is-${name}` }, element("i", { class: name }), text)));
  const root = element("div", { class: "s2s-widget s2s-masks", role: "group", "aria-label": title },
    element("header", {}, element("p", {}, title), presets.length > 1 ? whichMask.root : ""), says,
    element("div", { class: "sides" }, element("div", {}, stage, key),
      element("div", { class: "words" }, readout, warnings.root,
        element("div", { class: "controls" }, layers.root, asks.root, looksAt.root,
          element("div", { class: "control" }, turnButton, reset)))), transcript.root);
  moveWithKeys(stage, view, { ...CELL_MOVES, " ": turn, Enter: turn });

  // The picture of a preset, with a life of its own.
  let [picture, life] = [null, null];
  function show(preset) {
    life?.abort();
    life = new AbortController();
    picture = createPicture(preset, (place) => turn({ ...chosen(), ...place }));
    stage.replaceChildren(picture.root);
    for (const [list, tokens] of [[asks, preset.rows], [looksAt, preset.columns]]) {
      list.fill(tokens.map((token, i) => [i, `${i + 1}  ${token}`]));
    }
    says.textContent = preset.says;
    root.dataset.kind = preset.kind;
    root.classList.toggle("predicts", preset.kind !== "cross" && preset.first_target < preset.rows.length);
    moveWithPointer(picture.root, picture.locate, { ...view, signal: life.signal });
    reachWhileItScrolls(picture.root, "mask", life.signal);
    standTokens(root, picture.map, picture.labels, paint, life.signal);
  }
  signal.addEventListener("abort", () => life?.abort());

  function paint() {
    const place = view.shown();
    const preset = find(place.preset);
    if (picture?.preset !== preset) show(preset);
    const mask = maskOf(preset, place.cells);
    const known = knownAfter(preset, mask, place.layers);
    const troubles = troublesOf(preset, mask, known, place.layers);
    picture.paint(place, mask, known, troubles);
    if (!view.isPreview()) picture.reveal(place);
    readout.replaceChildren(...sentences(preset, place, mask, known).map((line) => element("span", {}, ...line)));
    warnings.paint(preset, troubles);
    layers.paint(place.layers);
    [whichMask.select.value, asks.select.value, looksAt.select.value] = [preset.key, place.row, place.column];
    turnButton.textContent = mask[place.row][place.column] ? "forbid this cell" : "allow this cell";
    turnButton.disabled = isLocked(preset, place.row, place.column);
    reset.disabled = mask.flat().every((cell, i) => cell === (preset.bits[i] === "1"));
    transcript.paint();
  }

  el.append(root);
  followTheme(root, paint, signal);
  return end;
}

export default { render };
