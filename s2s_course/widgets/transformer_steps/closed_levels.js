// The rows of the figure of one stage of TransformerSteps, and what lies below it: closed until a reader asks.

// Draw a vector as a row of colored cells; what is `inside` the feed-forward part, as what is 0 or more.
function drawVector(canvas, vector, limits, dark, inside) {
  [canvas.width, canvas.height] = [vector.length, 1];
  drawCells(canvas, (x) =>
    (inside ? sequential(vector[x] / limits.inside, dark) : diverging(vector[x] / limits.stream, dark)));
}

// One line: a label, a number, a strip of colored cells or a bar, a number. What it shows comes with paint.
function createRow(limits) {
  const [label, before, value] = ["label", "before", "value"].map((name) => element("span", { class: name }));
  const [mark, zero, bar] = ["mark", "zero", "bar"].map((name) => element("i", { class: name }));
  const canvas = element("canvas");
  const strip = element("div", { class: "strip" }, canvas, mark);
  const track = element("div", { class: "track" }, strip, zero, bar);
  const root = element("div", { class: "entry" }, label, before, track, value);
  let spec = {};
  function paint(next, unit, dark) {
    spec = next;
    root.className = "entry";
    for (const kind of ["chosen", "total", "apart"]) root.classList.toggle(kind, Boolean(spec[kind]));
    label.textContent = label.title = spec.label;
    [before.textContent, value.textContent] = [spec.before ?? "", spec.value ?? ""];
    strip.hidden = !spec.strip;
    if (spec.strip) {
      drawVector(canvas, spec.strip, limits, dark, spec.inside);
      mark.hidden = unit >= spec.strip.length;
      Object.assign(mark.style, { left: percent(unit / spec.strip.length), width: percent(1 / spec.strip.length) });
    }
    bar.hidden = !spec.bar;
    if (spec.bar) {
      const [from, to] = spec.bar;
      bar.className = `bar ${spec.kind}`;
      Object.assign(bar.style, { left: percent(Math.min(from, to)), width: percent(Math.abs(to - from)) });
    }
    zero.hidden = spec.zero === undefined;
    zero.style.left = percent(spec.zero ?? 0);
  }
  // The source word of this row, and the unit under a pointer.
  const locate = (event) => ({
    ...(spec.word !== undefined && { word: spec.word }),
    ...(strip.contains(event.target) && { unit: columnAt(event, strip, spec.strip.length) }),
  });
  return { root, paint, locate };
}

// ---- lower levels -----------------------------------------------------------------------------------

const cell = (tag, text, attributes = {}) => element(tag, attributes, text);
const shade = (weight, dark) => {
  const color = sequential(weight, dark);
  const light = color.reduce((total, channel) => total + channel, 0) > 380;
  return `background: rgb(${color}); color: ${light ? "#1b1f24" : "#ffffff"}`;
};

// Tables of what is below a stage, each with a summary, or null where there is nothing below it.
const LEVELS = {
  heads: (pass, { stage: { side, layer, part, kind }, n, head }, dark) => {
    if (kind !== "weights") return null;
    const asked = side === "encoder" || part === "cross-attention" ? pass.src : pass.read.slice(0, n + 1);
    const ofHead = pass.attentions[side][part];
    const all = Array.from({ length: pass.about.num_heads }, (_, h) => ofHead(layer, h, n).weights);
    return {
      summary: `All ${count(pass.about.num_heads, "head")}`,
      head: ["asked", ...all.map((_, h) => `head ${h + 1}`)],
      rows: asked.map((token, s) => [token, ...all.map((own, h) => ({
        text: formatNumber(own[s], 2), style: shade(own[s], dark), now: h === head,
      }))]),
    };
  },
  words: (pass, { stage: { side, layer, part, kind }, head, t, n }, dark) => {
    if (kind !== "weights" || (side === "decoder" && t === 0)) return null;
    const asks = side === "encoder" ? pass.src : pass.read.slice(0, t + 1);
    const asked = side === "encoder" || part === "cross-attention" ? pass.src : asks;
    return {
      summary: side === "encoder" ? `Head ${head + 1} of all words` : `Head ${head + 1} of the words so far`,
      head: ["asks", ...asked],
      rows: asks.map((token, i) => {
        const { weights } = pass.attentions[side][part](layer, head, i);
        return [token, ...asked.map((_, s) => (s < weights.length
          ? { text: formatNumber(weights[s], 2), style: shade(weights[s], dark), now: i === n } : { text: "" }))];
      }),
    };
  },
  units: (pass, { stage: { side, layer, part, kind }, n, unit }) => {
    const stack = pass[side];
    const p = layer * stack.parts.length + stack.parts.indexOf(part);
    const columns = {
      words: () => ({ vector: stack.word(n).vector }),
      positions: () => ({ word: stack.word(n).vector, stream: stack.start(n).vector }),
      norm: () => {
        const { given, weight, bias, output } = layer === null ? stack.lastNorm(n) : stack.normAt(p, n);
        return { stream: given, weight, bias, norm: output };
      },
      inside: () => ({ inside: stack.inside(layer, n).vector }),
      sum: () => {
        const { before, change, after } = stack.sumAt(p, n);
        return { stream: before, change, sum: after };
      },
    }[kind]?.();
    if (!columns) return null;
    const vectors = Object.values(columns);
    const units = Math.max(...vectors.map((vector) => vector.length));
    const digits = kind === "inside" ? 2 : 3;
    const whole = kind === "inside" ? pass.about.d_ff : kind === "words" ? units : pass.about.d_model;
    return {
      summary: units < whole ? `The first ${units} of ${whole} units` : `All ${count(units, "unit")}`,
      head: ["unit", ...Object.keys(columns)],
      rows: Array.from({ length: units }, (_, i) => [String(i), ...vectors.map((vector) => ({
        text: i < vector.length ? formatNumber(vector[i], digits) : "–", now: i === unit,
      }))]),
    };
  },
  stream: (pass, { stage: { side }, index, n }) => {
    const stack = pass[side];
    const done = pass.stages[side].slice(0, index + 1).filter(({ kind }) => kind === "sum");
    if (!done.length) return null;
    return {
      summary: `The stream of “${(side === "encoder" ? pass.src : pass.read)[n]}”, part by part`,
      head: ["sizes", "before", "change", "share", "after"],
      rows: done.map(({ layer, part }, i) => {
        const { beforeSize, changeSize, size: own } = stack.sumAt(i, n);
        return [`${layer + 1} ${part}`, size(beforeSize), size(changeSize), share(changeSize, beforeSize), size(own)];
      }),
    };
  },
  cache: ({ src, about: { d_model: D, num_layers: L }, cached }, place) => {
    if (place.t < 0) return null;
    const own = Array.from({ length: L }, (_, layer) => cached(layer, place));
    const numbers = (positions) => (2 * D * positions).toLocaleString("en");
    return {
      summary: `The key–value cache: twice ${D} numbers for each word`,
      head: ["layer", "words", "source", "numbers"],
      rows: [...own.map((held, layer) => [String(layer + 1), String(held), String(src.length),
        `${held + src.length} · 2 · ${D} = ${numbers(held + src.length)}`]),
      ["all", String(sum(own)), String(L * src.length), numbers(sum(own) + L * src.length)]],
    };
  },
};

// Native details, one for each level. Only what is open is made.
function createLevels(pass, signal) {
  let latest = null;
  const levels = Object.entries(LEVELS).map(([name, of]) => {
    const [summary, table] = [element("summary"), element("table", { class: "readings" })];
    const scroller = element("div", { class: "below", tabindex: "0", role: "region" }, table);
    const root = element("details", { class: `level-${name}` }, summary, scroller);
    function paint({ place, dark }) {
      const level = of(pass, place, dark);
      root.hidden = level === null;
      if (!level) return;
      summary.textContent = level.summary;
      scroller.setAttribute("aria-label", level.summary);
      if (!root.open) return table.replaceChildren();
      const rows = level.rows.map(([first, ...others]) => element("tr", {}, cell("th", first, { scope: "row" }),
        ...others.map((each) => (typeof each === "string" ? cell("td", each) : cell("td", each.text, {
          ...(each.style && { style: each.style }), ...(each.now && { class: "now" }) })))));
      table.replaceChildren(element("thead", {}, element("tr", {}, ...level.head.map((text) =>
        cell("th", text, { scope: "col", title: text })))), element("tbody", {}, ...rows));
    }
    root.addEventListener("toggle", () => latest && paint(latest), { signal });
    return { root, paint };
  });
  const root = element("div", { class: "levels" }, ...levels.map((level) => level.root));
  root.addEventListener("keydown", (event) => event.stopPropagation(), { signal }); // here arrows scroll a table
  function paint(place, dark) {
    latest = { place, dark };
    for (const level of levels) level.paint(latest);
  }
  return { root, paint };
}
