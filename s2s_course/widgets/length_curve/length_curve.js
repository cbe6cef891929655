// LengthCurve: quality over the length of the source, and the sentences behind each point (see length_curve.py).
// Read from the end: render() puts together a chart, a table of scores, the controls and the sentences,
// which length_curve_sentences.js has.

// A marker for each model, drawn within -1.3 … 1.3.
const SHAPES = [
  "M-1 0A1 1 0 1 1 1 0A1 1 0 1 1-1 0Z",
  "M-.9-.9H.9V.9H-.9Z",
  "M0-1.15L1.1.85H-1.1Z",
  "M0-1.25L1.25 0L0 1.25L-1.25 0Z",
  "M-.4-1.1H.4V-.4H1.1V.4H.4V1.1H-.4V.4H-1.1V-.4H-.4Z",
];

// How each measure is named, scaled to 0 … 100, and printed.
const MEASURES = {
  bleu: {
    name: "BLEU", axis: "BLEU, of effective order", // sentences too short for four words in a row have a score
    height: (score) => score, text: (score) => formatNumber(score, 1),
  },
  exact_match: {
    name: "exact match", axis: "sentences translated exactly as the reference, %",
    height: (score) => 100 * score, text: (score) => `${formatNumber(100 * score, 1)}%`,
  },
};

const NEAREST_LABELS = 6; // CSS pixels between labels of an axis

function createMarker(index) {
  const node = element("span", { class: `marker model-${index}`, "aria-hidden": "true" });
  node.innerHTML = `<svg viewBox="-1.5 -1.5 3 3"><path d="${SHAPES[index]}"/></svg>`;
  return node;
}

// A model's line and marker as they are in the chart.
function createSample(index) {
  const node = element("span", { class: `sample model-${index}`, "aria-hidden": "true" }, createMarker(index));
  node.prepend(stretchedSvg("0 0 34 8", '<path class="line" d="M2 4H32"/>'));
  return node;
}

const HELP = "Quality against the length of the source. Left and right arrow keys change the length, up and down the "
  + "model, Home and End go to the shortest and the longest sentences.";

function createChart({ models, buckets, trained }) {
  const [low, high] = [buckets[0].shortest - 0.5, buckets.at(-1).longest + 0.5];
  const x = (length) => (100 * (length - low)) / (high - low); // percent from the left
  const centers = buckets.map(({ shortest, longest }) => x((shortest + longest) / 2));
  const levels = [0, 25, 50, 75, 100];
  const lines = stretchedSvg("0 0 100 100", [...levels.map((level) => `<path class="grid" d="M0 ${level}H100"/>`),
    ...models.map((_, i) => `<path class="line model-${i}"/>`)].join(""));
  const paths = lines.querySelectorAll(".line");
  const markers = buckets.map((_, k) => models.map((__, i) => {
    const node = createMarker(i);
    node.style.left = `${centers[k]}%`;
    return node;
  }));

  const ends = trained.length ? [trained[0] - 0.5, trained[1] + 0.5] : [low, low];
  const [from, to] = ends.map((end) => clamp(x(end), 0, 100));
  const band = element("div", { class: "trained", style: `left: ${from}%; width: ${to - from}%` });
  const bandLabel = element("span", { style: from < 50 ? `left: ${from}%` : `right: ${100 - to}%` },
    `lengths in training: ${trained.join("–")}`);
  band.hidden = bandLabel.hidden = to <= from;

  const most = Math.max(...buckets.map(({ count }) => count));
  const bars = buckets.map(({ shortest, longest, count }) => {
    const width = x(longest + 1) - x(shortest);
    return element("i", { style: `left: ${x(shortest - 0.5)}%; width: ${width}%; height: ${(100 * count) / most}%` });
  });
  const labels = (text) => buckets.map((bucket, k) => element("span", { style: `left: ${centers[k]}%` }, text(bucket)));
  const [lengths, counts] = [labels(lengthsOf), labels(({ count }) => String(count))];
  const cursor = element("div", { class: "cursor" });
  const area = element("div", { class: "area" }, band, lines, cursor, ...markers.flat());
  const axis = element("p");
  const root = element("div", {
    class: "chart", tabindex: "0", role: "application", "aria-label": HELP, ...KEEP_ARROW_KEYS,
  },
  element("div", { class: "captions" }, axis),
  element("div", { class: "y", "aria-hidden": "true" },
    ...levels.map((level) => element("span", { style: `top: ${100 - level}%` }, String(level)))),
  element("div", { class: "top" }, bandLabel), area,
  element("div", { class: "x", "aria-hidden": "true" }, ...lengths),
  element("p", { class: "x-label" }, "words in the source, with punctuation"),
  element("div", { class: "bars", "aria-hidden": "true" }, ...bars),
  element("div", { class: "x counts", "aria-hidden": "true" }, ...counts),
  element("p", { class: "x-label" }, "sentences behind each point"));

  // Show the chosen label, and as many others as fit beside it.
  function thin(nodes, chosen) {
    for (const node of nodes) node.hidden = false;
    const spans = nodes.map((node) => node.getBoundingClientRect());
    const apart = (a, b) => a.left > b.right + NEAREST_LABELS || b.left > a.right + NEAREST_LABELS;
    let last = null;
    nodes.forEach((node, k) => {
      const fits = k === chosen || (apart(spans[k], spans[chosen]) && (!last || apart(spans[k], last)));
      if (fits) last = spans[k];
      node.hidden = !fits;
      node.classList.toggle("now", k === chosen);
    });
  }

  const heightOf = (k, i, measure) => MEASURES[measure].height(buckets[k][measure][i]);

  function paint({ bucket, model }, measure) {
    axis.textContent = MEASURES[measure].axis;
    paths.forEach((path, i) => {
      const points = centers.map((center, k) => `${center} ${100 - heightOf(k, i, measure)}`);
      path.setAttribute("d", `M${points.join("L")}`);
    });
    markers.forEach((column, k) => column.forEach((marker, i) => {
      marker.style.top = `${100 - heightOf(k, i, measure)}%`;
      marker.classList.toggle("now", k === bucket && i === model);
    }));
    cursor.style.left = `${centers[bucket]}%`;
    bars.forEach((bar, k) => bar.classList.toggle("now", k === bucket));
    thin(lengths, bucket);
    thin(counts, bucket);
  }

  // The point next to a pointer: the nearest length, and there the nearest curve.
  function pointAt(event, measure) {
    const { left, top, width, height } = area.getBoundingClientRect();
    const nearest = (distances) => distances.indexOf(Math.min(...distances));
    const bucket = nearest(centers.map((center) => Math.abs(center - (100 * (event.clientX - left)) / width)));
    const level = 100 - (100 * (event.clientY - top)) / height;
    return { bucket, model: nearest(models.map((_, i) => Math.abs(heightOf(bucket, i, measure) - level))) };
  }
  return { root, area, paint, pointAt };
}

// A row for each model: its sample, a button that chooses it, its scores.
function createScores({ models, buckets }, choose, signal) {
  const rows = models.map((name, i) => {
    const button = element("button", { type: "button" }, createSample(i), element("span", {}, name));
    button.addEventListener("click", () => choose({ model: i }), { signal });
    const cells = Object.keys(MEASURES).map(() => element("td"));
    return { button, cells, root: element("tr", {}, element("th", { scope: "row" }, button), ...cells) };
  });
  const heads = Object.values(MEASURES).map(({ name }) => element("th", { scope: "col" }, name));
  const root = element("table", { class: "readings" },
    element("thead", {}, element("tr", {}, element("th", { scope: "col" }, "model"), ...heads)),
    element("tbody", {}, ...rows.map((row) => row.root)));

  function paint({ bucket, model }, measure) {
    heads.forEach((head, j) => head.classList.toggle("now", Object.keys(MEASURES)[j] === measure));
    rows.forEach(({ button, cells, root: row }, i) => {
      button.setAttribute("aria-pressed", i === model);
      row.classList.toggle("now", i === model);
      Object.entries(MEASURES).forEach(([key, { text }], j) => {
        cells[j].textContent = text(buckets[bucket][key][i]);
        cells[j].classList.toggle("now", key === measure);
      });
    });
  }
  return { root, paint };
}

// Two buttons, one of them pressed.
function createMeasureSwitch(choose, signal) {
  const buttons = Object.entries(MEASURES).map(([key, { name }]) => {
    const node = element("button", { type: "button" }, name);
    node.addEventListener("click", () => choose(key), { signal });
    return [key, node];
  });
  const root = element("div", { class: "switch", role: "group", "aria-label": "measure of quality" },
    ...buttons.map(([, node]) => node));
  function paint(measure) {
    for (const [key, node] of buttons) node.setAttribute("aria-pressed", key === measure);
  }
  return { root, paint };
}

// What the keys do on the chart. Another length starts with its first sentence.
const POINT_MOVES = {
  ArrowLeft: ({ bucket }) => ({ bucket: bucket - 1, sentence: FIRST }),
  ArrowRight: ({ bucket }) => ({ bucket: bucket + 1, sentence: FIRST }),
  ArrowUp: ({ model }) => ({ model: model - 1 }),
  ArrowDown: ({ model }) => ({ model: model + 1 }),
  Home: () => ({ bucket: 0, sentence: FIRST }),
  End: () => ({ bucket: Infinity, sentence: FIRST }), // choose() stops at the last
};

// Each model's curve, the chosen point, and its sentence with what each model made of it, in words.
function linesOf({ models, buckets, trained }, { bucket, model, sentence }, measure) {
  const { name, text } = MEASURES[measure];
  const { sentences, ...own } = buckets[bucket];
  const both = (i) => Object.entries(MEASURES)
    .map(([key, { name: other, text: print }]) => `${other} ${print(own[key][i])}`).join(", ");
  const curve = (i) => buckets.map((each) => `${text(each[measure][i])} at ${lengthsOf(each)}`);
  const chosen = sentences[sentence];
  const made = (i) => `“${textOf(chosen.translations[i])}”: ${verdictOf(chosen.translations[i])}`;
  return [
    `${name} by the number of words in the source`
      + `${trained.length ? `; lengths in training were ${trained.join(" to ")}` : ""}.`,
    ...models.map((each, i) => `${each}: ${listed(curve(i))}.`),
    `At length ${lengthsOf(own)}, ${plural(own.count, "sentence")}: `
      + `${models.map((each, i) => `${each} has ${both(i)}`).join("; ")}. Chosen is ${models[model]}.`,
    chosen && `Source: “${chosen.src}”. Reference: “${textOf(chosen.goal)}”.`,
    ...(chosen ? models.map((each, i) => `${each} writes ${made(i)}.`) : []),
  ];
}

function render({ model, el, signal: outer }) {
  const { signal, end } = viewLifetime(outer);
  const models = model.get("models");
  const buckets = model.get("buckets")
    .map((bucket) => ({ ...bucket, sentences: bucket.sentences.map(readSentence) }));
  const data = { models, buckets, trained: model.get("trained") };
  const measure = () => (model.get("measure") in MEASURES ? model.get("measure") : "bleu");

  // A sentence that is not in the list gives way to the first one that is.
  function within(place) {
    const [bucket, one] = [clamp(place.bucket, 0, buckets.length - 1), clamp(place.model, 0, models.length - 1)];
    const indices = sentences.list({ bucket, model: one });
    return { bucket, model: one, sentence: indices.includes(place.sentence) ? place.sentence : indices[0] ?? 0 };
  }
  const view = chosenPlace(model, { traits: ["bucket", "model", "sentence"], within, paint, signal });
  const toBucket = (bucket) => view.choose({ bucket, sentence: FIRST });
  function chooseMeasure(key) {
    model.set("measure", key);
    model.save_changes();
    paint();
  }
  observe(model, ["measure"], paint, signal);

  const chart = createChart(data);
  const scores = createScores(data, view.choose, signal);
  const measures = createMeasureSwitch(chooseMeasure, signal);
  const sentences = createSentences(data, view.choose, signal);
  const slider = sliderWithButtons({
    name: "length", label: "length", less: { text: "shorter sentences", sign: "←" },
    more: { text: "longer sentences", sign: "→" },
    move: (change) => toBucket(view.chosen().bucket + change), set: toBucket, signal,
  });
  const readout = element("output", { "aria-live": "polite" });
  const transcript = createTranscript(() => linesOf(data, view.shown(), measure()), signal);
  const title = model.get("title") || "Quality by length";
  const root = element("div", { class: "s2s-widget s2s-length-curve", role: "group", "aria-label": title },
    element("header", {}, element("p", {}, title), measures.root),
    element("div", { class: "halves" }, chart.root,
      element("div", { class: "numbers" }, readout, scores.root, element("div", { class: "controls" }, slider.root))),
    sentences.root, transcript.root);

  function paint() {
    const shown = view.shown();
    const { count } = buckets[shown.bucket];
    chart.paint(shown, measure());
    scores.paint(shown, measure());
    measures.paint(measure());
    const score = `${models[shown.model]}: ${Object.entries(MEASURES).map(([key, { name, text }]) =>
      `${name} ${text(buckets[shown.bucket][key][shown.model])}`).join(", ")}`;
    const lengths = element("b", {}, `Length ${lengthsOf(buckets[shown.bucket])}`);
    readout.replaceChildren(lengths, `, ${plural(count, "sentence")}. ${score}`);
    const chosen = view.chosen(); // what the mouse only rests on does not turn the page
    const now = lengthsOf(buckets[chosen.bucket]);
    slider.paint(chosen.bucket, buckets.length - 1, now, `${now} words`);
    sentences.paint(chosen);
    transcript.paint();
  }

  moveWithPointer(chart.area, (event) => {
    const point = chart.pointAt(event, measure());
    return point.bucket === view.chosen().bucket ? point : { ...point, sentence: FIRST };
  }, view);
  moveWithKeys(chart.root, view, POINT_MOVES);
  el.append(root);
  followTheme(root, paint, signal);
  const resized = new ResizeObserver(paint); // which labels fit
  resized.observe(chart.area);
  signal.addEventListener("abort", () => resized.disconnect());
  return end;
}

export default { render };
