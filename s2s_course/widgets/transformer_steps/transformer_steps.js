// TransformerSteps: one sentence through both stacks of a Transformer, part by part (see transformer_steps.py).
// Read from the end: render() puts together the sentences, the controls, the stacks and the stage's numbers.

// The word that is looked at with its weights, and what has been written.
function markWords(reads, writes, { t, word, stage, bars }) {
  const written = t + (stage.kind === "softmax" ? 1 : 0);
  reads.forEach((node, s) => {
    node.classList.toggle("now", s === word);
    node.lastChild.style.height = `calc(var(--highest) * ${bars ? bars[s] : 0})`;
  });
  writes.forEach((node, i) => {
    node.classList.toggle("later", i >= written);
    node.classList.toggle("now", i === t);
  });
}

// The stages of the part that is shown, of which one can be chosen.
function createTabs(go) {
  const root = element("div", { class: "tabs", role: "group", "aria-label": "stages of this part" });
  function paint({ side, index, stage }, stages, signal) {
    const own = stages[side].map((each, i) => ({ ...each, i }))
      .filter(({ layer, part }) => layer === stage.layer && part === stage.part);
    root.replaceChildren(...own.map(({ kind, i }) => {
      const node = element("button", {
        type: "button", tabindex: "-1", "aria-current": i === index ? "step" : "false", ...KEEP_ARROW_KEYS,
      }, NAMES[kind]);
      node.addEventListener("click", () => go(side, i), { signal });
      return node;
    }));
  }
  return { root, paint };
}

// The stage that is shown, with all rows of its figure, and how far each stack and the cache are, in words.
function wordsOf({ shown, where, kind, note }, { place, pass }) {
  const { rows, head: [left, right], formula = [], say } = shown;
  const { t, side, index, n } = place;
  const sums = pass.stages[side].slice(0, index + 1).filter((stage) => stage.kind === "sum");
  const row = ({ label, before, value }) => [`“${label}”`, before && `${left} ${before}`, value && `${right} ${value}`]
    .filter(Boolean).join(" ");
  return [
    [`${where}: ${NAMES[kind]}. `, ...say],
    rows.length > 0 && `The figure has a line for each of ${listed(rows.map(row))}.`,
    formula.length > 0 && ["Written out: ", ...formula],
    note,
    sums.length > 0 && `What each part so far has added to the stream: ${listed(sums.map(({ layer, part }, i) => {
      const { changeSize, beforeSize, size: own } = pass[side].sumAt(i, n);
      return `layer ${layer + 1} ${part} a change of size ${size(changeSize)}, ${share(changeSize, beforeSize)} of `
        + `what was there, which makes ${size(own)}`;
    }))}.`,
    t >= 0 && `Written before this word: ${t ? `“${pass.tgt.slice(0, t).join(" ")}”` : "nothing"}. The key–value cache `
      + `holds, layer by layer, ${listed(Array.from({ length: pass.about.num_layers }, (_, layer) =>
        `${pass.cached(layer, place)} words and ${pass.src.length} of the source`))}.`,
  ];
}

const HELP = "A Transformer at work. Left and right arrow keys move by one stage, page up and page down by one word, "
  + "up and down choose a source word, digits a head, Home and End go to the first and the last step, space plays.";

function render({ model, el, signal: outer }) {
  const { signal, end } = viewLifetime(outer);
  const pass = readPass((name) => model.get(name));
  const { src, tgt, about } = pass;
  const [E, D] = [pass.stages.encoder.length, pass.stages.decoder.length];
  const [last, lastUnit, lastHead] = [pass.steps - 1, pass.units - 1, about.num_heads - 1];
  const within = ({ step, word, head, unit }) => ({
    step: clamp(step, 0, last), word: clamp(word, 0, src.length - 1),
    head: clamp(head, 0, lastHead), unit: clamp(unit, 0, lastUnit),
  });
  const view = chosenPlace(model, { traits: ["step", "word", "head", "unit"], within, paint, signal });
  const moves = {
    ArrowLeft: KEY_MOVES.ArrowLeft,
    ArrowRight: KEY_MOVES.ArrowRight,
    ArrowUp: ({ word }) => ({ word: word - 1 }),
    ArrowDown: ({ word }) => ({ word: word + 1 }),
    PageUp: ({ step }) => ({ step: step < E + D ? (step < E ? 0 : E - 1) : step - D }),
    PageDown: ({ step }) => ({ step: step < E ? E : step + D }), // to the same stage
    Home: KEY_MOVES.Home,
    End: KEY_MOVES.End,
    ...Object.fromEntries([..."123456789"].map((digit) => [digit, () => ({ head: digit - 1 })])),
  };
  const go = (side, index) =>
    view.choose({ step: pass.stepOf(side, Math.max(0, pass.placeOf(view.chosen().step).t), index) });

  const views = createStages(pass);
  const limits = limitsOf(pass);
  const sentences = createSentences(pass, markWords);
  const [stack, cache] = [createStack(pass, go, signal), createCache(pass)];
  const figure = createFigure(() => createRow(limits), () => [element("span")]);
  const [tabs, levels] = [createTabs(go), createLevels(pass, signal)];
  const play = createPlay(view, last);
  const [earlier, later] = [["previous word", "PageUp"], ["next word", "PageDown"]].map(([label, key]) =>
    signButton(label, "word", () => view.choose(moves[key](view.chosen())), signal)); // its arrow is in the style sheet
  const slider = (name) => sliderWithButtons({
    name, label: name, less: { text: `previous ${name}`, sign: "←" }, more: { text: `next ${name}`, sign: "→" },
    move: (change) => view.choose({ [name]: view.chosen()[name] + change }),
    set: (index) => view.choose({ [name]: index }), signal,
  });
  const [time, headControl, unitControl] = [slider("step"), slider("head"), slider("unit")];
  const scale = element("div", { class: "scale" });
  const ends = [["≤", -limits.stream], ["≥", limits.stream]]
    .map(([beyond, value]) => element("span", {}, `${beyond} ${formatNumber(value, 1)}`));
  const title = model.get("title") || "A Transformer at work";
  const note = element("p", { class: "note" });
  const readout = element("output", { "aria-live": "polite" });
  const region = element("div", {
    class: "sides", tabindex: "0", role: "application", "aria-label": HELP, ...KEEP_ARROW_KEYS,
  }, element("div", {}, stack.root, element("p", { class: "key" }, element("i"), "size of the stream ", element("i"),
    "of the change, its share ", element("i"), "norm"), cache.root),
  element("div", {}, readout, tabs.root, figure.root, note, levels.root));
  const root = element("div", {
    class: "s2s-widget s2s-transformer-steps", style: `--source: ${src.length}`, role: "group", "aria-label": title,
  }, element("header", {}, element("p", {}, title),
    element("div", { class: "legend", "aria-hidden": "true" }, "vectors", ends[0], scale, ends[1])),
  sentences.root,
  element("div", { class: "controls" },
    element("div", { class: "control" }, play.button, play.speed, earlier, later),
    time.root, headControl.root, unitControl.root),
  region);

  // Where the pass is, and what is said and shown there.
  function lookAt() {
    const { step, word, head, unit } = view.shown();
    const at = pass.placeOf(step);
    const place = { ...at, step, word, head, unit, n: at.t < 0 ? word : at.t };
    const where = at.t < 0 ? nameOfPlace(at.stage, about)
      : `Word ${at.t + 1} of ${tgt.length}, ${nameOfPlace(at.stage, about).replace("Decoder", "decoder")}`;
    return { place, where, shown: views[at.stage.kind](place), kind: at.stage.kind, note: noteOn(at.stage, pass) };
  }
  const transcript = createTranscript(() => {
    const { place, ...seen } = lookAt();
    return wordsOf(seen, { place, pass });
  }, signal);
  root.append(transcript.root);

  function paint() {
    const dark = root.dataset.theme === "dark";
    const seen = lookAt();
    const { place, where, shown } = seen;
    const { step, head, unit, stage } = place;
    sentences.paint({ ...place, bars: shown.barsOn });
    stack.paint(place);
    cache.paint(place);
    tabs.paint(place, pass.stages, signal);
    figure.paint(shown, unit, dark);
    levels.paint(place, dark);
    note.textContent = seen.note;
    time.paint(step, last, `${step + 1} of ${last + 1}`, `${where}, ${NAMES[stage.kind]}`);
    headControl.paint(head, lastHead, String(head + 1), `${head + 1} of ${about.num_heads}`);
    unitControl.paint(unit, lastUnit, String(unit), String(unit));
    earlier.disabled = step === 0;
    later.disabled = step === last;
    readout.replaceChildren(element("span", { class: "place" }, `${where}: `), bold(NAMES[stage.kind]),
      element("span", { class: "says" }, " ", ...shown.say));
    transcript.paint();
  }

  moveWithKeys(region, view, moves);
  region.addEventListener("keydown", (event) => {
    if (event.key !== " " || event.target !== region) return; // on a button it presses the button
    event.preventDefault();
    play.toggle();
  }, { signal });
  moveWithPointer(figure.root, figure.locate, view);
  moveWithPointer(sentences.root, (event) => {
    const [read, written] = sentences.locate(event);
    if (read >= 0) return { word: read };
    if (event.type !== "click") return null;
    return written >= 0 ? { step: E + D * (written + 1) - 1 } : {};
  }, view);

  el.append(root);
  followTheme(root, (dark) => {
    scale.style.background = divergingGradient(dark);
    paint();
  }, signal);
  return end;
}

// What there is to say of vectors that were too long to be carried as a whole.
function noteOn({ kind }, { about, shownUnits }) {
  const name = kind === "inside" ? "d_ff" : "d_model";
  const cut = shownUnits[name] < about[name] && !["weights", "logits", "softmax"].includes(kind);
  return cut ? `The first ${shownUnits[name]} of ${about[name]} units are shown; what is said of all counts all.` : "";
}

// The sizes at which colors are full: of the numbers of streams, and of those inside. One in twenty may lie beyond,
// since a few units of a stream become far larger than all others.
function limitsOf({ encoder, decoder, src, read, about }) {
  const [streams, inside] = [[], []];
  for (const [stack, tokens] of [[encoder, src], [decoder, read]]) {
    tokens.forEach((_, n) => {
      streams.push(stack.start(n).vector, ...Array.from({ length: stack.count }, (__, p) => stack.sumAt(p, n).after));
      for (let layer = 0; layer < about.num_layers; layer++) inside.push(stack.inside(layer, n).vector);
    });
  }
  const limit = (vectors) => {
    const sizes = vectors.flat().map(Math.abs).sort((a, b) => a - b);
    return sizes[Math.floor(0.95 * (sizes.length - 1))] || 1;
  };
  return { stream: limit(streams), inside: limit(inside) };
}

export default {
  render: withOwnSentence(render, { choices: choicesOf("transformer"), traits: ownTraits }),
};
