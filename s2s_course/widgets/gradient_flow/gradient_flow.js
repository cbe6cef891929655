// GradientFlow: tokens shaded by their gradient, the gradient against the lag, the numbers (see gradient_flow.py).
// Read from the end: render() puts together the rows of tokens, a chart, a table and the controls.

const FLOOR = -12; // log10 of the smallest relative size that is shown as a number
const BELOW = -1000; // stands for what is below the floor …
const NOTHING = -2000; // … and for 0
const NARROWEST_COLUMN = 20; // CSS pixels

// A cell as Python stored it: log10 of its gradients, for a step of the loss and a lag.
function readCell({ name, relative, lag_zero }) {
  const levels = decodeArray(relative).values; // of a lower triangle, row by row
  const start = decodeArray(lag_zero).values;
  const at = (step, lag) => levels[(step * (step + 1)) / 2 + step - lag];

  // The three numbers of the table, as text.
  function describe(step, lag) {
    const level = at(step, lag);
    if (level === NOTHING) return { size: "nothing", relative: "nothing", factor: "–" };
    const [below, shown] = level === BELOW ? ["below ", FLOOR] : ["", level];
    const perStep = shown / lag;
    return {
      size: below + formatSize(start[step] + shown),
      relative: below + (below ? power(FLOOR) : formatSize(level)),
      factor: lag === 0 ? "–" : below + formatSize(perStep, perStep < -2 ? 2 : 3),
    };
  }
  return { name, levels, at, describe };
}

// The least of 1, 2, 5, 10, … that fits at most `most` times in `length`: the distance between ticks.
function tickStep(length, most = 8) {
  return [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].find((step) => length / step <= most) ?? length;
}

// The multiples of `step` from `low` to `high`.
function multiples(step, low, high) {
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, i) => step * (first + i));
}

// One scale for all cells and steps, from a power of ten to the largest; under it is room for what is below the floor.
function createScale(cells) {
  let [low, high, below, gaps] = [-1, 0, false, false];
  for (const { levels } of cells) {
    for (const level of levels) {
      if (level === NOTHING) gaps = true;
      else if (level === BELOW) below = true;
      else [low, high] = [Math.min(low, Math.floor(level)), Math.max(high, level)];
    }
  }
  if (below) low = FLOOR;
  const top = high + 0.04 * (high - low);
  const bottom = low - (below ? 0.12 : 0.04) * (high - low);
  const y = (level) => (100 * (top - level)) / (top - bottom); // percent from the top
  return {
    low, high, below, gaps,
    ticks: multiples(tickStep(high - low), low, high),
    y: (level) => y(level === BELOW ? (low + bottom) / 2 : level),
    strength: (level) => clamp((level - low) / (high - low), 0, 1), // 0 below the floor, too
  };
}

// ---- parts ------------------------------------------------------------------------------------------

// A cell's line as it is in the chart.
function sample(index) {
  const node = element("span", { class: `sample cell-${index}` });
  node.innerHTML = '<svg viewBox="0 0 26 8" aria-hidden="true"><path d="M2 4H24"/></svg>';
  return node;
}

// The tokens once and, for each cell, a strip of boxes, in equal columns.
function createRows({ tokens, cells, scale }) {
  const steps = tokens.length;
  const labels = tokens.map((token) => element("span", { title: token }, token));
  const strips = cells.map(() => tokens.map(() => element("i")));
  const [loss, lagged] = ["loss", "lagged"].map((name) =>
    ({ frame: element("div", { class: `frame ${name}`, style: `width: ${100 / steps}%` }), tag: element("span") }));
  loss.tag.textContent = "loss";

  const names = cells.map(({ name }, i) => element("div", { title: name }, sample(i), element("span", {}, name)));
  const gutter = element("div", { class: "gutter" }, ...names, element("p"));
  const plot = element("div", { class: "plot", style: `min-width: ${steps * NARROWEST_COLUMN}px` },
    element("p", {}, loss.tag),
    element("div", { class: "tokens" }, ...labels),
    ...strips.map((boxes) => element("div", { class: "strip" }, ...boxes)),
    element("p", {}, lagged.tag),
    loss.frame, lagged.frame);
  const root = element("div", { class: "scroller", tabindex: "-1" }, gutter, plot);

  function paint(step, lag, dark) {
    cells.forEach((cell, i) => strips[i].forEach((box, s) => {
      const level = s > step ? null : cell.at(step, step - s);
      box.className = level === null ? "future" : level === NOTHING ? "nothing" : "";
      box.style.background = box.className ? "" : `rgb(${sequential(scale.strength(level), dark)})`;
    }));
    labels.forEach((label, s) => label.classList.toggle("future", s > step));
    for (const [{ frame, tag }, s] of [[loss, step], [lagged, step - lag]]) {
      frame.style.left = `${(100 * s) / steps}%`;
      tag.style.left = `clamp(1.6em, ${(100 * (s + 0.5)) / steps}%, 100% - 1.6em)`;
    }
    lagged.tag.textContent = `lag ${lag}`;
  }

  // Scroll this part, never the page, to the lagged step, its neighbors and, if there is room, the step of the loss.
  function reveal(step, lag) {
    const width = plot.clientWidth / steps;
    const visible = root.clientWidth - gutter.offsetWidth;
    const near = (s) => clamp(root.scrollLeft, (s + 2) * width - visible, (s - 1) * width);
    for (const s of [step, step - lag]) root.scrollLeft = near(s);
  }

  return { root, plot, labels, paint, reveal, lagAt: (event, step) => step - columnAt(event, plot, steps) };
}

const HELP = "Gradient against lag. Left and right arrow keys change the lag, up and down the step of the loss, Home "
  + "and End go to lag 0 and to the largest lag.";

function createChart({ steps, cells, scale }) {
  const left = (lag) => `${(100 * (lag + 0.5)) / steps}%`;
  const grid = scale.ticks.map((tick) => `<path class="grid" d="M0 ${scale.y(tick)}H${steps}"/>`);
  const lines = stretchedSvg(`0 0 ${steps} 100`,
    [...grid, ...cells.map((_, i) => `<path class="line cell-${i}"/>`)].join(""));
  const paths = lines.querySelectorAll(".line");
  const dots = cells.map((_, i) => element("i", { class: `cell-${i}` }));
  const before = element("div", { class: "before" }, element("span", {}, "no earlier steps"));
  const band = element("div", { class: "band", style: `top: ${scale.y(scale.low)}%` }, `below ${power(FLOOR)}`);
  band.hidden = !scale.below;
  const cursor = element("div", { class: "cursor" });
  const chosen = element("b");
  const xTicks = multiples(tickStep(steps - 1), 0, steps - 1)
    .map((lag) => element("span", { style: `left: ${left(lag)}` }, String(lag)));
  const area = element("div", { class: "area" }, band, before, lines, cursor, ...dots);
  const focusable = { tabindex: "0", role: "application", "aria-label": HELP, ...KEEP_ARROW_KEYS };
  const root = element("div", { class: "chart", ...focusable },
    element("p", {}, "gradient, relative to lag 0"),
    element("div", { class: "y", "aria-hidden": "true" },
      ...scale.ticks.map((tick) => element("span", { style: `top: ${scale.y(tick)}%` }, power(tick)))),
    area,
    element("div", { class: "x", "aria-hidden": "true" }, ...xTicks, chosen),
    element("p", { class: "x-label" }, "lag (steps back)"));

  function paint(step, lag) {
    cells.forEach((cell, i) => {
      let [course, pen] = ["", "M"];
      for (let back = 0; back <= step; back++) {
        const level = cell.at(step, back);
        // "h0" makes a point visible that has no neighbor.
        if (level !== NOTHING) course += `${pen}${back + 0.5} ${scale.y(level).toFixed(3)}${pen === "M" ? "h0" : ""}`;
        pen = level === NOTHING ? "M" : "L";
      }
      paths[i].setAttribute("d", course);
      const level = cell.at(step, lag);
      dots[i].hidden = level === NOTHING;
      dots[i].style.left = left(lag);
      dots[i].style.top = `${scale.y(level)}%`;
    });
    cursor.style.left = left(lag);
    before.style.left = `${(100 * (step + 1)) / steps}%`;
    before.classList.toggle("narrow", before.clientWidth < 100); // no room for its text
    chosen.textContent = lag;
    chosen.style.left = left(lag);
    for (const tick of xTicks) {
      const distance = (Math.abs(Number(tick.textContent) - lag) / steps) * area.clientWidth;
      tick.hidden = distance < 20; // it would touch the chosen lag
    }
  }
  return { root, area, paint, lagAt: (event) => columnAt(event, area, steps) };
}

// A row for each cell; it is the legend of the chart too.
function createTable(cells) {
  const lagHeading = element("th", { scope: "col" });
  const headings = ["relative to lag\u00a00", "factor per step"].map((text) => element("th", { scope: "col" }, text));
  const columns = ["size", "relative", "factor"];
  const rows = cells.map(() => columns.map(() => element("td")));
  const root = element("table", { class: "readings" },
    element("thead", {}, element("tr", {}, element("th", { scope: "col" }, "cell"), lagHeading, ...headings)),
    element("tbody", {}, ...cells.map(({ name }, i) =>
      element("tr", {}, element("th", { scope: "row" }, sample(i), name), ...rows[i]))));

  function paint(step, lag) {
    lagHeading.textContent = `gradient at lag\u00a0${lag}`;
    cells.forEach((cell, i) => {
      const texts = cell.describe(step, lag);
      columns.forEach((column, j) => { rows[i][j].textContent = texts[column]; });
    });
  }
  return { root, paint };
}

// What the keys do on the chart, from the chosen step and lag to new ones.
const LAG_MOVES = {
  ArrowLeft: ({ lag }) => ({ lag: lag - 1 }),
  ArrowRight: ({ lag }) => ({ lag: lag + 1 }),
  ArrowUp: ({ step }) => ({ step: step + 1 }),
  ArrowDown: ({ step }) => ({ step: step - 1 }),
  Home: () => ({ lag: 0 }),
  End: () => ({ lag: Infinity }), // choose() stops at the largest
};

// The whole course of each cell back from the step of the loss, and the numbers at the chosen lag, in words.
function linesOf({ cells, tokens }, { step, lag }) {
  const lags = Array.from({ length: step + 1 }, (_, back) => back);
  return [
    `The loss stands at step ${step + 1} of ${tokens.length}, “${tokens[step]}”; `
      + `at lag ${lag} is the input of step ${step - lag + 1}, “${tokens[step - lag]}”.`,
    ...cells.flatMap(({ name, describe }) => {
      const { size, relative, factor } = describe(step, lag);
      return [
        `${name}: at lag ${lag} the gradient is ${size}, relative to lag 0 ${relative}`
          + `${lag ? `, a factor of ${factor} per step` : ""}.`,
        `${name}: relative to lag 0, from lag 0 to lag ${step}: `
          + `${listed(lags.map((back) => describe(step, back).relative))}.`,
      ];
    }),
  ];
}

// The scale of the shades, and what a box without one means.
function createLegend(scale) {
  const bar = element("div", { class: "bar" });
  const nothing = [element("i", { class: "nothing" }), element("span", {}, "nothing")];
  const root = element("div", { class: "legend", "aria-hidden": "true" },
    element("span", {}, `relative to lag 0: ${scale.below ? "≤ " : ""}${power(scale.low)}`), bar,
    element("span", {}, formatSize(scale.high, 1)), ...(scale.gaps ? nothing : []));
  return { root, drawScale: (dark) => { bar.style.background = sequentialGradient(dark); } };
}

function render({ model, el, signal: outer }) {
  const { signal, end } = viewLifetime(outer);
  const tokens = model.get("tokens");
  const steps = tokens.length;
  const cells = model.get("cells").map(readCell);
  const scale = createScale(cells);

  let dark = false;
  const within = ({ step, lag }) => {
    const inside = clamp(step, 0, steps - 1);
    return { step: inside, lag: clamp(lag, 0, inside) };
  };
  const view = chosenPlace(model, { traits: ["step", "lag"], within, paint, signal });
  const { chosen, choose } = view;

  // ---- parts ----
  const rows = createRows({ tokens, cells, scale });
  const chart = createChart({ steps, cells, scale });
  const table = createTable(cells);
  const lagSlider = sliderWithButtons({
    name: "lag", label: "lag", less: { text: "lag one less", sign: "←" }, more: { text: "lag one more", sign: "→" },
    move: (change) => choose({ lag: chosen().lag + change }), set: (lag) => choose({ lag }), signal,
  });
  const stepSlider = sliderWithButtons({
    name: "loss at step", label: "step of the loss",
    less: { text: "loss one step earlier", sign: "↓" }, more: { text: "loss one step later", sign: "↑" },
    move: (change) => choose({ step: chosen().step + change }), set: (step) => choose({ step }), signal,
  });
  const readout = element("output", { "aria-live": "polite" });
  const legend = createLegend(scale);
  const title = model.get("title") || "Gradient flow";
  const transcript = createTranscript(() => linesOf({ cells, tokens }, view.shown()), signal);
  const root = element("div", { class: "s2s-widget s2s-gradient-flow", role: "group", "aria-label": title },
    element("header", {}, element("p", {}, title), legend.root), rows.root,
    element("div", { class: "halves" }, chart.root, element("div", { class: "numbers" }, readout, table.root)),
    element("div", { class: "controls" }, lagSlider.root, stepSlider.root), transcript.root);

  function paint() {
    const { step, lag } = view.shown();
    for (const part of [rows, chart, table]) part.paint(step, lag, dark);
    if (!view.isPreview()) rows.reveal(step, lag);
    lagSlider.paint(lag, step, lag, `${lag}, input at step ${step - lag + 1}, ${tokens[step - lag]}`);
    stepSlider.paint(step, steps - 1, step + 1, `step ${step + 1} of ${steps}, ${tokens[step]}`);
    const place = (s) => `step ${s + 1} “${tokens[s]}”`;
    const values = cells.map((cell) => `${cell.name}\u00a0${cell.describe(step, lag).relative}`).join("; ");
    readout.textContent = `loss at ${place(step)}, input at ${place(step - lag)}, lag ${lag}. `
      + `Relative to lag 0: ${values}`;
    transcript.paint();
  }

  // ---- mouse, touch and keyboard ----
  for (const [node, lagAt] of [[rows.plot, rows.lagAt], [chart.area, chart.lagAt]]) {
    moveWithPointer(node, (event) => ({ lag: lagAt(event, chosen().step) }), view);
  }
  moveWithKeys(chart.root, view, LAG_MOVES);

  // ---- life ----
  el.append(root);
  reachWhileItScrolls(rows.root, "tokens and gradients", signal);
  followTheme(root, (nowDark) => {
    dark = nowDark;
    legend.drawScale(dark);
    paint();
  }, signal);
  standTokens(root, chart.area, rows.labels, paint, signal); // the chart's height does not depend on the tokens
  return end;
}

export default { render: withOwnSentence(render, { choices: ownChoices, traits: ownTraits, longest: 24 }) };
