// Gates: a map of all units, the course of one unit, and its equations with their numbers (see gates.py).
// Read from the end: render() puts together the panel, the arithmetic and the controls.

// Widths in CSS pixels. Heights are in gates.css.
const COLUMN = { narrowest: 22, widest: 64 };
const GUTTER = 90; // for the labels left of the map and the lanes
const HIGHEST_ROW = 16; // a map with few units is lower than others

// `lanes` are what is drawn over time; the map begins with `map`. `numbers` are all quantities of one unit at one step,
// by the letters of the equations, from its gates and its state before and now. `right` is an equation's right side. Its
// bars stand for its terms: one begins where the one named by `after` ends; a gate lets it through of `whole`.
const CELLS = {
  lstm: {
    name: "an LSTM",
    lanes: { f: "forget gate", i: "input gate", g: "candidate", o: "output gate", c: "cell state", h: "hidden state" },
    map: "c",
    numbers: ({ forget: f, input: i, candidate: g, output: o }, before, now) => ({
      f, i, g, o, "c′": before, c: now, "f · c′": f * before, "i · g": i * g,
      "tanh(c)": Math.tanh(now), h: o * Math.tanh(now),
    }),
    equations: [{
      parts: ["c", "=", "f", "·", "c′", "+", "i", "·", "g"],
      right: (n) => n.f * n["c′"] + n.i * n.g,
      bars: [
        { name: "f · c′", says: "kept", whole: "c′" },
        { name: "i · g", says: "written", whole: "g", after: "f · c′" },
        { name: "c", says: "cell state", sum: true },
      ],
    }, {
      parts: ["h", "=", "o", "·", "tanh(", "c", ")"],
      right: (n) => n.o * Math.tanh(n.c),
      bars: [{ name: "tanh(c)", says: "squashed" }, { name: "h", says: "hidden state", whole: "tanh(c)" }],
    }],
  },
  gru: {
    name: "a GRU",
    lanes: { r: "reset gate", z: "update gate", a: "from input", u: "from state", n: "candidate", h: "hidden state" },
    map: "h",
    numbers: ({ reset: r, update: z, candidate_from_input: a, candidate_from_hidden: u }, before, now) => {
      const n = Math.tanh(a + r * u);
      return {
        r, z, a, u, n, "h′": before, h: now, "r · u": r * u, "a + r · u": a + r * u,
        "(1 − z)": 1 - z, "(1 − z) · n": (1 - z) * n, "z · h′": z * before,
      };
    },
    equations: [{
      parts: ["n", "=", "tanh(", "a", "+", "r", "·", "u", ")"],
      right: (n) => Math.tanh(n.a + n.r * n.u),
      bars: [
        { name: "a", says: "from input" }, { name: "r · u", says: "let through", whole: "u", after: "a" },
        { name: "a + r · u", says: "together", sum: true }, { name: "n", says: "its tanh" },
      ],
    }, {
      parts: ["h", "=", "(1 − z)", "·", "n", "+", "z", "·", "h′"],
      right: (n) => n["(1 − z)"] * n.n + n.z * n["h′"],
      bars: [
        { name: "(1 − z) · n", says: "written", whole: "n" },
        { name: "z · h′", says: "kept", whole: "h′", after: "(1 − z) · n" },
        { name: "h", says: "hidden state", sum: true },
      ],
    }],
  },
};

const isGate = (letter) => ["f", "i", "o", "r", "z", "(1 − z)"].includes(letter);
const number = (value) => formatNumber(value, 3);
const asPrinted = (value) => Number(value.toFixed(3));

// "=" where a reader who computes with the printed numbers gets the printed result, else "≈".
const sign = (left, right) => (number(left) === number(right) ? "=" : "≈");

// Arrays are carried as float16 and the rest that float16 drops.
function carried({ coarse, rest }) {
  const { shape, values } = decodeArray(coarse);
  const { values: dropped } = decodeArray(rest);
  return { shape, values: values.map((value, i) => value + dropped[i]) };
}

// All numbers of all units and steps: history[step][unit].
function readHistory(cell, gates, states) {
  const [rows, units] = states.shape;
  const at = (array, step, unit) => array.values[step * units + unit];
  return Array.from({ length: rows - 1 }, (_, step) => Array.from({ length: units }, (__, unit) => {
    const here = Object.fromEntries(Object.entries(gates).map(([name, gate]) => [name, at(gate, step, unit)]));
    return cell.numbers(here, at(states, step, unit), at(states, step + 1, unit));
  }));
}

// The panel: tokens, a map of all units, a lane for each quantity of the chosen unit.
function createPanel({ lanes, tokens, history, limits }) {
  const [steps, units] = [history.length, history[0].length];
  const labels = tokens.map((token) => element("span", { title: token }, token));
  const map = element("canvas", { width: steps, height: units });
  const [row, cursor, rowLabel] = [element("div", { class: "row" }), element("div", { class: "cursor" }), element("b")];
  const drawn = Object.entries(lanes).map(([letter, name]) => {
    const svg = stretchedSvg(isGate(letter) ? `0 -1.05 ${steps} 1.1` : `0 -1.05 ${steps} 2.1`,
      `<path class="zero" d="M0 0H${steps}"/><path class="up"/><path class="down"/>`);
    const value = element("span");
    const lane = element("div", { class: isGate(letter) ? "lane gate" : "lane" }, svg);
    const label = element("div", { class: "lane" }, element("span", {}, element("b", {}, letter), ` ${name}`), value);
    return { letter, svg, value, lane, label };
  });

  const mapHeight = `height: min(var(--map-height), ${units * HIGHEST_ROW}px)`;
  const gutter = element("div", { class: "gutter" },
    element("div", { class: "map", style: mapHeight }, rowLabel), ...drawn.map(({ label }) => label));
  const plot = element("div", { class: "plot", style: `min-width: ${steps * COLUMN.narrowest}px` },
    element("div", { class: "tokens" }, ...labels), element("div", { class: "map", style: mapHeight }, map, row),
    ...drawn.map(({ lane }) => lane), cursor);
  const root = element("div", { class: "scroller" }, gutter, plot);
  root.style.maxWidth = `${GUTTER + steps * COLUMN.widest}px`;

  const drawMap = (letter, dark) => drawCells(map, (step, unit) => {
    const color = isGate(letter) ? sequential : diverging;
    return color(history[step][unit][letter] / limits[letter], dark);
  });

  function paint(now, unit) {
    Object.assign(cursor.style, { left: `${(100 * now) / steps}%`, width: `${100 / steps}%` });
    Object.assign(row.style, { top: `${(100 * unit) / units}%`, height: `${100 / units}%` });
    rowLabel.textContent = `unit ${unit}`;
    rowLabel.style.top = `${(100 * (unit + 0.5)) / units}%`;
    for (const { letter, svg, value } of drawn) {
      const heights = history.map((column) => column[unit][letter] / limits[letter]);
      const bars = (wanted) => heights.map((y, step) => (wanted(y) ? `M${step + 0.2} 0V${-y}h0.6V0Z` : "")).join("");
      svg.querySelector(".up").setAttribute("d", bars((height) => height > 0));
      svg.querySelector(".down").setAttribute("d", bars((height) => height < 0));
      value.textContent = number(history[now][unit][letter]);
    }
  }

  // Scroll this panel, never the page, so that the column of a step is in sight.
  function reveal(step) {
    const width = plot.clientWidth / steps;
    root.scrollLeft = clamp(root.scrollLeft, (step + 1) * width - (root.clientWidth - GUTTER), step * width);
  }

  return { root, plot, labels, drawMap, paint, reveal, locate: (event) => cellAt(event, map) };
}

// The equation, the number below each letter, and below a gate's number how far it is open.
function createEquation({ parts, right }, history) {
  const columns = parts.map((part) => ({
    part, below: element("span"), gauge: element("i", isGate(part) ? { class: "gauge" } : {}),
  }));
  const root = element("div", { class: "equation" },
    ...columns.flatMap(({ part, below, gauge }) => [element("b", {}, part), below, gauge]));

  function paint(step, unit) {
    const numbers = history[step][unit];
    const printed = Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, asPrinted(value)]));
    for (const { part, below, gauge } of columns) {
      if (part === "=") below.textContent = sign(numbers[parts[0]], right(printed));
      else below.textContent = part in numbers ? number(numbers[part]) : part;
      if (isGate(part)) gauge.style.setProperty("--share", numbers[part]);
    }
  }
  return { root, paint };
}

// Terms as bars: each is what its gate lets through (filled) of what there was (outlined), and a sum begins each
// term where the last one ended. All bars of a unit have one scale over time.
function createBars(bars, history) {
  const spans = (numbers) => bars.map(({ name, whole = name, after }) => {
    const from = after ? numbers[after] : 0;
    return { from, to: from + numbers[name], outline: from + numbers[whole] };
  });
  const nodes = bars.map(({ name, says, sum }) => {
    const [zero, outline, fill] = ["zero", "outline", "fill"].map((part) => element("i", { class: part }));
    const value = element("span");
    const root = element("div", { class: sum ? "bar sum" : "bar" },
      element("span", {}, element("b", {}, name), ` ${says}`),
      element("div", { class: "track", "aria-hidden": "true" }, zero, outline, fill), value);
    return { zero, outline, fill, value, root };
  });

  function paint(step, unit) {
    const ends = history.flatMap((column) => spans(column[unit]).flatMap(({ to, outline }) => [to, outline]));
    const [low, high] = [Math.min(0, ...ends), Math.max(0, ...ends)];
    const place = (node, from, to) => {
      node.style.left = `${(100 * (Math.min(from, to) - low)) / (high - low || 1)}%`;
      node.style.width = `${(100 * Math.abs(to - from)) / (high - low || 1)}%`;
      node.classList.toggle("negative", to < from);
    };
    const numbers = history[step][unit];
    let total = 0; // of the numbers printed so far
    spans(numbers).forEach(({ from, to, outline }, i) => {
      const [{ name, after, sum }, node, own] = [bars[i], nodes[i], numbers[bars[i].name]];
      place(node.zero, 0, 0);
      place(node.outline, from, outline);
      place(node.fill, from, to);
      if (sum) node.value.textContent = `${sign(own, total)} ${number(own)}`;
      else if (after) node.value.textContent = `${asPrinted(own) < 0 ? "−" : "+"} ${number(Math.abs(own))}`;
      else node.value.textContent = number(own);
      total += asPrinted(own);
    });
  }
  return { root: element("div", { class: "bars" }, ...nodes.map(({ root }) => root)), paint };
}

// "c 0.742 (kept 0.675, written 0.067), h 0.477", the results in bold.
const summary = ({ equations }, numbers) => equations.flatMap(({ parts: [left], bars }, i) => {
  const terms = bars.filter(({ says }) => says === "kept" || says === "written");
  const inside = terms.map(({ says, name }) => `${says} ${number(numbers[name])}`).join(", ");
  return [i ? ", " : "", element("b", {}, `${left} ${number(numbers[left])}`), inside && ` (${inside})`];
});

// Which quantity the map shows, and its color scale.
function createLegend({ lanes, map }, limits, change, signal) {
  const select = element("select", { "aria-label": "quantity in the map", ...KEEP_ARROW_KEYS },
    ...Object.entries(lanes).map(([letter, name]) => element("option", { value: letter }, `${letter}  ${name}`)));
  select.value = map;
  select.addEventListener("change", change, { signal });
  const [low, high, needle] = [element("span"), element("span"), element("i")];
  const scale = element("div", { class: "scale", "aria-hidden": "true" }, needle);
  function draw(dark) {
    const [gate, limit] = [isGate(select.value), Number(limits[select.value].toPrecision(2))];
    scale.style.background = gate ? sequentialGradient(dark) : divergingGradient(dark);
    [low.textContent, high.textContent] = gate ? [0, 1] : [`−${limit}`, limit];
  }
  function paint(value) {
    const share = value / limits[select.value];
    needle.style.left = `${100 * (isGate(select.value) ? share : (1 + share) / 2)}%`;
  }
  const root = element("div", { class: "legend" }, element("label", {}, "map ", select), low, scale, high);
  return { root, letter: () => select.value, draw, paint };
}

// Every number of the chosen unit at the chosen step, its equations, and what the map shows of it over time, in words.
function linesOf({ name, lanes, equations }, { history, tokens, letter, step, unit }) {
  const numbers = history[step][unit];
  const values = (at) => history.map((column, t) => `${number(column[at][letter])} at “${tokens[t]}”`);
  const levels = history[step].map((each) => each[letter]);
  const [low, high] = [Math.min(...levels), Math.max(...levels)];
  const extreme = (level) => `${number(level)} in unit ${levels.indexOf(level)}`;
  return [
    `Step ${step + 1} of ${history.length}, “${tokens[step]}”, unit ${unit} of ${levels.length} of ${name}.`,
    `${capital(listed(Object.entries(lanes).map(([each, says]) => `${says} ${each} is ${number(numbers[each])}`)))}.`,
    ...equations.map(({ parts }) => {
      const inNumbers = parts.map((part) => (part in numbers ? number(numbers[part]) : part));
      return `${parts.join(" ")}, in numbers ${inNumbers.join(" ")}.`;
    }),
    `The map shows ${lanes[letter]} ${letter}. Unit ${unit} has ${listed(values(unit))}.`,
    `Of all units at this step the lowest has ${extreme(low)}, the highest ${extreme(high)}.`,
  ];
}

const HELP = "Gates and states over time. Left and right arrow keys move through time, up and down through the "
  + "units, Home and End go to the first and the last step.";
const KEY = "In the bars: outlined, what there was; filled, what its gate lets through.";

function render({ model, el, signal: outer }) {
  const { signal, end } = viewLifetime(outer);
  const cell = CELLS[model.get("cell")];
  const gates = Object.fromEntries(Object.entries(model.get("gates")).map(([name, gate]) => [name, carried(gate)]));
  const history = readHistory(cell, gates, carried(model.get("states")));
  const tokens = model.get("tokens");
  const [steps, units] = [history.length, history[0].length];
  const limits = Object.fromEntries(Object.keys(cell.lanes).map((letter) => {
    const alike = "au".includes(letter) ? ["a", "u"] : [letter]; // the parts of a sum have one scale
    const values = history.flat().flatMap((numbers) => alike.map((each) => numbers[each]));
    return [letter, isGate(letter) ? 1 : largestSize(values) || 1];
  }));

  const title = model.get("title") || `The gates of ${cell.name}`;
  const view = stepAndUnit(model, { steps, units, paint, signal });
  const panel = createPanel({ lanes: cell.lanes, tokens, history, limits });
  const legend = createLegend(cell, limits, draw, signal);
  const controls = createStepAndUnitControls(view);
  const equations = cell.equations.flatMap((each) => [createEquation(each, history), createBars(each.bars, history)]);
  takeKeys(panel.root, HELP);
  const readout = element("output", { "aria-live": "polite" });
  const transcript = createTranscript(() =>
    linesOf(cell, { history, tokens, letter: legend.letter(), ...view.shown() }), signal);
  const root = element("div", {
    class: "s2s-widget s2s-gates", style: `--gutter: ${GUTTER}px`, role: "group", "aria-label": title,
  }, element("header", {}, element("p", {}, title), legend.root),
  element("div", { class: "sides" },
    element("div", {}, panel.root, controls.root),
    element("div", {}, readout, ...equations.map((each) => each.root), element("p", {}, KEY))), transcript.root);
  moveWithKeys(panel.root, view);
  moveWithPointer(panel.plot, panel.locate, view);

  function paint() {
    const { step, unit } = view.shown();
    const numbers = history[step][unit];
    const place = `step ${step + 1} of ${steps}`;
    panel.paint(step, unit);
    if (!view.isPreview()) panel.reveal(step);
    legend.paint(numbers[legend.letter()]);
    controls.paint(step, unit, `${place}, ${tokens[step]}`);
    for (const each of equations) each.paint(step, unit);
    readout.replaceChildren(`${place} “${tokens[step]}”, unit ${unit}: `, ...summary(cell, numbers));
    transcript.paint();
  }

  // The map and its scale change only with the theme and the quantity in the map.
  function draw() {
    const dark = isDark();
    legend.draw(dark);
    panel.drawMap(legend.letter(), dark);
    paint();
  }

  el.append(root);
  followTheme(root, draw, signal);
  standTokens(root, controls.root, panel.labels, paint, signal);
  return end;
}

export default { render: withOwnSentence(render, { choices: ownChoices, traits: ownTraits }) };
