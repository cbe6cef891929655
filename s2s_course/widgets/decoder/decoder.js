// Decoder: one sentence read and written by an encoder–decoder with attention, stage by stage (see decoder.py).
// Read from the end: render() puts together the sentences, the controls, the flow diagram and the stage's numbers.


// The flow diagram is drawn in units of its own, about CSS pixels: columns and rows of boxes, and what lies between.
const FLOW = { width: 348, height: 270, box: [72, 54], columns: [0, 92, 184, 276], rows: [0, 80, 176] };
const BOXES = {
  memory: { at: [1, 0], wide: 256 }, query: { at: [0, 1] }, scores: { at: [1, 1] }, weights: { at: [2, 1] },
  context: { at: [3, 1] }, state: { at: [0, 2] }, concat: { at: [1, 2] }, output: { at: [2, 2] }, word: { at: [3, 2] },
};
// Corners of the arrows, by the box that they lead to. The orders differ in where the new state comes from and goes to.
const ARROWS = {
  scores: [[[128, 54], [128, 80]], [[72, 107], [92, 107]]],
  weights: [[[164, 107], [184, 107]]],
  context: [[[256, 107], [276, 107]], [[312, 54], [312, 80]]],
  concat: [[[72, 203], [92, 203]], [[312, 134], [312, 155], [128, 155], [128, 176]]],
  output: [[[164, 203], [184, 203]]],
  word: [[[256, 203], [276, 203]]],
};
const LAST_WORD = [[36, 250], [36, 230]];
const ORDERS = {
  bahdanau: {
    says: "Bahdanau’s order", uses: "", // the state before is the query
    arrows: { state: [[[20, 134], [20, 176]], [[312, 134], [312, 155], [52, 155], [52, 176]], LAST_WORD] },
  },
  luong: {
    says: "Luong’s order", uses: "state before, ",
    arrows: { query: [[[36, 176], [36, 134]]], state: [LAST_WORD] },
  },
};

// A line through corners, with a head.
function arrow(corners) {
  const [[fromX, fromY], [x, y]] = corners.slice(-2);
  const [right, down] = [Math.sign(x - fromX), Math.sign(y - fromY)];
  const [backX, backY] = [x - 6 * right, y - 6 * down];
  const head = [[backX - 4 * down, backY - 4 * right], [x, y], [backX + 4 * down, backY + 4 * right]];
  return [corners, head].map((points) => `M${points.map((point) => point.join(" ")).join("L")}`).join("");
}

// ---- the flow diagram -------------------------------------------------------------------------------

// Bars in miniature, from zero up or down, over the range of `values`.
function smallBars(values) {
  const finite = values.filter(Number.isFinite);
  const [low, high] = [Math.min(0, ...finite), Math.max(0, ...finite)];
  const paths = [["positive", (value) => value > 0], ["negative", (value) => value < 0]].map(([kind, wanted]) => {
    const drawn = (value) => Number.isFinite(value) && wanted(value);
    const bars = values.map((value, i) => (drawn(value) ? `M${i + 0.1} 0V${-value}h0.8V0Z` : ""));
    return `<path class="${kind}" d="${bars.join("")}"/>`;
  });
  return stretchedSvg(`0 ${-high} ${values.length} ${high - low || 1}`, paths.join(""));
}

function createFlow({ stages, trace, limit, go, signal }) {
  const { says, uses, arrows } = ORDERS[trace.order];
  const drawing = stretchedSvg(`0 0 ${FLOW.width} ${FLOW.height}`, Object.entries({ ...ARROWS, ...arrows }).flatMap(
    ([to, each]) => each.map((corners) => `<path class="${to}" d="${arrow(corners)}"/>`)).join(""));
  const boxes = Object.entries(BOXES).map(([name, { at: [column, row], wide = FLOW.box[0] }]) => {
    const small = element("div", { class: "small" });
    // The arrow keys of the whole do the same, so that Tab need not stop at nine boxes.
    const node = element("button", { type: "button", tabindex: "-1", class: `box ${name}`, ...KEEP_ARROW_KEYS },
      element("span", {}, name), small);
    node.addEventListener("click", () => go(name), { signal });
    Object.assign(node.style, {
      left: percent(FLOW.columns[column] / FLOW.width), top: percent(FLOW.rows[row] / FLOW.height),
      width: percent(wide / FLOW.width), height: percent(FLOW.box[1] / FLOW.height),
    });
    return { name, node, small };
  });
  const input = element("span", { class: "input" });
  const root = element("div", { class: "flow", style: `aspect-ratio: ${FLOW.width} / ${FLOW.height}` },
    drawing, element("span", { class: "order" }, says), ...boxes.map(({ node }) => node), input);

  // What a box holds, in miniature: of vectors the few units that are enlarged below.
  function content(name, { t, step, word }, dark) {
    if (name === "scores" || name === "weights") return smallBars(word[name]);
    if (name === "word") return element("b", {}, trace.tgt[t]);
    const canvas = element("canvas");
    const few = (kind, vector) => trace.kinds[kind].few.map((unit) => vector[unit]);
    const kind = { context: "memory", output: "outputs" }[name] ?? "states";
    const vectors = {
      memory: () => trace.memory.map((vector, s) => few("memory", s > step ? vector.map(() => 0) : vector)),
      concat: () => [[...few("memory", word.context), ...few("states", word.state)]],
    }[name]?.() ?? [few(kind, word[name])];
    drawVectors(canvas, vectors, limit, dark);
    return canvas;
  }

  function paint({ t, step, stage, word }, dark) {
    for (const { name, node, small } of boxes) {
      const index = stages.indexOf(name);
      const [now, done] = name === "memory" ? [stage < 0, true] : [index === stage, index <= stage];
      node.classList.toggle("now", now);
      node.classList.toggle("done", done);
      node.setAttribute("aria-current", now ? "step" : "false");
      small.replaceChildren(...(done ? [content(name, { t, step, word }, dark)] : []));
    }
    for (const path of [...drawing.children]) {
      const now = path.classList.contains(stages[stage]);
      path.classList.toggle("now", now);
      if (now) drawing.append(path); // over others that share its way
    }
    const last = t > 0 ? `“${trace.tgt[t - 1]}”` : "“<bos>”";
    input.textContent = stage < 0 ? "" : `${uses}last word ${last}`;
  }
  return { root, paint };
}

// ---- sentences, controls, all together --------------------------------------------------------------

// The stage that is shown, with all rows of its figure, and what is written so far, in words.
function linesOf({ src, tgt, words }, { t, name, shown, looks }) {
  const { about, say, rows, formula = [] } = shown;
  const values = rows.filter(({ later, value }) => !later && value).map(({ label, value }) => `“${label}” ${value}`);
  const weights = looks ? src.map((token, s) => `“${token}” ${formatNumber(words[t].weights[s], 3)}`) : [];
  const place = t < 0 ? "The encoder reads" : `Word ${t + 1} of ${tgt.length}`;
  return [
    [`${place}, ${name}: ${about}. `, ...say],
    values.length > 0 && `The figure has, line by line, ${listed(values)}.`,
    formula.length > 0 && ["Written out: ", ...formula],
    looks && `The weights of this word are ${listed(weights)}.`,
    t >= 0 && `Read is “${src.join(" ")}”; written before this word is ${t ? `“${tgt.slice(0, t).join(" ")}”` : "nothing"}.`,
  ];
}

// What has been read and written, and where the weights are.
function markWords(reads, writes, { t, step, source, weights, written }) {
  reads.forEach((node, s) => {
    node.classList.toggle("later", s > step);
    node.classList.toggle("now", s === (t < 0 ? step : source));
    node.lastChild.style.height = `calc(var(--highest) * ${weights ? weights[s] : 0})`;
  });
  writes.forEach((node, i) => {
    node.classList.toggle("later", i > t || (i === t && !written));
    node.classList.toggle("now", i === t);
  });
}

// The stage's word in one sentence, as far as it has come: what asks, what was looked at, which word came.
function told({ src, tgt, words }, { t, step, stage }, stages) {
  if (t < 0) return [`Reads “${src.slice(0, step + 1).join(" ")}”.`];
  const { weights, choices, probabilities } = words[t];
  const most = weights.indexOf(Math.max(...weights));
  const parts = [`Has read “${src.join(" ")}”. After “${t ? tgt[t - 1] : "<bos>"}” the decoder asks`];
  if (stage >= stages.indexOf("weights")) {
    parts.push(", looks most at ", bold(`“${src[most]}”`), ` (weight ${formatNumber(weights[most], 2)})`);
  }
  if (stages[stage] === "word") {
    const chance = formatNumber(probabilities[choices.indexOf(tgt[t])], 2);
    parts.push(" and writes ", bold(`“${tgt[t]}”`), ` (probability ${chance})`);
  }
  return [...parts, "."];
}

const HELP = "An encoder–decoder at work. Left and right arrow keys move by one stage, page up and page down by one "
  + "word, up and down choose a source word, Home and End go to the first and the last step, space plays.";

function render({ model, el, signal: outer }) {
  const { signal, end } = viewLifetime(outer);
  const trace = readTrace(model);
  const { src, tgt, memory, words, sizes } = trace;
  const stages = model.get("stages");
  const last = src.length + stages.length * tgt.length - 1;
  const vectors = { memory: memory[0], states: words[0].state, outputs: words[0].output };
  const units = Math.max(...Object.values(vectors).map((vector) => vector.length));
  const limit = Math.max(...[...memory, ...words.flatMap(({ query, state, output }) => [query, state, output])]
    .map(largestSize)) || 1;

  const within = ({ step, unit, source }) => ({
    step: clamp(step, 0, last), unit: clamp(unit, 0, units - 1), source: clamp(source, 0, src.length - 1),
  });
  const view = chosenPlace(model, { traits: ["step", "unit", "source"], within, paint, signal });
  const wordAt = (step) => Math.floor((step - src.length) / stages.length); // negative while the encoder reads
  const first = (t) => src.length + stages.length * t;
  const moves = {
    ArrowLeft: KEY_MOVES.ArrowLeft,
    ArrowRight: KEY_MOVES.ArrowRight,
    ArrowUp: ({ source }) => ({ source: source - 1 }),
    ArrowDown: ({ source }) => ({ source: source + 1 }),
    PageUp: ({ step }) => ({ step: wordAt(step) > 0 ? step - stages.length : step < src.length ? 0 : src.length - 1 }),
    PageDown: ({ step }) => ({ step: step < src.length ? src.length : step + stages.length }), // to the same stage
    Home: KEY_MOVES.Home,
    End: KEY_MOVES.End,
  };

  const views = createStages(trace);
  const sentences = createSentences(trace, markWords);
  const flow = createFlow({ stages, trace, limit, signal, go: (name) => view.choose({
    step: name === "memory" ? src.length - 1 : first(Math.max(0, wordAt(view.chosen().step))) + stages.indexOf(name),
  }) });
  const figure = createFigure(createRow, headOfStrips);
  const play = createPlay(view, last);
  const [earlier, later] = [["previous word", "PageUp"], ["next word", "PageDown"]].map(([label, key]) =>
    signButton(label, "word", () => view.choose(moves[key](view.chosen())), signal)); // its arrow is in the style sheet
  const slider = (name) => sliderWithButtons({
    name, label: name, less: { text: `previous ${name}`, sign: "←" }, more: { text: `next ${name}`, sign: "→" },
    move: (change) => view.choose({ [name]: view.chosen()[name] + change }),
    set: (index) => view.choose({ [name]: index }), signal,
  });
  const [time, unitControl] = [slider("step"), slider("unit")];
  const scale = element("div", { class: "scale" });
  const ends = [-limit, limit].map((value) => element("span", {}, formatNumber(value, 2)));
  const title = model.get("title") || "An encoder–decoder at work";
  const cut = Object.keys(vectors).find((name) => vectors[name].length < sizes[name]);
  const note = element("p", { class: "note" },
    cut ? `Of longer vectors the first ${vectors[cut].length} units are shown.` : "");
  const readout = element("output", { "aria-live": "polite" });
  const story = element("p", { class: "story" });
  const sides = element("div", {
    class: "sides", tabindex: "0", role: "application", "aria-label": HELP, ...KEEP_ARROW_KEYS,
  }, flow.root, readout, element("div", { class: "numbers" }, figure.root, note));
  const root = element("div", {
    class: "s2s-widget s2s-decoder", style: `--source: ${src.length}`, role: "group", "aria-label": title,
  }, element("header", {}, element("p", {}, title),
    element("div", { class: "legend", "aria-hidden": "true" }, "vectors", ends[0], scale, ends[1])),
  sentences.root, story,
  element("div", { class: "controls" },
    element("div", { class: "control" }, play.button, play.speed, earlier, later), time.root, unitControl.root),
  sides);

  function paint() {
    const { step, unit, source } = view.shown();
    const dark = root.dataset.theme === "dark";
    const t = wordAt(step);
    const stage = t < 0 ? -1 : (step - src.length) % stages.length;
    const name = stages[stage] ?? "reading";
    const now = { step, unit, source, t, stage, word: words[t] };
    const shown = views[t < 0 ? "read" : name]({ ...now, ...words[t] });
    const place = t < 0 ? `Word ${step + 1} of ${src.length}`
      : `Word ${t + 1} of ${tgt.length}, stage ${stage + 1} of ${stages.length}`;
    const weights = stage >= stages.indexOf("weights") ? words[t].weights : null;
    sentences.paint({ ...now, weights, written: name === "word" });
    flow.paint(now, dark);
    figure.paint(shown, limit, dark);
    transcript.paint();
    time.paint(step, last, `${step + 1} of ${last + 1}`, `${place}, ${name}`);
    unitControl.paint(unit, units - 1, String(unit), String(unit));
    earlier.disabled = step === 0;
    later.disabled = step === last;
    story.replaceChildren(...told(trace, now, stages));
    readout.replaceChildren(element("span", { class: "place" }, `${place}: `), element("b", {}, name),
      element("span", { class: "about" }, `, ${shown.about}. `), element("span", { class: "says" }, ...shown.say));
  }

  const transcript = createTranscript(() => {
    const { step, unit, source } = view.shown();
    const t = wordAt(step);
    const name = t < 0 ? "reading" : stages[(step - src.length) % stages.length];
    const shown = views[t < 0 ? "read" : name]({ step, unit, source, t, word: words[t], ...words[t] });
    const looks = t >= 0 && stages.indexOf(name) >= stages.indexOf("weights");
    return linesOf(trace, { t, name, shown, looks });
  }, signal);
  root.append(transcript.root);
  moveWithKeys(sides, view, moves);
  sides.addEventListener("keydown", (event) => {
    if (event.key !== " " || event.target !== sides) return; // on a button it presses the button
    event.preventDefault();
    play.toggle();
  }, { signal });
  moveWithPointer(figure.root, figure.locate, view);
  moveWithPointer(sentences.root, (event) => {
    const [read, written] = sentences.locate(event);
    const reading = view.chosen().step < src.length;
    if (event.type !== "click") return read >= 0 && !reading ? { source: read } : null;
    if (read >= 0) return { source: read, ...(reading && { step: read }) };
    return written >= 0 ? { step: first(written + 1) - 1 } : {};
  }, view);

  el.append(root);
  followTheme(root, (dark) => {
    scale.style.background = divergingGradient(dark);
    paint();
  }, signal);
  return end;
}

export default { render: withOwnSentence(render, { choices: ownChoices, traits: ownTraits }) };
