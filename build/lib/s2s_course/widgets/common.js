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
