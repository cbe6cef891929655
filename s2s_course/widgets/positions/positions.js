// Positions: what each way does to a position and to a pair of positions (see positions.py).
// Read from the end: render() puts together two maps, the course by distance, a dial and the controls.
// Before stand position_ways.js, which computes the numbers, and position_drawings.js.

const NAMES = {
  none: "none", sinusoidal: "sinusoidal", concatenated: "concatenated", learned: "learned",
  relative: "relative bias (T5)", alibi: "ALiBi", rotary: "rotary",
};
const PLACES = { position: "position", other: "other position", unit: "column" };
const TRAITS = ["way", "size", "count", "base", "heads", "position", "other", "unit"];
const BASE_STEPS = 20; // of its slider, for a factor of ten

// The settings have sliders. `at` and `value` lead from a place of the slider to a value and back.
const straight = (low, step = 1) => ({ at: (value) => (value - low) / step, value: (index) => low + step * index });
const SETTINGS = {
  size: { name: "size", low: 8, high: 64, ...straight(8, 2) },
  count: { name: "positions", low: 8, high: 128, ...straight(8) },
  base: {
    name: "base", low: 10, high: 10_000,
    at: (value) => Math.round(BASE_STEPS * (Math.log10(value) - 1)),
    value: (index) => Math.round(10 ** (1 + index / BASE_STEPS)),
  },
  heads: { name: "heads", low: 1, high: 16, ...straight(1) },
};

const by = (trait, change) => (place) => ({ [trait]: place[trait] + change });
const ends = (trait) => ({ Home: () => ({ [trait]: 0 }), End: () => ({ [trait]: Infinity }) }); // choose() stops at the last
const tableRow = (change) => (place) => by(["relative", "alibi"].includes(place.way) ? "other" : "position", change)(place);
const TABLE_MOVES = {
  ArrowUp: tableRow(-1), ArrowDown: tableRow(1), ArrowLeft: by("unit", -1), ArrowRight: by("unit", 1), ...ends("unit"),
};
const PAIR_MOVES = {
  ArrowUp: by("position", -1), ArrowDown: by("position", 1), ArrowLeft: by("other", -1), ArrowRight: by("other", 1),
  ...ends("other"),
};
const HELP = {
  table: "What each position gets. Up and down arrow keys change the row, left and right the column. Home and End go to "
    + "the first and the last column.",
  pairs: "What each pair of positions gets. Up and down arrow keys change the position, left and right the other one. "
    + "Home and End go to the first and the last.",
};

// The way, the row of its table, and what the chosen position gets with each other one, in words.
function linesOf(way, place) {
  const { position, other, unit } = place;
  const { table, pairs } = way;
  const settings = way.sliders.map((trait) => `${SETTINGS[trait].name} ${way[trait]}`);
  return [
    `${capital(NAMES[way.way])}: ${way.says}`,
    settings.length > 0 && `It is shown for ${listed(settings)}.`,
    ...way.sentences(place),
    table && `${capital(table.title)}, row ${table.row(place)}: `
      + `${listed(range(way.units).map((column) => number(table.at(table.row(place), column))))}.`,
    pairs && `${capital(pairs.title)}, position ${position} with each from 0 to ${way.count - 1}: `
      + `${listed(range(way.count).map((q) => number(pairs.at(position, q, unit))))}; chosen is ${other}.`,
  ];
}

function render({ model, el, signal: outer }) {
  const { signal, end } = viewLifetime(outer);
  const [learned, relative, content] = ["learned", "relative", "content"].map((name) => model.get(name))
    .map((carried) => carried && decodeArray(carried));
  const origin = model.get("origin") ?? {};

  // What the settings lead to is computed once for each of them.
  let [key, current] = ["", null];
  function wayOf(place) {
    const way = place.way in WAYS ? place.way : "none";
    const settings = Object.fromEntries(Object.entries(SETTINGS)
      .map(([name, { low, high }]) => [name, clamp(place[name], low, high)]));
    settings.size -= settings.size % 2;
    const next = JSON.stringify([way, settings]);
    if (next !== key) {
      const made = WAYS[way](settings, { learned, relative, content });
      current = { ...settings, ...made, way };
      key = next;
    }
    return current;
  }
  function within(place) {
    const { way, size, count, base, heads, units } = wayOf(place);
    const [last, unit] = [count - 1, clamp(place.unit, 0, units - 1)];
    return { way, size, count: learned && way === "learned" ? place.count : count, base, heads, unit,
      position: clamp(place.position, 0, last), other: clamp(place.other, 0, last) };
  }
  const view = chosenPlace(model, { traits: TRAITS, within, paint, signal });
  const { chosen, choose } = view;

  const select = element("select", { "aria-label": "way", ...KEEP_ARROW_KEYS },
    ...Object.entries(NAMES).map(([value, text]) => element("option", { value }, text)));
  select.addEventListener("change", () => choose({ way: select.value }), { signal });
  const slider = (name, [less, more], move, set) => sliderWithButtons({
    name, label: name, less: { text: less, sign: "−" }, more: { text: more, sign: "+" }, move, set, signal,
  });
  const settings = Object.entries(SETTINGS).map(([trait, { name, at, value }]) => {
    const go = (index) => choose({ [trait]: value(index) });
    const control = slider(name, [`less: ${name}`, `more: ${name}`], (change) => go(at(chosen()[trait]) + change), go);
    return { trait, ...control };
  });
  const places = Object.entries(PLACES).map(([trait, name]) => {
    const go = (index) => choose({ [trait]: index });
    const control = slider(name, [`previous ${name}`, `next ${name}`], (change) => go(chosen()[trait] + change), go);
    return { trait, ...control };
  });
  const rename = (control, name) => { control.querySelector("span").firstChild.data = `${name} `; };

  const table = createMap("table", HELP.table, TABLE_MOVES, view);
  const pairs = createMap("pairs", HELP.pairs, PAIR_MOVES, view);
  const [course, dial] = [createCourse(), createDial()];
  const [says, readout] = [element("p", { class: "says" }), element("output", { "aria-live": "polite" })];
  const title = model.get("title") || "Ways to tell positions";
  const root = element("div", { class: "s2s-widget s2s-positions", role: "group", "aria-label": title },
    element("header", {}, element("p", {}, title),
      element("label", { class: "control" }, element("span", {}, "way"), select)),
    says, element("div", { class: "controls settings" }, ...settings.map((each) => each.root)),
    element("div", { class: "figures" }, table.root, pairs.root,
      element("div", { class: "words" }, readout, dial.root, course.root)),
    element("div", { class: "controls places" }, ...places.map((each) => each.root)));

  const grid = (rows, columns, at) => range(rows * columns).map((i) => at(Math.floor(i / columns), i % columns));
  let [drawn, pairGrid] = ["", null];
  function draw(way, unit) {
    const dark = isDark();
    const now = JSON.stringify([key, dark, way.pairs?.byUnit && unit]);
    if (now === drawn) return;
    drawn = now;
    if (way.table) {
      const { rows, at, goTo } = way.table;
      table.draw({
        ...way.table, columns: way.units, values: grid(rows, way.units, at), columnName: way.unitName,
        goTo: (y, x, place) => ({ ...goTo(y, place), unit: x }),
      }, dark);
    }
    if (way.pairs) {
      const values = grid(way.count, way.count, (p, q) => way.pairs.at(p, q, unit));
      pairGrid = {
        ...way.pairs, rows: way.count, columns: way.count, values, columnName: "other",
        goTo: (y, x) => ({ position: y, other: x }),
      };
      pairs.draw(pairGrid, dark);
    }
  }

  function paint() {
    const place = view.shown();
    const way = wayOf(place);
    select.value = way.way;
    says.textContent = [way.says, origin[way.way]].filter(Boolean).join(" ");
    root.dataset.way = way.way;
    table.root.hidden = !way.table;
    pairs.root.hidden = course.root.hidden = !way.pairs;
    dial.root.hidden = !way.dial;
    draw(way, place.unit);
    if (way.table) table.paint(way.table.row(place), place.unit);
    if (way.pairs) {
      pairs.paint(place.position, place.other);
      course.paint(place, pairGrid);
    }
    if (way.dial) dial.paint(way.angles(place), place);
    for (const { trait, root: control, paint: show } of settings) {
      const { at, high } = SETTINGS[trait];
      control.hidden = !way.sliders.includes(trait);
      show(at(way[trait]), at(high), String(way[trait]), String(way[trait]));
      if (trait === "size" && way.sizeName) rename(control, way.sizeName);
    }
    for (const { trait, root: control, paint: show } of places) {
      const isUnit = trait === "unit";
      control.hidden = isUnit ? way.units === 1 : !way.pairs;
      const [name, count] = isUnit ? [way.unitName, way.units] : ["position", way.count];
      show(place[trait], count - 1, String(place[trait]), `${name} ${place[trait]}`);
      if (isUnit) rename(control, name);
    }
    readout.replaceChildren(...way.sentences(place).map((line) => element("span", {}, ...line)));
    transcript.paint();
  }

  const transcript = createTranscript(() => linesOf(wayOf(view.shown()), view.shown()), signal);
  root.append(transcript.root);
  el.append(root);
  followTheme(root, paint, signal);
  const resized = new ResizeObserver(paint); // which labels fit
  resized.observe(root);
  signal.addEventListener("abort", () => resized.disconnect());
  return end;
}

export default { render };
