// HiddenStates: maps of units by time, the course of one unit, one time cursor (see hidden_states.py).
// Read from the end: render() puts together the panels, a legend and the controls.

// Widths in CSS pixels. Heights are in hidden_states.css.
const COLUMN = { narrowest: 22, widest: 64 };
const NARROWEST_PLOT = 108; // has room for its captions
const GUTTER = 38; // for the labels left of a map
const HIGHEST_ROW = 16; // a map with few units is lower than others

// The one scale of all colors and heights: position(value) lies in [-1, 1]. `sizes`: the maps' largest absolute values.
// Beside a map that goes far beyond ±1 (an LSTM's cell state) one that cannot would be pale: ±1 gets half the scale.
function createScale(sizes) {
  const limit = Math.max(...sizes) || 1;
  const bent = limit > 2 && Math.min(...sizes) <= 1;
  const share = (size) => size <= 1 ? size / 2 : 0.5 + (size - 1) / (limit - 1) / 2;
  const position = (value) => bent ? Math.sign(value) * share(Math.abs(value)) : value / limit;
  const end = formatNumber(limit, limit < 10 ? 2 : limit < 100 ? 1 : 0);
  const marks = bent ? [["1", 1], ["0", 0], ["−1", -1]] : [["0", 0]];
  return { bent, position, marks: [[end, limit], ...marks, [`−${end}`, -limit]] };
}

// One part of the picture: tokens, map and course of the chosen unit, in equal columns, from the time `first` on.
function createPanel({ name, note, tokens, states, first, scale, together }) {
  const [steps, units] = states.shape;
  const at = (step, unit) => states.values[step * units + unit];
  const own = (unit) => Math.min(unit, units - 1); // another panel may have more
  const contains = (time) => time >= first && time < first + steps;
  const value = (time, unit) => at(time - first, own(unit));
  const center = (index, count) => `${(100 * (index + 0.5)) / count}%`; // of a column or a row

  const labels = tokens.map((token) => element("span", { title: token }, token));
  const map = element("canvas", { width: steps, height: units }); // one pixel a cell, enlarged by CSS
  const row = element("div", { class: "row" });
  const cursor = element("div", { class: "cursor", style: `width: ${100 / steps}%` });
  const caption = element("p");
  const dots = tokens.map((_, step) => element("i", { style: `left: ${center(step, steps)}` }));
  const level = ([, value]) => `M0 ${-scale.position(value)}H${steps}`;
  const line = stretchedSvg(`0 -1.25 ${steps} 2.5`, // the scale's ends lie at 10 % and 90 % of its height
    `<path class="levels" d="${scale.marks.slice(1, -1).map(level).join("")}"/><path class="course"/>`);

  const tick = (text, top) => element("span", { style: `top: ${top}` }, text);
  const rowTicks = units > 1 ? [0, units - 1].map((unit) => tick(String(unit), center(unit, units))) : [];
  const rowLabel = element("b");

  const narrowest = Math.max(steps * COLUMN.narrowest, NARROWEST_PLOT);
  const widest = Math.max(steps * COLUMN.widest, NARROWEST_PLOT);
  const mapHeight = `height: min(var(--map-height), ${units * HIGHEST_ROW}px)`;
  const gutter = element("div", { class: "gutter" },
    element("div", { class: "map", style: mapHeight }, ...rowTicks, rowLabel),
    element("p"),
    element("div", { class: "trace" },
      ...scale.marks.map(([text, value]) => tick(text, `${50 - 40 * scale.position(value)}%`))));
  const plot = element("div", { class: "plot", style: `min-width: ${narrowest}px` },
    element("div", { class: "tokens" }, ...labels),
    element("div", { class: "map", style: mapHeight }, map, row),
    caption,
    element("div", { class: "trace" }, line, ...dots),
    cursor);
  const scroller = element("div", { class: "scroller", tabindex: "-1" }, gutter, plot);
  const widths = `--steps: ${steps}; --narrowest: ${GUTTER + narrowest}px; --widest: ${GUTTER + widest}px`;
  const root = element("figure", { class: "panel", style: widths },
    element("figcaption", {}, element("b", {}, name), ` ${note}`), scroller);

  let dark = false;
  let order = Array.from({ length: units }, (_, unit) => unit); // of the rows, from the top

  // The map changes only with the theme and the order.
  function drawMap(nowDark) {
    dark = nowDark;
    drawCells(map, (step, rank) => diverging(scale.position(at(step, order[rank])), dark));
  }

  function arrange(next, marked) {
    order = next.order;
    const cuts = next.cuts.map((rank) => element("i", { class: "cut", style: `top: ${(100 * rank) / units}%` }));
    row.parentElement.replaceChildren(map, ...cuts, row);
    labels.forEach((label, step) => label.classList.toggle("marked", marked.includes(first + step)));
    drawMap(dark);
  }
  // The unit so many rows below another.
  const below = (unit, rows) => order[clamp(order.indexOf(own(unit)) + rows, 0, units - 1)];

  // Everything that depends on the time and the unit.
  function paint(time, shared) {
    const unit = own(shared);
    const now = time - first;
    cursor.hidden = !contains(time);
    cursor.style.left = `${(100 * now) / steps}%`;
    const rank = order.indexOf(unit);
    row.style.top = `${(100 * rank) / units}%`;
    row.style.height = `${100 / units}%`;
    rowLabel.textContent = unit;
    rowLabel.style.top = center(rank, units);
    for (const node of rowTicks) {
      const [end, isOrdered] = [Number(node.textContent), order[0] === 0 && order[units - 1] === units - 1];
      const distance = (Math.abs(end - rank) / units) * map.clientHeight;
      node.hidden = !isOrdered || distance < 14; // it would touch the label of the chosen row
    }
    caption.textContent = `unit ${unit} over time`;
    caption.classList.toggle("right", contains(time) && now < steps / 2); // out of the cursor's way

    const heights = tokens.map((_, step) => scale.position(at(step, unit)));
    const points = heights.map((height, step) => `${step + 0.5} ${-height}`);
    line.querySelector(".course").setAttribute("d", `M${points.join("L")}`);
    dots.forEach((dot, step) => {
      dot.style.top = `${50 - 40 * heights[step]}%`;
      dot.style.background = `rgb(${diverging(heights[step], dark)})`;
      dot.classList.toggle("now", step === now);
    });
  }

  // Scroll this panel, or all of them together, but never the page, so that the column of a time is in sight.
  function reveal(time) {
    const port = together ? root.parentElement : scroller;
    const column = time - first;
    const width = plot.clientWidth / steps;
    const visible = port.clientWidth - GUTTER;
    port.scrollLeft = clamp(port.scrollLeft, (column + 1) * width - visible, column * width);
  }

  // Where a pointer is: the time of the column and, on the map, the unit of the row.
  function locate(event) {
    const place = cellAt(event, map);
    return { ...place, step: first + place.step, ...(place.unit !== undefined && { unit: order[place.unit] }) };
  }

  return { root, plot, labels, name, tokens, first, units, states, arrange, below, own, contains, value, drawMap, paint,
    reveal, locate };
}

// The color scale, with a needle at each of the `count` chosen values.
function createLegend(scale, note, count) {
  const place = (value) => `left: ${50 + 50 * scale.position(value)}%`;
  const bar = element("div", { class: "bar" });
  const needles = Array.from({ length: count }, () => element("i"));
  const [[high], ...inner] = scale.marks;
  const [low] = inner.pop();
  const marks = scale.bent ? inner.map(([text, value]) => element("small", { style: place(value) }, text)) : [];
  const root = element("div", { class: "legend", "aria-hidden": "true" }, ...(note ? [element("p", {}, note)] : []),
    element("span", {}, low), element("div", { class: "scale" }, bar, ...marks, ...needles), element("span", {}, high));
  return {
    root,
    drawScale: (dark) => { bar.style.background = divergingGradient(dark); },
    paint: (values) => needles.forEach((needle, i) => { needle.style = place(values[i]); }),
  };
}

// The slider over the names of panels that follow each other.
function createTimeline(slider, panels) {
  const handover = (panels[1].first - 0.5) / slider.max;
  return element("div", { class: "timeline", style: `--handover: ${handover}` },
    slider, ...panels.map(({ name }) => element("span", {}, name.toLowerCase())));
}

// Each panel's course of the chosen unit, its value now, and which units are strongest now, in words.
function linesOf(panels, { step, unit }) {
  const said = (value) => formatNumber(value, 3);
  return panels.flatMap((panel) => {
    const { name, tokens, first, units } = panel;
    const own = panel.own(unit);
    const course = tokens.map((token, t) => `${said(panel.value(first + t, own))} at “${token}”`);
    const all = Array.from({ length: units }, (_, i) => ({ i, value: panel.contains(step) ? panel.value(step, i) : 0 }));
    const strongest = all.sort((a, b) => Math.abs(b.value) - Math.abs(a.value)).slice(0, 3);
    return [
      panel.contains(step) && `${name}, step ${step - first + 1} of ${tokens.length}, “${tokens[step - first]}”: unit `
        + `${own} of ${units} is ${said(panel.value(step, own))}. The strongest units here are `
        + `${listed(strongest.map(({ i, value }) => `${i} with ${said(value)}`))}.`,
      `${name}, unit ${own} over time: ${listed(course)}.`,
    ];
  });
}

const HELP = "Hidden states, units by time. Left and right arrow keys move through time, up and down through the "
  + "units, Home and End go to the first and the last step, m marks the token of a step.";

function render({ model, el, signal: outer }) {
  const { signal, end } = viewLifetime(outer);
  const data = model.get("panels").map((panel) => ({ ...panel, states: decodeArray(panel.states) }));
  const together = data.every(({ first }) => first === 0); // cells that read the same tokens at the same time
  const steps = Math.max(...data.map(({ first, tokens }) => first + tokens.length));
  const units = Math.max(...data.map(({ states }) => states.shape[1]));
  const scale = createScale(data.map(({ states }) => largestSize(states.values)));

  const view = stepAndUnit(model, { steps, units, paint, signal });
  const panels = data.map((panel) => createPanel({ ...panel, scale, together }));
  const note = together ? `one scale for all${scale.bent ? ", finer within ±1" : ""}` : "";
  const legend = createLegend(scale, note, together ? panels.length : 1);
  const controls = createStepAndUnitControls(view, together ? undefined : (slider) => createTimeline(slider, panels));
  const title = model.get("title") || "Hidden states";
  const maps = element("div", {
    class: `panels${together ? " together" : ""}${scale.bent ? " bent" : ""}`, style: `--panels: ${panels.length}`,
    tabindex: "0", role: "application", "aria-label": HELP, ...KEEP_ARROW_KEYS,
  }, ...panels.map((panel) => panel.root));
  const readout = element("output", { "aria-live": "polite" });
  const patterns = createPatterns(model, together ? panels.slice(0, 1) : panels, panels, {
    choose: view.choose, signal, change: arrange,
  });
  const root = element("div", {
    class: "s2s-widget s2s-hidden-states", style: `--gutter: ${GUTTER}px`, role: "group", "aria-label": title,
  }, element("header", {}, element("p", {}, title), legend.root), maps, readout, controls.root, patterns.root);

  function paint() {
    const { step, unit } = view.shown();
    const shown = panels.filter((panel) => panel.contains(step));
    const [{ name, tokens, first }] = shown;
    const place = `${together ? "" : `${name.toLowerCase()} `}step ${step - first + 1}`;
    for (const panel of panels) panel.paint(step, unit);
    if (!view.isPreview()) for (const panel of shown) panel.reveal(step);
    legend.paint(shown.map((panel) => panel.value(step, unit)));
    controls.paint(step, unit, `${place} of ${tokens.length}, ${tokens[step - first]}`);
    readout.replaceChildren(`${place} “${tokens[step - first]}”, unit ${unit}: `, ...shown.flatMap((panel, i) => {
      const value = element("b", {}, formatNumber(panel.value(step, unit), 3));
      const clamped = panel.own(unit) < unit ? ` (its last unit, ${panel.own(unit)})` : "";
      const comma = i < shown.length - 1 ? "," : "";
      return together ? [element("span", {}, `${panel.name} `, value, clamped, comma), " "] : [value];
    }));
    transcript.paint();
  }

  const transcript = createTranscript(() => [...linesOf(panels, view.shown()), ...patterns.lines()], signal);
  root.append(transcript.root);

  function arrange() {
    patterns.paint();
    patterns.arrange().forEach((next, i) => panels[i].arrange(next, patterns.marks()));
    paint();
  }

  for (const { plot, locate } of panels) moveWithPointer(plot, locate, view);
  // Up and down lead along the rows of the panel that has most of those that show the step.
  const along = (rows) => ({ step, unit }) => {
    const shown = panels.filter((panel) => panel.contains(step));
    const most = shown.reduce((one, other) => (other.states.shape[1] > one.states.shape[1] ? other : one));
    return { unit: most.below(unit, rows) };
  };
  moveWithKeys(maps, view, { ...KEY_MOVES, ArrowUp: along(-1), ArrowDown: along(1) });
  maps.addEventListener("keydown", (event) => {
    if (event.key === "m" && !event.ctrlKey && !event.metaKey && !event.altKey) patterns.toggle(view.chosen().step);
  }, { signal });
  observe(model, ["marks", "arrangement"], arrange, signal);
  el.append(root);
  followTheme(root, (dark) => {
    legend.drawScale(dark);
    for (const panel of panels) panel.drawMap(dark);
    arrange();
  }, signal);
  // The readout is as wide as the maps, but its height does not depend on the tokens.
  standTokens(root, readout, panels.flatMap((panel) => panel.labels), paint, signal);
  return end;
}

export default { render: withOwnSentence(render, { choices: ownChoices, traits: ownTraits }) };
