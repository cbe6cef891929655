// Shared by all widgets: front_end() in base.py puts this text in front of each widget's own module.

// ---- data -------------------------------------------------------------------------------------------

// The reader of what encode_array (arrays.py) writes: values in row-major order, with their shape.
function decodeArray({ data, shape, dtype, scale }) {
  const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  const code = {
    uint8: (i) => view.getUint8(i),
    int8: (i) => view.getInt8(i),
    float16: (i) => float16(view.getUint16(2 * i, true)),
  }[dtype];
  const length = shape.reduce((product, size) => product * size, 1);
  return { shape, values: Float64Array.from({ length }, (_, i) => code(i) * scale) };
}

// IEEE 754 half precision: 1 bit sign, 5 bits exponent, 10 bits fraction. (DataView.getFloat16 is too new.)
function float16(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

// The largest absolute value.
const largestSize = (values) => values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);

// A number as it is printed: a true minus sign, and no "−0.000".
function formatNumber(value, digits) {
  const text = value.toFixed(digits);
  return Number(text) === 0 ? (0).toFixed(digits) : text.replace("-", "−");
}

// 10⁻⁴ from -4
function power(exponent) {
  if (exponent === 0) return "1";
  return `10${Array.from(String(exponent), (sign) => (sign === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[sign])).join("")}`;
}

// The number with this log10: "0.0032", "1500", "2.5 × 10⁻⁷".
function formatSize(level, digits = 2) {
  if (level >= -3 && level < 4) {
    const text = (10 ** level).toPrecision(digits);
    return text.includes("e") ? String(Number(text)) : text;
  }
  const exponent = Math.floor(level);
  const mantissa = (10 ** (level - exponent)).toPrecision(digits);
  return Number(mantissa) < 10 ? `${mantissa}\u00a0×\u00a0${power(exponent)}` : `1.0\u00a0×\u00a0${power(exponent + 1)}`;
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

// ---- page -------------------------------------------------------------------------------------------

// element("button", { type: "button", "aria-label": "next" }, "›"): attributes, then children.
function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

// anywidget 0.9, which Colab has, passes no signal but calls the function that render returns. This pair
// serves both: `signal` is aborted when the view ends, `end` is what render must return.
function viewLifetime(outer) {
  const controller = new AbortController();
  const end = () => controller.abort();
  outer?.addEventListener("abort", end);
  return { signal: controller.signal, end };
}

// Call `update` whenever one of the traits changes, until the view ends.
function observe(model, traits, update, signal) {
  for (const trait of traits) {
    model.on(`change:${trait}`, update);
    signal.addEventListener("abort", () => model.off(`change:${trait}`, update));
  }
}

// Is the page dark? Asked of the published book, JupyterLab, Colab and VS Code in turn, then of the system.
function isDark() {
  const page = document.documentElement.dataset.theme ?? document.documentElement.getAttribute("theme");
  if (page === "dark" || page === "light") return page === "dark";
  const { jpThemeLight } = document.body.dataset;
  if (jpThemeLight) return jpThemeLight === "false";
  if (document.body.className.includes("vscode-")) return !document.body.classList.contains("vscode-light");
  return matchMedia("(prefers-color-scheme: dark)").matches;
}

// Call `paint(dark)` now and whenever the page's theme changes, until the view ends.
function followTheme(paint, signal) {
  const update = () => paint(isDark());
  const observer = new MutationObserver(update);
  observer.observe(document.documentElement, { attributeFilter: ["data-theme", "theme"] });
  observer.observe(document.body, { attributeFilter: ["data-jp-theme-light", "class"] });
  signal.addEventListener("abort", () => observer.disconnect());
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", update, { signal });
  update();
}

// Which of `count` equal columns of `node` a pointer is in.
function columnAt(event, node, count) {
  const box = node.getBoundingClientRect();
  return clamp(Math.floor(((event.clientX - box.left) / box.width) * count), 0, count - 1);
}

// A native slider between two buttons, with its name and value. `move` is called with -1 or 1, `set` with an index;
// `less` and `more` name the buttons and give their signs.
function sliderWithButtons({ name, label, less, more, move, set, signal }) {
  const button = ({ text, sign }, change) => {
    const node = element("button", { type: "button", "aria-label": text, title: text }, sign);
    node.addEventListener("click", () => move(change), { signal });
    return node;
  };
  const [lower, higher] = [button(less, -1), button(more, 1)];
  const slider = element("input", { type: "range", min: 0, "aria-label": label, ...KEEP_ARROW_KEYS });
  slider.addEventListener("input", () => set(slider.valueAsNumber), { signal });
  const value = element("b");
  const root = element("div", { class: "control" }, element("span", {}, `${name} `, value), lower, slider, higher);
  function paint(index, last, shown, valueText) {
    slider.max = last; // before the value, which it limits
    slider.value = index;
    slider.setAttribute("aria-valuetext", valueText);
    value.textContent = shown;
    lower.disabled = index === 0;
    higher.disabled = index === last;
  }
  return { root, paint };
}

// ---- color ------------------------------------------------------------------------------------------

// Blue for negative, orange for positive: told apart with every common color blindness. Zero is the color of
// the paper, so that what is far from zero stands out in light and in dark.
const DIVERGING = {
  light: ["#0b3d75", "#4a90cf", "#ffffff", "#e88b3d", "#8c3503"],
  dark: ["#9fd3ff", "#2f7cc4", "#161a20", "#c46a1c", "#ffc68a"],
};

// The color [r, g, b] of `position` in [-1, 1].
function diverging(position, dark) {
  const channels = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
  const stops = DIVERGING[dark ? "dark" : "light"].map(channels);
  const place = ((clamp(position, -1, 1) + 1) / 2) * (stops.length - 1);
  const left = Math.min(Math.floor(place), stops.length - 2);
  return stops[left].map((channel, i) => Math.round(channel + (stops[left + 1][i] - channel) * (place - left)));
}

const divergingGradient = (dark) => `linear-gradient(to right, ${DIVERGING[dark ? "dark" : "light"].join(", ")})`;

// One hue for what lies in [0, 1], such as gates. It is neither of the two above.
const SEQUENTIAL = {
  light: ["#ffffff", "#b79fd8", "#44207e"],
  dark: ["#161a20", "#6d4cab", "#dccdff"],
};

// The color [r, g, b] of `position` in [0, 1].
function sequential(position, dark) {
  const [paper, middle, end] = SEQUENTIAL[dark ? "dark" : "light"]
    .map((hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16)));
  const place = 2 * clamp(position, 0, 1);
  const [from, to, share] = place < 1 ? [paper, middle, place] : [middle, end, place - 1];
  return from.map((channel, i) => Math.round(channel + (to[i] - channel) * share));
}

const sequentialGradient = (dark) => `linear-gradient(to right, ${SEQUENTIAL[dark ? "dark" : "light"].join(", ")})`;

// ---- step and unit ----------------------------------------------------------------------------------

// What a widget with the traits `step` and `unit` shows: what the model says or, while the mouse rests on a cell of a
// map, that cell. `paint` is called after every change.
function stepAndUnit(model, { steps, units, paint, signal }) {
  let preview = null;
  const chosen = () => ({
    step: clamp(model.get("step"), 0, steps - 1), // a linked widget may be longer than this one
    unit: clamp(model.get("unit"), 0, units - 1),
  });
  function choose(change) {
    const { step, unit } = { ...chosen(), ...change };
    preview = null;
    model.set("step", clamp(step, 0, steps - 1));
    model.set("unit", clamp(unit, 0, units - 1));
    model.save_changes();
    paint();
  }
  function hover(place) {
    preview = place && { ...chosen(), ...place };
    paint();
  }
  observe(model, ["step", "unit"], paint, signal);
  return { steps, units, signal, chosen, choose, hover, shown: () => preview ?? chosen(), isPreview: () => preview !== null };
}

// Draw a map on a canvas, one pixel a cell; CSS enlarges it.
function drawCells(canvas, colorAt) {
  const { width, height } = canvas;
  const context = canvas.getContext("2d");
  const image = context.createImageData(width, height);
  for (let i = 0; i < width * height; i++) image.data.set([...colorAt(i % width, Math.floor(i / width)), 255], 4 * i);
  context.putImageData(image, 0, 0);
}

// Let the tokens stand (class "standing") where not all of them fit lying. The width of `node` says when to look again.
function standTokens(root, node, labels, paint, signal) {
  const resized = new ResizeObserver(() => {
    root.classList.remove("standing"); // measure the tokens upright
    root.classList.toggle("standing", labels.some((label) => label.scrollWidth > label.clientWidth));
    paint();
  });
  resized.observe(node);
  signal.addEventListener("abort", () => resized.disconnect());
}

// On the focused element itself: JupyterLab leaves the arrow keys to it.
const KEEP_ARROW_KEYS = { "data-lm-suppress-shortcuts": "true" };

// What the keys do on a map of units by time, from the chosen step and unit to new ones.
const KEY_MOVES = {
  ArrowLeft: ({ step }) => ({ step: step - 1 }),
  ArrowRight: ({ step }) => ({ step: step + 1 }),
  ArrowUp: ({ unit }) => ({ unit: unit - 1 }),
  ArrowDown: ({ unit }) => ({ unit: unit + 1 }),
  Home: () => ({ step: 0 }),
  End: () => ({ step: Infinity }), // choose() stops at the last
};

function moveWithKeys(node, { chosen, choose, signal }) {
  node.addEventListener("keydown", (event) => {
    const move = KEY_MOVES[event.key];
    if (!move || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault(); // neither scroll the page …
    event.stopPropagation(); // … nor turn it
    choose(move(chosen()));
  }, { signal });
}

// A click or a tap chooses the place that `locate` finds for it; a mouse that only rests there shows it.
function moveWithPointer(node, locate, { choose, hover, signal }) {
  node.addEventListener("click", (event) => choose(locate(event)), { signal });
  node.addEventListener("pointermove", (event) => {
    if (event.pointerType === "mouse") hover(locate(event)); // a finger does not hover
  }, { signal });
  node.addEventListener("pointerleave", () => hover(null), { signal });
}

// Native controls. Their arrows are those of the keyboard.
function createStepAndUnitControls({ steps, units, chosen, choose, signal }) {
  const button = (label, sign, move) => {
    const node = element("button", { type: "button", "aria-label": label, title: label }, sign);
    node.addEventListener("click", () => choose(move(chosen())), { signal });
    return node;
  };
  const earlier = button("previous step", "←", KEY_MOVES.ArrowLeft);
  const later = button("next step", "→", KEY_MOVES.ArrowRight);
  const lower = button("previous unit", "↑", KEY_MOVES.ArrowUp);
  const higher = button("next unit", "↓", KEY_MOVES.ArrowDown);

  const time = element("input", {
    type: "range", min: 0, max: steps - 1, "aria-label": "time step", ...KEEP_ARROW_KEYS,
  });
  time.addEventListener("input", () => choose({ step: time.valueAsNumber }), { signal });
  const number = element("input", { type: "number", min: 0, max: units - 1, "aria-label": "unit" });
  number.addEventListener("change", () => {
    const unit = number.valueAsNumber;
    choose(Number.isInteger(unit) ? { unit } : {}); // what is no unit is taken back
  }, { signal });
  const root = element("div", { class: "controls" },
    element("div", { class: "control time" }, element("span", {}, "time"), earlier, time, later),
    element("div", { class: "control unit" }, element("span", {}, "unit"), lower, number, higher));

  function paint(step, unit, valueText) {
    time.value = step;
    time.setAttribute("aria-valuetext", valueText);
    number.value = unit;
    earlier.disabled = step === 0;
    later.disabled = step === steps - 1;
    lower.disabled = unit === 0;
    higher.disabled = unit === units - 1;
  }
  return { root, paint };
}
