// Attention: where each target word looks, as a map or as lines, and how far that is from gold (see attention.py).
// It stands behind attention_drawings.js and attention_heads.js. Read from the end: render() puts together the controls
// and a panel for each model, or one for the chosen head.

const help = ([row, column]) =>
  `attention weights. Up and down arrow keys choose a ${row} word, left and right a ${column} word. Between lines, `
  + "left and right move along the words, up and down go to the other row. Home and End go to the first and the last.";

// One model or one head: its name, its score, both drawings (one is shown) and its numbers. What it shows can be replaced.
function createPanel(view) {
  const stage = element("div", { class: "stage", tabindex: "0", role: "application", ...KEEP_ARROW_KEYS });
  const caption = element("figcaption");
  const halves = element("div", { class: "halves" }, stage, element("div"));
  const panel = { root: element("figure", { class: "panel" }, caption, halves), drawings: null, paint: null, show };
  moveWithKeys(stage, view, KEYS);

  function show({ name, score, ...data }, title, signal) {
    const marked = { ...data, gold: score?.gold ?? [], links: score?.links ?? [] };
    const [map, lines, numbers] = [createMap(marked), createLines(marked), createNumbers(marked)];
    for (const drawing of [map, lines]) {
      moveWithPointer(drawing.root, drawing.locate, { ...view, signal });
      reachWhileItScrolls(drawing.root, `weights of ${name}`, signal);
    }
    stage.setAttribute("aria-label", `${name}: ${help(data.sides)}`);
    stage.replaceChildren(map.root, lines.root);
    caption.replaceChildren(name === title ? "" : element("b", {}, name), score ? createScore(score) : "");
    halves.lastChild.replaceWith(numbers.root); // the stage stays: it may have the focus
    Object.assign(panel, { drawings: [map, lines], paint: numbers.paint });
  }
  return panel;
}

// Words one after another, to choose one: a button that says what is read, and a list between two buttons.
function createPicker(side, trait, signs, { chosen, choose, signal }) {
  const go = (index) => choose({ [trait]: index, side });
  const buttons = [["", 0], [signs[0], -1], [signs[1], 1]]
    .map(([sign, change]) => signButton("", sign, () => go(chosen()[trait] + change), signal));
  const [read, before, after] = buttons;
  const select = element("select", KEEP_ARROW_KEYS);
  select.addEventListener("change", () => go(Number(select.value)), { signal });
  let words = null;
  function fill(name, newWords) {
    if (words === newWords) return;
    words = newWords;
    select.setAttribute("aria-label", name);
    select.replaceChildren(...words.map((word, i) => element("option", { value: i }, `${i + 1}  ${word}`)));
    read.textContent = name;
    buttons.forEach((button, i) => {
      button.title = `${["read the", "previous", "next"][i]} ${name}`;
      button.setAttribute("aria-label", button.title);
    });
  }
  function paint(index, isRead) {
    select.value = index;
    read.setAttribute("aria-pressed", isRead);
    before.disabled = index === 0;
    after.disabled = index === words.length - 1;
  }
  return { root: element("div", { class: "control" }, read, before, select, after), fill, paint };
}

// What the keys do: along the map's columns or along a row of words.
const along = (next) => ({ drawing, side, row, column }) =>
  drawing === "map" || side === "source" ? { column: next(column), side: "source" } : { row: next(row) };
const KEYS = {
  ArrowLeft: along((index) => index - 1),
  ArrowRight: along((index) => index + 1),
  Home: along(() => 0),
  End: along(() => Infinity), // choose() stops at the last
  ArrowUp: ({ drawing, row }) => drawing === "map" ? { row: row - 1, side: "target" } : { side: "source" },
  ArrowDown: ({ drawing, row }) => drawing === "map" ? { row: row + 1, side: "target" } : { side: "target" },
};

// What shades and marks mean.
function createKey({ hasGold, causal, sides }) {
  const bar = element("span", { class: "scale" });
  const mark = (kind, ...text) => element("p", { class: kind }, element("i", { "aria-hidden": "true" }), ...text);
  const root = element("div", { class: "key" },
    element("p", { class: "shades" }, "weight 0 ", bar, " 1"), mark("line", "the wider a line, the more weight"),
    ...(causal ? [mark("masked", "masked: no word may attend to a later one")] : []),
    ...(hasGold ? [
      mark("gold", "G: gold links"),
      mark("link", `A: each ${sides[0]} word linked to the ${sides[1]} word it attends to most; <eos> has no links`),
      element("p", {}, "AER: alignment error rate, 0 where A and G are the same"),
    ] : []));
  return { root, draw: (dark) => { bar.style.background = sequentialGradient(dark); } };
}

// ---- scenes -----------------------------------------------------------------------------------------
// A scene is what stands in the panels at one time: here that of several models, which never changes.

function sceneOfModels(model) {
  const [src, sides] = [model.get("src_tokens"), ["target", "source"]];
  const panels = model.get("panels").map(({ name, tgt_tokens: tgt, weights, score }) =>
    ({ name, src, tgt, sides, weights: decodeArray(weights), causal: false, score, digits: 3 }));
  const rows = Math.max(...panels.map(({ tgt }) => tgt.length));
  const words = Array.from({ length: rows }, (_, j) =>
    [...new Set(panels.flatMap(({ tgt }) => tgt.slice(j, j + 1)))].join(" / ")); // models may write different words
  const scene = { panels, words: [words, src], sides, causal: false, hasGold: panels.some(({ score }) => score), place: "" };
  const within = ({ row, column, ...place }) =>
    ({ ...place, row: clamp(row, 0, rows - 1), column: clamp(column, 0, src.length - 1) });
  return { traits: [], stacks: null, within, sceneAt: () => scene };
}

// “chat” attends to “cat”: Bahdanau 0.931 of 1.00, Luong 0.872 of 1.00. Models may write different words.
function readOut({ panels, causal, place: where }, place) {
  const { row, column, side } = place;
  const words = ({ tgt, src }) => sentence(tgt[row], src[column], side);
  const [{ tgt: first, src }] = panels;
  if (isMasked({ causal }, row, column)) return refusal(first[row], src[column], side);
  const same = panels.every(({ tgt }) => tgt[row] === first[row]);
  return [
    ...(same ? [...words(panels[0]), where && ` in ${where}`, ": "] : []),
    ...panels.flatMap((panel, i) => {
      const text = row >= panel.tgt.length ? [`has no ${panel.sides[0]} word ${row + 1}`] : [
        ...(same ? [] : [...words(panel), " "]),
        element("b", {}, formatNumber(at(panel.weights, row, column), panel.digits)),
        ` of ${printedSum(weightsOf(panel.weights, place))}`,
      ];
      const [label, comma] = [panels.length > 1 ? `${panel.name} ` : "", i < panels.length - 1 ? "," : ""];
      return [element("span", {}, label, ...text, comma), " "];
    }),
  ];
}

// All that the panels show, in words: the chosen word's weights, where each word looks most, and the score.
function linesOf({ panels, place: where, hasGold }, place) {
  const { drawing, show_gold: gold, side } = place;
  const drawn = `The weights${where && ` of ${where}`} are drawn as ${drawing === "map" ? "a map" : "lines"}`
    + `${hasGold ? `, with${gold ? "" : "out"} gold links` : ""}.`;
  return [drawn, ...panels.flatMap((panel) => {
    const { name, src, tgt, sides, weights, digits, score } = panel;
    if (side === "target" && place.row >= tgt.length) return [`${name} has no ${sides[0]} word ${place.row + 1}.`];
    const [read, others] = side === "target" ? [tgt[place.row], src] : [src[place.column], tgt];
    const isOpen = (i) => !isMasked(panel, ...(side === "target" ? [place.row, i] : [i, place.column]));
    const each = weightsOf(weights, place).flatMap((weight, i) =>
      (isOpen(i) ? [`${quoted(others[i])} (${formatNumber(weight, digits)})`] : []));
    const most = tgt.map((word, row) => {
      const own = weightsOf(weights, { side: "target", row });
      const best = own.indexOf(Math.max(...own));
      return `${quoted(word)} to ${quoted(src[best])} (${formatNumber(own[best], digits)})`;
    });
    return [
      `${name}: ${quoted(read)} ${side === "target" ? "attends to" : "is attended to by"} ${listed(each)}.`,
      `${name}: each ${sides[0]} word attends most: ${listed(most)}.`,
      score && `${name}: of ${score.links.length} links of its own and ${score.gold.length} gold links `
        + `${score.common} are the same; the alignment error rate is ${formatNumber(score.rate, 3)}.`,
    ];
  })];
}

function render({ model, el, signal: outer }) {
  const { signal, end } = viewLifetime(outer);
  const scenes = model.get("stacks").length ? scenesOfHeads(model) : sceneOfModels(model);
  const traits = ["row", "column", "side", "drawing", "show_gold", ...scenes.traits];
  const view = chosenPlace(model, { traits, within: scenes.within, paint, signal });
  let [scene, key, dark, life] = [null, null, isDark(), new AbortController()];
  signal.addEventListener("abort", () => life.abort());
  const { panels: { length, 0: { name } } } = scenes.sceneAt(view.chosen());
  const title = model.get("title") || (length === 1 && !scenes.stacks ? name : "Attention");
  const panels = Array.from({ length }, () => createPanel(view));
  const drawings = () => panels.flatMap((panel) => panel.drawings);

  const kinds = ["map", "lines"].map((drawing) =>
    signButton(`draw as ${drawing}`, drawing, () => view.choose({ drawing }), signal));
  const drawingSwitch = element("div", { class: "switch" }, ...kinds);
  const gold = element("input", { type: "checkbox" });
  gold.addEventListener("change", () => view.choose({ show_gold: gold.checked }), { signal });
  const goldLabel = element("label", {}, gold, "gold links");
  const target = createPicker("target", "row", "↑↓", view);
  const source = createPicker("source", "column", "←→", view);
  const heads = scenes.stacks && createHeads(scenes, view);
  const readout = element("output", { "aria-live": "polite" });
  const foot = element("div");
  const transcript = createTranscript(() => linesOf(scene, view.shown()), signal);
  const root = element("div", { class: "s2s-widget s2s-attention", role: "group", "aria-label": title },
    element("header", {}, element("p", {}, title),
      element("div", { class: "controls" }, drawingSwitch)),
    heads ? heads.root : "", element("div", { class: "controls" }, target.root, source.root),
    readout, element("div", { class: "panels" }, ...panels.map((panel) => panel.root)), foot, transcript.root);

  // Put another scene into the panels; what belongs to the last one ends.
  function change(next) {
    life.abort();
    [scene, key, life] = [next, createKey(next), new AbortController()];
    panels.forEach((panel, i) => panel.show(scene.panels[i], title, life.signal));
    foot.replaceChildren(key.root);
    [target, source].forEach((picker, i) => picker.fill(`${scene.sides[i]} word`, scene.words[i]));
    goldLabel.remove();
    if (scene.hasGold) drawingSwitch.before(goldLabel);
    draw();
    // What is hidden has no size, so a drawing looks again when it is shown.
    for (const { size } of panels[0].drawings) {
      standTokens(root, size, drawings().flatMap((drawing) => drawing.labels), paint, life.signal);
    }
  }

  function draw() {
    key.draw(dark);
    for (const drawing of drawings()) drawing.draw(dark);
  }

  function paint() {
    const place = view.shown();
    const next = scenes.sceneAt(place);
    if (next !== scene) change(next);
    root.dataset.drawing = place.drawing;
    root.classList.toggle("plain", !place.show_gold);
    gold.checked = place.show_gold;
    for (const button of kinds) button.setAttribute("aria-pressed", button.textContent === place.drawing);
    for (const panel of panels) panel.paint(place);
    for (const drawing of drawings()) drawing.paint(place);
    if (!view.isPreview()) for (const drawing of drawings()) drawing.reveal(place);
    target.paint(place.row, place.side === "target");
    source.paint(place.column, place.side === "source");
    heads?.paint(dark);
    readout.replaceChildren(...readOut(scene, place));
    transcript.paint();
  }

  el.append(root);
  followTheme(root, (isNowDark) => {
    dark = isNowDark;
    paint();
    draw();
  }, signal);
  return end;
}

export default { render: withOwnSentence(render, { choices: ownChoices, traits: ownTraits }) };
