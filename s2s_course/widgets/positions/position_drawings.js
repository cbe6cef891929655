// The drawings of Positions: maps, the course by distance, a dial. Stands between position_ways.js and positions.js.

const percent = (index, count) => `${(100 * (index + 0.5)) / count}%`;

const negativeGradient = (dark) => gradientOf(stopsOf(DIVERGING, dark).slice(0, 3));

// Colors of a grid of numbers: from `low` to `high` where these are given, else symmetric about zero, of which a
// grid without positive numbers uses one half.
function createScale({ limit, low = null, high, digits = 2, isNegative = false }, values) {
  if (low !== null) {
    const share = (value) => (value - low) / (high - low);
    const color = (value, dark) => sequential(share(value), dark);
    return { share, color, ends: [low, high], digits, gradient: sequentialGradient };
  }
  const most = limit ?? (largestSize(values) || 1);
  const color = (value, dark) => diverging(value / most, dark);
  if (isNegative) return { share: (value) => 1 + value / most, color, ends: [-most, 0], digits, gradient: negativeGradient };
  return { share: (value) => (1 + value / most) / 2, color, ends: [-most, most], digits, gradient: divergingGradient };
}

// A map with a title, a row and a column that are chosen, their numbers beside it, and its colors below.
function createMap(name, help, moves, view) {
  const [canvas, row, column] = [element("canvas"), element("div", { class: "row" }), element("div", { class: "column" })];
  const [first, last, rowLabel] = [element("span"), element("span"), element("b")];
  const [left, right, columnLabel] = [element("span"), element("span"), element("b")];
  const frame = element("div", { class: "frame" }, canvas, row, column);
  const stage = element("div", {
    class: `stage ${name}`, tabindex: "0", role: "application", "aria-label": help, ...KEEP_ARROW_KEYS,
  }, element("div", { class: "side" }, first, last, rowLabel), frame,
  element("div", { class: "foot" }, left, right, columnLabel));
  const [title, low, high] = [element("figcaption"), element("span"), element("span")];
  const [bar, needle] = [element("div", { class: "bar" }), element("i")];
  const root = element("figure", {}, title, stage, element("div", { class: "legend", "aria-hidden": "true" },
    low, element("div", { class: "scale" }, bar, needle), high));
  let [grid, scale] = [null, null];

  // The whole grid; `values` row by row.
  function draw(next, dark) {
    grid = next;
    const { rows, columns, values } = grid;
    scale = createScale(grid, values);
    [canvas.width, canvas.height] = [columns, rows];
    drawCells(canvas, (x, y) => scale.color(values[y * columns + x], dark));
    bar.style.background = scale.gradient(dark);
    [low.textContent, high.textContent] =
      scale.ends.map((end) => formatNumber(end, Number.isInteger(end) ? 0 : scale.digits));
    title.textContent = grid.title;
    [first.textContent, last.textContent, left.textContent, right.textContent] = [0, rows - 1, 0, columns - 1];
    [first.style.top, last.style.top, left.style.left, right.style.left] =
      [percent(0, rows), percent(rows - 1, rows), percent(0, columns), percent(columns - 1, columns)];
  }

  function paint(y, x) {
    const { rows, columns, values, columnName } = grid;
    Object.assign(row.style, { top: `${(100 * y) / rows}%`, height: `${100 / rows}%` });
    Object.assign(column.style, { left: `${(100 * x) / columns}%`, width: `${100 / columns}%` });
    [rowLabel.textContent, rowLabel.style.top] = [y, percent(y, rows)];
    columnLabel.textContent = `${columnName} ${x}`;
    columnLabel.style.left = `clamp(34px, ${percent(x, columns)}, 100% - 34px)`;
    const apart = (span, share, size, least) => { span.hidden = Math.abs(share) * size < least; };
    apart(first, y / rows, frame.clientHeight, 14);
    apart(last, (rows - 1 - y) / rows, frame.clientHeight, 14);
    apart(left, x / columns, frame.clientWidth, 54);
    apart(right, (columns - 1 - x) / columns, frame.clientWidth, 54);
    needle.style.left = `${100 * clamp(scale.share(values[y * columns + x]), 0, 1)}%`;
  }

  function locate(event) {
    const box = frame.getBoundingClientRect();
    const y = clamp(Math.floor(((event.clientY - box.top) / box.height) * grid.rows), 0, grid.rows - 1);
    return grid.goTo(y, columnAt(event, frame, grid.columns), view.chosen());
  }
  moveWithKeys(stage, view, moves);
  moveWithPointer(frame, locate, view);
  return { root, draw, paint };
}

// ---- by distance --------------------------------------------------------------------------------------

// What pairs get, over their distance: a line as seen from one position, dots as seen from the other.
function createCourse() {
  const [high, zero, low] = [element("span"), element("span"), element("span")];
  const paths = ["zero", "now", "line", "dots"].map((name) => `<path class="${name}"/>`);
  const svg = stretchedSvg("0 0 1 1", paths.join(""));
  const [far, near, ahead] = ["−", "0", "+"].map((text) => element("span", {}, text));
  const key = element("p", {});
  const root = element("figure", { class: "course" },
    element("figcaption", {}, "the same by distance, key minus query"), key,
    element("div", { class: "plot" }, element("div", { class: "levels" }, high, zero, low), svg),
    element("div", { class: "distances" }, far, near, ahead));
  const sample = (kind, d) => stretchedSvg("0 0 1 1", `<path class="${kind}" d="${d}"/>`);
  const [line, dots] = [sample("line", "M0 .5H1"), sample("dots", "M.15 .5h0M.5 .5h0M.85 .5h0")];

  function paint({ position, other }, { rows, values, high: most, limit = 0 }) {
    const bottom = values.reduce((least, value) => Math.min(least, value), 0);
    const greatest = values.reduce((largest, value) => Math.max(largest, value), limit);
    const top = most ?? (greatest > bottom ? greatest : 1);
    const y = (value) => (1.04 - (0.08 + (value - bottom) / (top - bottom)) / 1.08).toFixed(4);
    const course = (from) => range(rows).map((q) => `${q - from + rows - 1} ${y(values[from * rows + q])}`);
    svg.setAttribute("viewBox", `-0.5 0 ${2 * rows - 1} 1`);
    const set = (name, d) => svg.querySelector(`.${name}`).setAttribute("d", d);
    set("zero", `M-0.5 ${y(Math.max(bottom, 0))}H${2 * rows}M${rows - 1} 0V1`);
    set("now", `M${other - position + rows - 1} 0V1`);
    set("line", `M${course(position).join("L")}`);
    set("dots", course(other).map((point) => `M${point}h0`).join(""));
    for (const [node, value] of [[high, top], [zero, 0], [low, bottom]]) {
      node.textContent = formatNumber(value, Math.abs(value - Math.round(value)) < 1e-9 ? 0 : 2);
      node.style.top = `${100 * y(value)}%`;
      node.hidden = value !== 0 && Math.abs(value) < 0.15 * (top - bottom); // it would touch the zero
    }
    [far.textContent, ahead.textContent] = [`−${rows - 1}`, `+${rows - 1}`];
    key.replaceChildren(line, `seen from position ${position} `, dots, `from position ${other}`);
  }
  return { root, paint };
}

// Two hands, at the angles of the query and of the key.
function createDial() {
  const hand = (name) => `<path class="${name}" d="M0 0H.86M.74-.08L.9 0L.74.08"/>`;
  const svg = stretchedSvg("-1.25 -1.25 2.5 2.5",
    `<circle r="1"/><path class="start" d="M0 0H1"/>${hand("key")}${hand("query")}`);
  svg.setAttribute("preserveAspectRatio", "xMidYMid");
  const [query, key] = [element("span"), element("span")];
  const root = element("div", { class: "dial", "aria-hidden": "true" }, svg, element("p", {},
    element("i", { class: "query" }), query, element("br"), element("i", { class: "key" }), key));
  function paint(angles, { position, other, unit }) {
    ["query", "key"].forEach((name, i) => // counterclockwise, as in mathematics
      svg.querySelector(`.${name}`).setAttribute("transform", `rotate(${(-180 * (angles[i] % (2 * Math.PI))) / Math.PI})`));
    query.textContent = `query at ${position}, pair ${unit}`;
    key.textContent = `key at ${other}, pair ${unit}`;
  }
  return { root, paint };
}
