// Switches: a model with parts that can be broken (see switches.py). Read from the end.

const LONGEST_WRITTEN = 28;

// A check box for each switch.
function createBoxes(keys, labels, { changed, signal }) {
  const boxes = keys.map((key) => element("input", { type: "checkbox", value: key }));
  for (const box of boxes) box.addEventListener("change", changed, { signal });
  const root = element("fieldset", { class: "boxes" }, element("legend", {}, "break it"),
    ...boxes.map((box, n) => element("label", {}, box, element("span", {}, labels[n]))));
  const names = () => labels.filter((_, n) => boxes[n].checked);
  return { root, names, on: () => boxes.filter(({ checked }) => checked).map(({ value }) => value),
    clear: () => { for (const box of boxes) box.checked = false; } };
}

// A button for each head, layer by layer, pressed while it works.
function createHeads(attentions, { changed, signal }) {
  const names = { encoder: "encoder", decoder: "decoder, own words", cross: "decoder, source" };
  const buttons = [];
  const row = ({ part, layer, heads }) => element("div", { class: "row-of-heads" },
    element("span", {}, `${names[part]}, layer ${layer + 1}`),
    ...Array.from({ length: heads }, (_, head) => {
      const button = element("button", {
        type: "button", "aria-pressed": "true", "aria-label": `head ${head + 1}, ${names[part]}, layer ${layer + 1}`,
      }, `${head + 1}`);
      button.addEventListener("click", () => {
        button.setAttribute("aria-pressed", button.getAttribute("aria-pressed") !== "true");
        changed();
      }, { signal });
      buttons.push({ button, head: { part, layer, head } });
      return button;
    }));
  const root = element("fieldset", { class: "heads" }, element("legend", {}, "heads that work"), ...attentions.map(row));
  const isOn = ({ button }) => button.getAttribute("aria-pressed") === "true";
  const broken = () => buttons.filter((one) => !isOn(one)).map(({ button }) => button.getAttribute("aria-label"));
  return { root, names: broken, off: () => buttons.filter((one) => !isOn(one)).map(({ head }) => head),
    clear: () => { for (const { button } of buttons) button.setAttribute("aria-pressed", "true"); } };
}

// BLEU as a number and a bar, for the whole model and for the broken one.
function createScores(whole) {
  const bar = () => element("i", { "aria-hidden": "true" });
  const line = (name, value) => {
    const [number, fill] = [element("b", {}, value), bar()];
    return { root: element("p", {}, element("span", {}, name), number, element("span", { class: "bar" }, fill)), number, fill };
  };
  const [before, after] = [line("as trained", formatNumber(whole.bleu, 1)), line("as it is now", formatNumber(whole.bleu, 1))];
  before.fill.style.width = `${whole.bleu}%`;
  after.fill.style.width = `${whole.bleu}%`;
  function show(bleu, share) {
    after.number.textContent = share < 1 ? "…" : formatNumber(bleu, 1);
    after.fill.style.width = `${share < 1 ? 0 : bleu}%`;
  }
  const inWords = () =>
    `As trained it reaches ${before.number.textContent} BLEU, as it is now ${after.number.textContent}.`;
  return { root: element("div", { class: "scores" }, before.root, after.root), show, inWords };
}

// Sentences with what the whole model writes and what the broken one writes; words that differ are marked.
function createSentences(sentences) {
  const now = sentences.map(() => element("dd", { class: "now", lang: "fr" }));
  const root = element("dl", { class: "sentences" }, ...sentences.flatMap(({ src, written }, n) => [
    element("dt", { lang: "en" }, src), element("dd", { lang: "fr" }, written), now[n]]));
  function show(n, text) {
    const known = new Set(sentences[n].written.split(" "));
    now[n].replaceChildren(...text.split(" ").flatMap((word) => [known.has(word) ? word : element("mark", {}, word), " "]));
    now[n].hidden = text === sentences[n].written;
  }
  for (const each of now) each.hidden = true;
  const inWords = () => sentences.map(({ src, written }, n) => `“${src}” becomes “${written}”, and as it is now `
    + `${now[n].hidden ? "the same" : `“${now[n].textContent.trim()}”`}.`);
  return { root, show, inWords };
}

function render({ model, el, signal: outer }) {
  const { signal, end } = viewLifetime(outer);
  const [name, label, whole] = ["model", "label", "whole"].map((trait) => model.get(trait));
  const title = model.get("title") || `${label}: what is each part good for?`;
  const scores = createScores(whole);
  const sentences = createSentences(whole.sentences);
  const status = element("output", { "aria-live": "polite" });
  const reset = element("button", { type: "button" }, "whole again");
  const parts = element("div", { class: "parts" });
  const transcript = createTranscript(() => {
    const broken = loaded ? [...boxes.names(), ...heads.names()] : [];
    const what = loaded ? `Broken: ${listed(broken)}.` : "The model is not loaded: nothing is broken.";
    return [what, scores.inWords(), ...sentences.inWords()];
  }, signal);
  const begin = element("button", { type: "button", class: "begin" }, "Load the model and its switches");
  const root = element("div", { class: "s2s-widget s2s-switches", role: "group", "aria-label": title },
    element("header", {}, element("p", {}, title)), begin, parts, scores.root, status, sentences.root,
    transcript.root);
  let [loaded, boxes, heads, latest] = [null, null, null, 0];

  async function load() {
    begin.disabled = true;
    status.textContent = "Loading …";
    try {
      const [engine, breaking, translator, { examples }] = await Promise.all([
        liveEngine(model), livePart(model, "breaking"), liveTranslator(model, name), liveAsset(model, "course")]);
      loaded = { engine, breaking, translator, examples };
    } catch (error) {
      begin.disabled = false;
      status.textContent = `The model cannot be run here: ${error.message}.`;
      return;
    }
    const { SWITCHES, headsOf } = loaded.breaking;
    const names = model.get("switches").filter((one) => SWITCHES[one].fits(loaded.translator.model));
    boxes = createBoxes(names, names.map((one) => SWITCHES[one].label), { changed: run, signal });
    heads = createHeads(model.get("heads") ? headsOf(loaded.translator.model) : [], { changed: run, signal });
    parts.replaceChildren(boxes.root, ...(model.get("heads") ? [heads.root] : []), reset);
    begin.replaceWith();
    (boxes.root.querySelector("input") ?? heads.root.querySelector("button"))?.focus();
    transcript.paint();
    status.textContent = `The model was trained whole: what a broken one writes, it has never learned to repair.`;
  }

  async function run() {
    const mine = ++latest;
    const [on, off] = [boxes.on(), heads.off()];
    const { engine, breaking, translator, examples } = loaded;
    const broken = { ...translator, model: breaking.breakModel(translator.rebuild(), on, off) };
    const [written, right] = [[], []];
    for (const [n, { src, tgt }] of examples.entries()) {
      const result = engine.translate(broken, src, { maxLength: LONGEST_WRITTEN, top: 1 });
      written.push(translator.tgtCodec.words(result.steps.map(({ index }) => index)));
      right.push(translator.tgtCodec.tokenizer.tokenize(tgt));
      whole.sentences.forEach((sentence, k) => { if (sentence.src === src) sentences.show(k, result.text); });
      if (n % 5 === 4) {
        scores.show(0, (n + 1) / (examples.length + 1));
        await new Promise((resolve) => setTimeout(resolve)); // the page stays alive, and another switch may be flipped
        if (mine !== latest || signal.aborted) return;
      }
    }
    const bleu = breaking.bleu(written, right);
    scores.show(bleu, 1);
    transcript.paint();
    const many = on.length + off.length;
    status.textContent = many === 0 ? `Whole: ${formatNumber(bleu, 1)} BLEU on ${examples.length} sentences.`
      : `${many === 1 ? "One part is" : `${many} parts are`} broken: ${formatNumber(bleu, 1)} BLEU in place of ${formatNumber(whole.bleu, 1)}, on ${examples.length} sentences. It was not trained that way.`;
  }

  begin.addEventListener("click", load, { signal });
  reset.addEventListener("click", () => {
    boxes.clear();
    heads.clear();
    run();
  }, { signal });
  el.append(root);
  followTheme(root, () => {}, signal);
  return end;
}

export default { render };
