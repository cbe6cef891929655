// Colors for numbers, shared by all widgets: front_end() in base.py puts this text behind common.js.

// Blue for negative, orange for positive: told apart with every common color blindness. Zero is the color of
// the paper, so that what is far from zero stands out in light and in dark.
const DIVERGING = {
  light: ["#0b3d75", "#4a90cf", "#ffffff", "#e88b3d", "#8c3503"],
  dark: ["#9fd3ff", "#2f7cc4", "#161a20", "#c46a1c", "#ffc68a"],
};

// One hue for what lies in [0, 1], such as gates. It is neither of the two above.
const SEQUENTIAL = {
  light: ["#ffffff", "#b79fd8", "#44207e"],
  dark: ["#161a20", "#6d4cab", "#dccdff"],
};

const stopsOf = (scale, dark) => scale[dark ? "dark" : "light"];

// The color [r, g, b] at `share` in [0, 1] of the way along equally distant stops.
function blend(stops, share) {
  const place = share * (stops.length - 1);
  const left = Math.min(Math.floor(place), stops.length - 2);
  const [from, to] = [left, left + 1].map((stop) => [1, 3, 5].map((i) => parseInt(stops[stop].slice(i, i + 2), 16)));
  return from.map((channel, i) => Math.round(channel + (to[i] - channel) * (place - left)));
}

// The color [r, g, b] of `position` in [-1, 1].
const diverging = (position, dark) => blend(stopsOf(DIVERGING, dark), (clamp(position, -1, 1) + 1) / 2);

// The color [r, g, b] of `position` in [0, 1].
const sequential = (position, dark) => blend(stopsOf(SEQUENTIAL, dark), clamp(position, 0, 1));

const gradientOf = (stops) => `linear-gradient(to right, ${stops.join(", ")})`;
const divergingGradient = (dark) => gradientOf(stopsOf(DIVERGING, dark));
const sequentialGradient = (dark) => gradientOf(stopsOf(SEQUENTIAL, dark));
