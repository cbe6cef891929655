// Attention: where each target word looks, as a map or as lines, and how far that is from gold (see attention.py).
// Read from the end: render() puts together a panel for each model and the controls.

const COLUMN = { narrowest: 17, widest: 38 }; // of a map, in CSS pixels
const FAINTEST = 0.005; // a line of less weight could not be seen

const at = ({ shape, values }, row, column) => values[row * shape[1] + column];
const printed = (weight) => formatNumber(weight, 3);
const quoted = (word) => `“${word}”`;
const percent = (index, count) => `${(100 * index) / count}%`;
const markNow = (labels, index) => labels.forEach((label, i) => label.classList.toggle("now", i === index));
const labelsOf = (tokens) => tokens.map((token) => element("span", { title: token }, token));

// The weights of a word: of a target word over the source, or of a source word over the targets.
function weightsOf(weights, { side, row, column }) {
  const [rows, columns] = weights.shape;
  if (side === "target") return Array.from({ length: columns }, (_, i) => at(weights, row, i));
  return Array.from({ length: rows }, (_, j) => at(weights, j, column));
}

const printedSum = (values) => formatNumber(values.reduce((sum, value) => sum + value, 0), 2);

// Scroll a drawing, never the page, so that one of `count` columns right of the gutter is in sight.
function revealColumn(scroller, plot, gutter, index, count) {
  const [width, visible] = [plot.clientWidth / count, scroller.clientWidth - gutter];
  scroller.scrollLeft = clamp(scroller.scrollLeft, (index + 1) * width - visible, index * width);
}

// ---- drawings ---------------------------------------------------------------------------------------
// Each gets one matrix of weights, the tokens along its two sides, gold links and predicted links.

// Target words by source words.
function createMap({ src, tgt, weights, gold, links }) {
  const [rows, columns] = weights.shape;
  const [labels, names] = [labelsOf(src), labelsOf(tgt)];
  const canvas = element("canvas", { width: columns, height: rows }); // one pixel a cell, enlarged by CSS
  const mark = (kind) => ([column, row]) =>
    element("i", { class: kind, style: `left: ${percent(column, columns)}; top: ${percent(row, rows)}` });
  const [row, cursor] = [element("div", { class: "row" }), element("div", { class: "cursor" })];
  const map = element("div", { class: "map" }, canvas, ...gold.map(mark("gold")), ...links.map(mark("link")), row);
  const plot = element("div", {
    class: "plot", style: `min-width: ${columns * COLUMN.narrowest}px; max-width: ${columns * COLUMN.widest}px`,
  }, element("div", { class: "tokens" }, ...labels), map, cursor);
  const gutter = element("div", { class: "gutter" }, ...names);
  const root = element("div", {
    class: "scroller matrix", tabindex: "-1", style: `--rows: ${rows}; --columns: ${columns}`,
  }, gutter, plot);
  function paint(place) {
    row.hidden = place.row >= rows; // another model may have written more
    row.style.top = percent(place.row, rows);
    cursor.style.left = percent(place.column, columns);
    markNow(labels, place.column);
    markNow(names, place.row);
    root.dataset.side = place.side;
  }

  function locate(event) {
    const { top, height } = map.getBoundingClientRect();
    const row = clamp(Math.floor(((event.clientY - top) / height) * rows), 0, rows - 1);
    const column = columnAt(event, plot, columns);
    const above = event.clientY < top;
    if (gutter.contains(event.target)) return above ? {} : { row, side: "target" };
    return above ? { column, side: "source" } : { row, column };
  }

  const reveal = ({ column }) => revealColumn(root, plot, gutter.offsetWidth, column, columns);
  const draw = (dark) => drawCells(canvas, (column, row) => sequential(at(weights, row, column), dark));
  return { root, size: map, labels, paint, draw, reveal, locate };
}

// Source words above, target words below, a line from word to word.
function createLines({ src, tgt, weights, gold, links }) {
  const [rows, columns] = weights.shape;
  const [above, below] = [labelsOf(src), labelsOf(tgt)];
  const middle = (index, count) => (100 * (index + 0.5)) / count;
  const ends = ([column, row]) => [middle(column, columns), middle(row, rows)];
  const course = (link) => (([from, to]) => `M${from} 0C${from} 50 ${to} 50 ${to} 100`)(ends(link));
  const cells = Array.from(weights.values, (weight, i) => ({ weight, place: [i % columns, Math.floor(i / columns)] }))
    .filter(({ weight }) => weight >= FAINTEST);
  const svg = stretchedSvg("0 0 100 100", [
    ...cells.map(({ weight, place }) => `<path class="weight" style="--share: ${weight}" d="${course(place)}"/>`),
    ...gold.flatMap((link) => ["rim", ""].map((rim) => `<path class="gold ${rim}" d="${course(link)}"/>`)),
  ].join(""));
  const paths = svg.querySelectorAll("path");
  const places = [...cells.map(({ place }) => place), ...gold.flatMap((link) => [link, link])];
  // Near the target words, where no two links meet: 0.86 of the way along the curve.
  const dots = links.map(ends).map(([from, to]) =>
    element("i", { class: "link", style: `left: ${0.053 * from + 0.947 * to}%; top: 81.7%` }));
  const plot = element("div", { class: "plot", style: `min-width: ${Math.max(rows, columns) * COLUMN.narrowest}px` },
    element("div", { class: "tokens" }, ...above), element("div", { class: "fan" }, svg, ...dots),
    element("div", { class: "tokens below" }, ...below));
  const root = element("div", { class: "scroller fans", tabindex: "-1" }, plot);
  function paint({ row, column, side }) {
    places.forEach(([i, j], k) => paths[k].classList.toggle("on", side === "target" ? j === row : i === column));
    markNow(above, column);
    markNow(below, row);
    root.dataset.side = side;
  }

  function locate(event) {
    const { top, height } = svg.getBoundingClientRect();
    if (event.clientY < top + height / 2) return { column: columnAt(event, plot, columns), side: "source" };
    return { row: columnAt(event, plot, rows), side: "target" };
  }

  const reveal = ({ row, column, side }) =>
    revealColumn(root, plot, 0, ...(side === "target" ? [row, rows] : [column, columns]));
  return { root, size: svg, labels: [...above, ...below], paint, draw: () => {}, reveal, locate };
}

// “chat” attends to “cat”, or the other way round
function sentence(target, source, side) {
  const [read, other] = side === "target" ? [target, source] : [source, target];
  return [element("b", {}, quoted(read)), side === "target" ? " attends to " : " is attended to by ", quoted(other)];
}

// The weights of the chosen word: each with its word, a bar, a mark if it is gold, and their sum.
function createNumbers({ src, tgt, weights, gold }) {
  const [caption, body, total] = [element("caption"), element("tbody"), element("td")];
  const sumLabel = element("th", { scope: "row", colspan: 2 });
  const most = Math.max(src.length, tgt.length); // rows to leave room for: what stands below does not jump
  const root = element("div", { class: "numbers", style: `--most: ${most}` },
    element("table", {}, caption, body, element("tfoot", {}, element("tr", {}, sumLabel, total))));

  function paint(place) {
    const { side, row, column } = place;
    const [words, other] = side === "target" ? [src, column] : [tgt, row];
    if (row >= tgt.length && side === "target") {
      caption.textContent = `has no target word ${row + 1}`;
      for (const part of [body, sumLabel, total]) part.replaceChildren();
      return;
    }
    caption.replaceChildren(...sentence(tgt[row], src[column], side).slice(0, 2));
    const values = weightsOf(weights, place);
    body.replaceChildren(...words.map((word, i) => {
      const [ownColumn, ownRow] = side === "target" ? [i, row] : [column, i];
      const mark = gold.filter((link) => link[0] === ownColumn && link[1] === ownRow)
        .map(() => element("i", { class: "gold", role: "img", "aria-label": "gold link" }));
      return element("tr", i === other ? { class: "now" } : {},
        element("th", { scope: "row", title: word }, word),
        element("td", {}, element("div", {}, element("i", { style: `width: ${percent(values[i], 1)}` }))),
        element("td", {}, ...mark, printed(values[i])));
    }));
    sumLabel.textContent = `sum over ${words.length} ${side === "target" ? "source" : "target"} tokens`;
    total.textContent = printedSum(values);
  }
  return { root, paint };
}

// The alignment error rate, with each number below what it is.
function createScore({ gold, links, common, rate }) {
  const exact = Math.abs(1000 * rate - Math.round(1000 * rate)) < 1e-9;
  const columns = [
    ["AER", printed(rate)], ["=", exact ? "=" : "≈"], ["1 − 2 ·", "1 − 2 ·"], ["|A ∩ G|", common], ["/ (", "/ ("],
    ["|A|", links.length], ["+", "+"], ["|G|", gold.length], [")", ")"],
  ];
  return element("div", { class: "score" },
    ...columns.flatMap(([above, below]) => [element("span", {}, above), element("b", {}, String(below))]));
}

const HELP = "attention weights. Up and down arrow keys choose a target word, left and right a source word. Between lines, "
  + "left and right move along the words, up and down go to the other row. Home and End go to the first and the last.";

// One model: its name, its score, both drawings (one is shown) and its numbers.
function createPanel({ name, src, tgt, weights, score }, title) {
  const data = { src, tgt, weights, gold: score?.gold ?? [], links: score?.links ?? [] };
  const drawings = { map: createMap(data), lines: createLines(data) };
  const numbers = createNumbers(data);
  const stage = element("div", {
    class: "stage", tabindex: "0", role: "application", "aria-label": `${name}: ${HELP}`, ...KEEP_ARROW_KEYS,
  }, drawings.map.root, drawings.lines.root);
  const root = element("figure", { class: "panel" },
    element("figcaption", {}, name === title ? "" : element("b", {}, name), score ? createScore(score) : ""),
    element("div", { class: "halves" }, stage, numbers.root));
  return { root, stage, name, tgt, weights, drawings, paint: numbers.paint };
}

// Words one after another, to choose one: a button that says what is read, and a list between two buttons.
function createPicker(side, trait, signs, words, { chosen, choose, signal }) {
  const name = `${side} word`;
  const go = (index) => choose({ [trait]: index, side });
  const [read, before, after] = [["read the", name, 0], ["previous", signs[0], -1], ["next", signs[1], 1]]
    .map(([which, sign, change]) => signButton(`${which} ${name}`, sign, () => go(chosen()[trait] + change), signal));
  const select = element("select", { "aria-label": name, ...KEEP_ARROW_KEYS },
    ...words.map((word, i) => element("option", { value: i }, `${i + 1}  ${word}`)));
  select.addEventListener("change", () => go(Number(select.value)), { signal });
  function paint(index, isRead) {
    select.value = index;
    read.setAttribute("aria-pressed", isRead);
    before.disabled = index === 0;
    after.disabled = index === words.length - 1;
  }
  return { root: element("div", { class: "control" }, read, before, select, after), paint };
}

// What the keys do: along the map's columns or along a row of words.
const along = (next) => ({ drawing, side, row, column }) =>
  drawing === "map" || side === "source" ? { column: next(column), side: "source" } : { row: next(row) };
const KEYS = {
  ArrowLeft: along((index) => index - 1),
  ArrowRight: along((index) => index + 1),
  Home: along(() => 0),
  End: along(() => Infinity), // choose() stops at the last
  ArrowUp: ({ drawing, row }) => drawing === "map" ? { row: row - 1, side: "target" } : { side: "source" },
  ArrowDown: ({ drawing, row }) => drawing === "map" ? { row: row + 1, side: "target" } : { side: "target" },
};

// What shades and marks mean.
function createKey(hasGold) {
  const bar = element("span", { class: "scale" });
  const mark = (kind, ...text) => element("p", { class: kind }, element("i", { "aria-hidden": "true" }), ...text);
  const root = element("div", { class: "key" },
    element("p", { class: "shades" }, "weight 0 ", bar, " 1"), mark("line", "the wider a line, the more weight"),
    ...(hasGold ? [
      mark("gold", "G: gold links"),
      mark("link", "A: each target word linked to the source word it attends to most; <eos> has no links"),
      element("p", {}, "AER: alignment error rate, 0 where A and G are the same"),
    ] : []));
  return { root, draw: (dark) => { bar.style.background = sequentialGradient(dark); } };
}

function render({ model, el, signal: outer }) {
  const { signal, end } = viewLifetime(outer);
  const src = model.get("src_tokens");
  const data = model.get("panels")
    .map(({ name, tgt_tokens: tgt, weights, score }) => ({ name, src, tgt, weights: decodeArray(weights), score }));
  const rows = Math.max(...data.map(({ tgt }) => tgt.length));
  const tgtWords = Array.from({ length: rows }, (_, j) =>
    [...new Set(data.flatMap(({ tgt }) => tgt.slice(j, j + 1)))].join(" / ")); // models may write different words
  const hasGold = data.some(({ score }) => score);

  const within = ({ row, column, ...place }) =>
    ({ ...place, row: clamp(row, 0, rows - 1), column: clamp(column, 0, src.length - 1) });
  const traits = ["row", "column", "side", "drawing", "show_gold"];
  const view = chosenPlace(model, { traits, within, paint, signal });
  const title = model.get("title") || (data.length === 1 ? data[0].name : "Attention");
  const panels = data.map((panel) => createPanel(panel, title));
  const drawings = panels.flatMap((panel) => Object.values(panel.drawings));
  const key = createKey(hasGold);
  const kinds = ["map", "lines"].map((drawing) =>
    signButton(`draw as ${drawing}`, drawing, () => view.choose({ drawing }), signal));
  const gold = element("input", { type: "checkbox" });
  gold.addEventListener("change", () => view.choose({ show_gold: gold.checked }), { signal });
  const target = createPicker("target", "row", "↑↓", tgtWords, view);
  const source = createPicker("source", "column", "←→", src, view);
  const readout = element("output", { "aria-live": "polite" });
  const root = element("div", { class: "s2s-widget s2s-attention", role: "group", "aria-label": title },
    element("header", {}, element("p", {}, title), element("div", { class: "controls" },
      hasGold ? element("label", {}, gold, "gold links") : "", element("div", { class: "switch" }, ...kinds))),
    element("div", { class: "controls" }, target.root, source.root),
    readout, element("div", { class: "panels" }, ...panels.map((panel) => panel.root)), key.root);
  for (const { stage } of panels) moveWithKeys(stage, view, KEYS);
  for (const drawing of drawings) moveWithPointer(drawing.root, drawing.locate, view);

  // “chat” attends to “cat”: Bahdanau 0.931 of 1.00, Luong 0.872 of 1.00. Models may write different words.
  function say(place) {
    const { row, column, side } = place;
    const words = (tgt) => sentence(tgt[row], src[column], side);
    const same = panels.every(({ tgt }) => tgt[row] === panels[0].tgt[row]);
    readout.replaceChildren(...(same ? [...words(panels[0].tgt), ": "] : []));
    panels.forEach(({ name, tgt, weights }, i) => {
      const text = row >= tgt.length ? [`has no target word ${row + 1}`] : [
        ...(same ? [] : [...words(tgt), " "]),
        element("b", {}, printed(at(weights, row, column))), ` of ${printedSum(weightsOf(weights, place))}`,
      ];
      const [label, comma] = [panels.length > 1 ? `${name} ` : "", i < panels.length - 1 ? "," : ""];
      readout.append(element("span", {}, label, ...text, comma), " ");
    });
  }

  function paint() {
    const place = view.shown();
    root.dataset.drawing = place.drawing;
    root.classList.toggle("plain", !place.show_gold);
    gold.checked = place.show_gold;
    for (const button of kinds) button.setAttribute("aria-pressed", button.textContent === place.drawing);
    for (const panel of panels) panel.paint(place);
    for (const drawing of drawings) drawing.paint(place);
    if (!view.isPreview()) for (const drawing of drawings) drawing.reveal(place);
    target.paint(place.row, place.side === "target");
    source.paint(place.column, place.side === "source");
    say(place);
  }

  el.append(root);
  followTheme(root, (dark) => {
    key.draw(dark);
    for (const drawing of drawings) drawing.draw(dark);
    paint();
  }, signal);
  // What is hidden has no size, so a drawing looks again when it is shown.
  for (const { size } of Object.values(panels[0].drawings)) {
    standTokens(root, size, drawings.flatMap((drawing) => drawing.labels), paint, signal);
  }
  return end;
}

export default { render };
