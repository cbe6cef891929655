// HiddenStates: two maps of units by time, the course of one unit, one cursor (see hidden_states.py).

// In CSS pixels. A map is as high as --map-height says, or lower where its units are few.
const COLUMN = { narrowest: 22, widest: 64 };
const HIGHEST_ROW = 16;
const GUTTER = 38; // for the labels left of a map; --gutter

// One half of the picture: token labels, map and course, in equal columns.
function createPanel({ name, verb, states, tokens, first, limit }) {
  const [steps, units] = states.shape;
  const labels = tokens.map((token) => element("span", { title: token }, token));
  const map = element("canvas", { width: steps, height: units }); // one pixel a cell, enlarged by CSS
  const line = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  line.setAttribute("viewBox", `0 -1.25 ${steps} 2.5`); // from -limit at 90 % of its height to limit at 10 %
  line.setAttribute("preserveAspectRatio", "none");
  line.innerHTML = `<path class="zero" d="M0 0H${steps}"/><path class="course"/>`;
  const dots = tokens.map((_, step) => element("i", { style: `left: ${(100 * (step + 0.5)) / steps}%` }));
  const row = element("div", { class: "row" });
  const cursor = element("div", { class: "cursor" });
  cursor.style.width = `${100 / steps}%`;

  const mapHeight = `height: min(var(--map-height), ${units * HIGHEST_ROW}px)`;
  const middle = (unit) => `${(100 * (unit + 0.5)) / units}%`; // of a row, from the top of the map
  const tick = (unit) => element("span", { style: `top: ${middle(unit)}` }, String(unit));
  const ticks = units > 1 ? [tick(0), tick(units - 1)] : [];
  const chosen = element("b");
  const caption = element("p");
  const plot = element("div", { class: "plot" },
    element("div", { class: "tokens" }, ...labels),
    element("div", { class: "map", style: mapHeight }, map, row),
    caption,
    element("div", { class: "trace" }, line, ...dots),
    cursor);
  const gutter = element("div", { class: "gutter" },
    element("div", { class: "map", style: mapHeight }, ...ticks, chosen),
    element("p"),
    element("div", { class: "trace" },
      element("span", { style: "top: 10%" }, formatNumber(limit, 2)),
      element("span", { style: "top: 50%" }, "0"),
      element("span", { style: "top: 90%" }, formatNumber(-limit, 2))));
  plot.style.minWidth = `${steps * COLUMN.narrowest}px`;
  const scroller = element("div", { class: "scroller", tabindex: "-1" }, gutter, plot);
  const root = element("figure", { class: "panel" }, element("figcaption", {}, element("b", {}, name), ` ${verb}`), scroller);
  root.style.flex = `${steps} ${steps} ${GUTTER + steps * COLUMN.narrowest}px`;
  root.style.maxWidth = `${GUTTER + steps * COLUMN.widest}px`;

  const at = (step, unit) => states.values[step * units + unit];
  let dark = false;

  // The map changes only with the theme.
  function drawMap(nowDark) {
    dark = nowDark;
    const context = map.getContext("2d");
    const image = context.createImageData(steps, units);
    for (let unit = 0; unit < units; unit++) {
      for (let step = 0; step < steps; step++) {
        image.data.set([...diverging(at(step, unit) / limit, dark), 255], 4 * (unit * steps + step));
      }
    }
    context.putImageData(image, 0, 0);
  }

  // Everything that depends on the time `step` (counted along both panels) and the unit.
  function paint(step, unit) {
    const here = step - first;
    const inside = here >= 0 && here < steps;
    cursor.hidden = !inside;
    cursor.style.left = `${(100 * here) / steps}%`;
    row.style.top = `${(100 * unit) / units}%`;
    row.style.height = `${100 / units}%`;
    chosen.textContent = unit;
    chosen.style.top = middle(unit);
    caption.textContent = `unit ${unit} over time`;
    caption.classList.toggle("right", inside && here < steps / 2); // out of the cursor's way
    const rowHeight = map.clientHeight / units;
    ticks.forEach((node) => { node.hidden = Math.abs(Number(node.textContent) - unit) * rowHeight < 14; });
    const heights = tokens.map((_, t) => at(t, unit) / limit);
    line.querySelector(".course").setAttribute("d", "M" + heights.map((height, t) => `${t + 0.5} ${-height}`).join("L"));
    dots.forEach((dot, t) => {
      dot.style.top = `${50 - 40 * heights[t]}%`;
      dot.style.background = `rgb(${diverging(heights[t], dark)})`;
      dot.classList.toggle("now", t === here);
    });
  }

  // Scroll this panel, never the page, so that the column of a step is in sight.
  function reveal(step) {
    const column = step - first;
    const width = plot.clientWidth / steps;
    const visible = scroller.clientWidth - GUTTER;
    scroller.scrollLeft = clamp(scroller.scrollLeft, (column + 1) * width - visible, column * width);
  }

  // The cell under a pointer: its step, and its unit where the pointer is on the map.
  function locate(event) {
    const box = map.getBoundingClientRect();
    const unit = Math.floor(((event.clientY - box.top) / box.height) * units);
    return {
      step: first + clamp(Math.floor(((event.clientX - box.left) / box.width) * steps), 0, steps - 1),
      unit: unit >= 0 && unit < units ? unit : null,
    };
  }

  const labelsTooWide = () => labels.some((label) => label.scrollWidth > label.clientWidth);
  return { root, plot, name, steps, tokens, first, at, drawMap, paint, reveal, locate, labelsTooWide };
}

function render({ model, el, signal: outer }) {
  const { signal, end } = viewLifetime(outer);
  const encoder = decodeArray(model.get("encoder_states"));
  const decoder = decodeArray(model.get("decoder_states"));
  const units = encoder.shape[1];
  const total = encoder.shape[0] + decoder.shape[0];
  const largest = [...encoder.values, ...decoder.values].reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const limit = largest || 1; // one scale for both maps, symmetric about zero

  const panels = [
    createPanel({ name: "Encoder", verb: "reads", states: encoder, tokens: model.get("src_tokens"), first: 0, limit }),
    createPanel({ name: "Decoder", verb: "writes", states: decoder, tokens: model.get("tgt_tokens"), first: encoder.shape[0], limit }),
  ];
  const panelOf = (step) => panels[step < panels[1].first ? 0 : 1];

  // ---- elements ----
  const bar = element("div", { class: "bar" });
  const needle = element("i");
  const legend = element("div", { class: "legend", "aria-hidden": "true" },
    element("span", {}, formatNumber(-limit, 2)), element("div", { class: "scale" }, bar, needle), element("span", {}, formatNumber(limit, 2)));
  const title = element("p", { class: "title" }, model.get("title") || "Hidden states");
  const picture = element("div", {
    class: "panels", tabindex: "0", role: "application", "aria-roledescription": "map of hidden states",
    "aria-label": "Hidden states, units by time. Left and right arrow keys move through time, up and down through the units, Home and End go to the first and last step.",
  }, ...panels.map((panel) => panel.root));
  const readout = element("output", { class: "readout", "aria-live": "polite" });
  const button = (label, sign) => element("button", { type: "button", "aria-label": label, title: label }, sign);
  const earlier = button("previous step", "←");
  const later = button("next step", "→");
  const time = element("input", { type: "range", min: 0, max: total - 1, step: 1, "aria-label": "time step" });
  const timeline = element("div", { class: "timeline" }, time, element("span", {}, "encoder"), element("span", {}, "decoder"));
  timeline.style.setProperty("--handover", (panels[1].first - 0.5) / (total - 1)); // where one ends and the other begins
  const lower = button("previous unit", "↑");
  const higher = button("next unit", "↓");
  const unitBox = element("input", { type: "number", min: 0, max: units - 1, step: 1, inputmode: "numeric", "aria-label": "unit" });
  const root = element("section", { class: "s2s-widget s2s-hidden-states", "aria-label": title.textContent, "data-lm-suppress-shortcuts": "true" },
    element("header", {}, title, legend),
    picture,
    readout,
    element("div", { class: "controls" },
      element("div", { class: "control time" }, element("span", {}, "time"), earlier, timeline, later),
      element("div", { class: "control unit" }, element("span", {}, "unit"), lower, unitBox, higher)));

  // ---- state: what the model says, or, for as long as the mouse rests on a cell, that cell ----
  let preview = null;
  const chosen = () => ({
    step: clamp(model.get("step"), 0, total - 1), // a linked widget may be longer than this one
    unit: clamp(model.get("unit"), 0, units - 1),
  });
  function choose({ step = chosen().step, unit = chosen().unit }) {
    preview = null;
    model.set("step", clamp(step, 0, total - 1));
    model.set("unit", clamp(unit, 0, units - 1));
    model.save_changes();
    paint();
  }

  function paint() {
    const { step, unit } = preview ?? chosen();
    const panel = panelOf(step);
    const local = step - panel.first;
    const value = panel.at(local, unit);
    const place = `${panel.name.toLowerCase()} step ${local + 1}`;
    panels.forEach((each) => each.paint(step, unit));
    if (!preview) panel.reveal(step);
    needle.style.left = `${50 + (50 * value) / limit}%`;
    readout.replaceChildren(`${place} “${panel.tokens[local]}”, unit ${unit}: `, element("b", {}, formatNumber(value, 3)));
    time.value = step;
    time.setAttribute("aria-valuetext", `${place} of ${panel.steps}, ${panel.tokens[local]}`);
    unitBox.value = unit;
    earlier.disabled = step === 0;
    later.disabled = step === total - 1;
    lower.disabled = unit === 0;
    higher.disabled = unit === units - 1;
  }

  // ---- controls ----
  const listen = (node, type, handler) => node.addEventListener(type, handler, { signal });
  listen(earlier, "click", () => choose({ step: chosen().step - 1 }));
  listen(later, "click", () => choose({ step: chosen().step + 1 }));
  listen(lower, "click", () => choose({ unit: chosen().unit - 1 }));
  listen(higher, "click", () => choose({ unit: chosen().unit + 1 }));
  listen(time, "input", () => choose({ step: time.valueAsNumber }));
  listen(unitBox, "change", () => choose(Number.isInteger(unitBox.valueAsNumber) ? { unit: unitBox.valueAsNumber } : {}));

  const keys = {
    ArrowLeft: ({ step }) => ({ step: step - 1 }),
    ArrowRight: ({ step }) => ({ step: step + 1 }),
    ArrowUp: ({ unit }) => ({ unit: unit - 1 }),
    ArrowDown: ({ unit }) => ({ unit: unit + 1 }),
    Home: () => ({ step: 0 }),
    End: () => ({ step: total - 1 }),
  };
  listen(picture, "keydown", (event) => {
    const move = keys[event.key];
    if (!move || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault(); // do not scroll the page …
    event.stopPropagation(); // … and do not turn it
    choose(move(chosen()));
  });

  for (const panel of panels) {
    listen(panel.plot, "pointermove", (event) => {
      if (event.pointerType !== "mouse") return; // a finger has no hover
      const { step, unit } = panel.locate(event);
      preview = { step, unit: unit ?? chosen().unit };
      paint();
    });
    listen(panel.plot, "pointerleave", () => { preview = null; paint(); });
    listen(panel.plot, "click", (event) => {
      const { step, unit } = panel.locate(event);
      choose({ step, unit: unit ?? chosen().unit });
    });
  }

  // ---- life ----
  el.append(root);
  observe(model, ["step", "unit"], paint, signal);
  followTheme((dark) => {
    root.dataset.theme = dark ? "dark" : "light";
    bar.style.background = divergingGradient(dark);
    panels.forEach((panel) => panel.drawMap(dark));
    paint();
  }, signal);
  const resized = new ResizeObserver(() => {
    root.classList.remove("standing"); // measure the labels upright
    root.classList.toggle("standing", panels.some((panel) => panel.labelsTooWide()));
    paint();
  });
  resized.observe(readout); // as wide as the picture, but of a height that the labels do not change
  signal.addEventListener("abort", () => resized.disconnect());
  return end;
}

export default { render };
