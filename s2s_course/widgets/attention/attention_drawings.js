// One matrix of weights as a map, as lines and as numbers (see attention.py).

const COLUMN = { narrowest: 17, widest: 38 }; // of a map, in CSS pixels
const FAINTEST = 0.005; // a line of less weight could not be seen

const at = ({ shape, values }, row, column) => values[row * shape[1] + column];
const quoted = (word) => `“${word}”`;
const percent = (index, count) => `${(100 * index) / count}%`;
const markNow = (labels, index) => labels.forEach((label, i) => label.classList.toggle("now", i === index));
const labelsOf = (tokens) => tokens.map((token) => element("span", { title: token }, token));

// Where words may not look ahead, the columns behind a row's own.
const isMasked = ({ causal }, row, column) => causal && column > row;

// The weights of a word: of a target word over the source, or of a source word over the targets.
function weightsOf(weights, { side, row, column }) {
  const [rows, columns] = weights.shape;
  if (side === "target") return Array.from({ length: columns }, (_, i) => at(weights, row, i));
  return Array.from({ length: rows }, (_, j) => at(weights, j, column));
}

const printedSum = (values) => formatNumber(values.reduce((sum, value) => sum + value, 0), 2);

// Shade a canvas by weight, one pixel a cell. What is masked stays transparent: the hatching behind it shows.
function drawWeights(canvas, { weights, causal }, dark) {
  drawCells(canvas, (column, row) => sequential(at(weights, row, column), dark));
  if (!causal) return;
  const context = canvas.getContext("2d");
  for (let row = 0; row < canvas.height; row++) context.clearRect(row + 1, row, canvas.width, 1);
}

// Scroll a drawing, never the page, so that one of `count` columns right of the gutter is in sight.
function revealColumn(scroller, plot, gutter, index, count) {
  const [width, visible] = [plot.clientWidth / count, scroller.clientWidth - gutter];
  scroller.scrollLeft = clamp(scroller.scrollLeft, (index + 1) * width - visible, index * width);
}

// ---- drawings ---------------------------------------------------------------------------------------
// Each gets one matrix of weights, the tokens along its two sides, gold links and predicted links.

// Target words by source words.
function createMap({ src, tgt, weights, causal, gold, links }) {
  const [rows, columns] = weights.shape;
  const [labels, names] = [labelsOf(src), labelsOf(tgt)];
  const canvas = element("canvas", { width: columns, height: rows }); // one pixel a cell, enlarged by CSS
  const mark = (kind) => ([column, row]) =>
    element("i", { class: kind, style: `left: ${percent(column, columns)}; top: ${percent(row, rows)}` });
  const [row, cursor] = [element("div", { class: "row" }), element("div", { class: "cursor" })];
  const map = element("div", { class: causal ? "map hatched" : "map" },
    canvas, ...gold.map(mark("gold")), ...links.map(mark("link")), row);
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
  const draw = (dark) => drawWeights(canvas, { weights, causal }, dark);
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

// The same of what is masked.
function refusal(target, source, side) {
  const [read, other, verb, place] = side === "target"
    ? [target, source, "attend to", "a later"] : [source, target, "be attended to by", "an earlier"];
  return [element("b", {}, quoted(read)), ` may not ${verb} ${quoted(other)}, ${place} word: `, element("b", {}, "masked")];
}

// The weights of the chosen word: each with its word, a bar, a mark if it is gold, and their sum.
function createNumbers({ src, tgt, sides, weights, causal, gold, digits }) {
  const [caption, body, total] = [element("caption"), element("tbody"), element("td")];
  const sumLabel = element("th", { scope: "row", colspan: 2 });
  const most = Math.max(src.length, tgt.length); // rows to leave room for: what stands below does not jump
  const root = element("div", { class: "numbers", style: `--most: ${most}` },
    element("table", { class: "readings" }, caption, body, element("tfoot", {}, element("tr", {}, sumLabel, total))));

  function paint(place) {
    const { side, row, column } = place;
    const [words, other] = side === "target" ? [src, column] : [tgt, row];
    if (row >= tgt.length && side === "target") {
      caption.textContent = `has no ${sides[0]} word ${row + 1}`;
      for (const part of [body, sumLabel, total]) part.replaceChildren();
      return;
    }
    caption.replaceChildren(...sentence(tgt[row], src[column], side).slice(0, 2));
    const values = weightsOf(weights, place);
    let open = 0; // words that are not masked
    body.replaceChildren(...words.map((word, i) => {
      const [ownColumn, ownRow] = side === "target" ? [i, row] : [column, i];
      const masked = isMasked({ causal }, ownRow, ownColumn);
      open += !masked;
      const mark = gold.filter((link) => link[0] === ownColumn && link[1] === ownRow)
        .map(() => element("i", { class: "gold", role: "img", "aria-label": "gold link" }));
      return element("tr", { class: `${i === other ? "now" : ""} ${masked ? "masked" : ""}`.trim() },
        element("th", { scope: "row", title: word }, word),
        element("td", {}, element("div", { class: masked ? "hatched" : "" },
          element("i", { style: `width: ${percent(values[i], 1)}` }))),
        element("td", {}, ...mark, masked ? "masked" : formatNumber(values[i], digits)));
    }));
    const count = open < words.length ? `${open} of ${words.length}` : words.length;
    sumLabel.textContent = `sum over ${count} ${sides[side === "target" ? 1 : 0]} tokens`;
    total.textContent = printedSum(values);
  }
  return { root, paint };
}

// The alignment error rate, with each number below what it is.
function createScore({ gold, links, common, rate }) {
  const exact = Math.abs(1000 * rate - Math.round(1000 * rate)) < 1e-9;
  const columns = [
    ["AER", formatNumber(rate, 3)], ["=", exact ? "=" : "≈"], ["1 − 2 ·", "1 − 2 ·"], ["|A ∩ G|", common], ["/ (", "/ ("],
    ["|A|", links.length], ["+", "+"], ["|G|", gold.length], [")", ")"],
  ];
  return element("div", { class: "score" },
    ...columns.flatMap(([above, below]) => [element("span", {}, above), element("b", {}, String(below))]));
}
