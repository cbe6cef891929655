// Shared by all widgets: front_end() in base.py puts this text in front of each widget's own module.

// ---- data -------------------------------------------------------------------------------------------

const bytesOf = (base64) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));

// The reader of what encode_array (arrays.py) writes: values in row-major order, with their shape. What the page has
// computed itself is that already.
function decodeArray({ data, shape, dtype, scale, values }) {
  if (values) return { shape, values };
  const view = new DataView(bytesOf(data).buffer);
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

// ---- page -------------------------------------------------------------------------------------------

// element("button", { type: "button", "aria-label": "next" }, "›"): attributes, then children.
function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

// A drawing that is stretched over its box.
function stretchedSvg(viewBox, markup) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", viewBox);
  svg.setAttribute("preserveAspectRatio", "none");
  svg.innerHTML = markup;
  return svg;
}

// A button with a sign, named by `label`.
function signButton(label, sign, press, signal) {
  const node = element("button", { type: "button", "aria-label": label, title: label }, sign);
  node.addEventListener("click", press, { signal });
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

// Keep the theme of `root` that of the page, and call `paint(dark)` now and after each change, until the view ends.
function followTheme(root, paint, signal) {
  const update = () => {
    const dark = isDark();
    root.dataset.theme = dark ? "dark" : "light";
    paint(dark);
  };
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
  const [lower, higher] = [[less, -1], [more, 1]]
    .map(([{ text, sign }, change]) => signButton(text, sign, () => move(change), signal));
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

// ---- what is chosen ---------------------------------------------------------------------------------

// What a widget shows: the place that `traits` of the model say or, while the mouse rests on another place, that one.
// `within` brings a place into the data, since a linked widget may be longer. `paint` is called after every change.
function chosenPlace(model, { traits, within, paint, signal }) {
  let preview = null;
  const chosen = () => within(Object.fromEntries(traits.map((trait) => [trait, model.get(trait)])));
  function choose(change) {
    const place = within({ ...chosen(), ...change });
    preview = null;
    for (const trait of traits) model.set(trait, place[trait]);
    model.save_changes();
    paint();
  }
  function hover(place) {
    preview = place && within({ ...chosen(), ...place });
    paint();
  }
  observe(model, traits, paint, signal);
  return { signal, chosen, choose, hover, shown: () => preview ?? chosen(), isPreview: () => preview !== null };
}

// The same for maps of units by time.
function stepAndUnit(model, { steps, units, paint, signal }) {
  const within = ({ step, unit }) => ({ step: clamp(step, 0, steps - 1), unit: clamp(unit, 0, units - 1) });
  return { steps, units, ...chosenPlace(model, { traits: ["step", "unit"], within, paint, signal }) };
}

// Draw a map on a canvas, one pixel a cell; CSS enlarges it.
function drawCells(canvas, colorAt) {
  const { width, height } = canvas;
  const context = canvas.getContext("2d");
  const image = context.createImageData(width, height);
  for (let i = 0; i < width * height; i++) image.data.set([...colorAt(i % width, Math.floor(i / width)), 255], 4 * i);
  context.putImageData(image, 0, 0);
}

// Which cell of such a map a pointer is in: the step of the column and, if it is on the map, the unit of the row.
function cellAt(event, canvas) {
  const { top, height } = canvas.getBoundingClientRect();
  const unit = Math.floor(((event.clientY - top) / height) * canvas.height);
  return { step: columnAt(event, canvas, canvas.width), ...(unit >= 0 && unit < canvas.height && { unit }) };
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

// Let the Tab key reach what scrolls sideways while it does, so that the arrow keys scroll it; `name` says what it is.
function reachWhileItScrolls(node, name, signal) {
  const resized = new ResizeObserver(() => {
    const scrolls = node.scrollWidth > node.clientWidth;
    node.tabIndex = scrolls ? 0 : -1;
    for (const [attribute, value] of [["role", "group"], ["aria-label", name]]) {
      if (scrolls) node.setAttribute(attribute, value);
      else node.removeAttribute(attribute);
    }
  });
  for (const each of [node, ...node.children]) resized.observe(each);
  signal.addEventListener("abort", () => resized.disconnect());
}

// Make `node` one stop of the Tab key, on which a widget's own keys act; `help` says which.
function takeKeys(node, help) {
  const attributes = { tabindex: "0", role: "application", "aria-label": help, ...KEEP_ARROW_KEYS };
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
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

function moveWithKeys(node, { chosen, choose, signal }, moves = KEY_MOVES) {
  node.addEventListener("keydown", (event) => {
    const move = moves[event.key];
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

// Native controls. Their arrows are those of the keyboard. `withinTimeline` may put the slider into something.
function createStepAndUnitControls({ steps, units, chosen, choose, signal }, withinTimeline = (slider) => slider) {
  const button = (label, sign, move) => signButton(label, sign, () => choose(move(chosen())), signal);
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
    element("div", { class: "control time" }, element("span", {}, "time"), earlier, withinTimeline(time), later),
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
