// Translator: the reader's sentence in our models (see translator.py). Read from the end.

const MOST_COMPLETIONS = 6;

// The field, its completions, and examples to start from. `changed(text)` is called at every key.
function createField(text, sentences, { changed, signal }) {
  const input = element("input", {
    type: "text", value: text, maxlength: 2000, lang: "en", autocomplete: "off", autocapitalize: "none",
    spellcheck: "false", "aria-label": "your sentence, in English", ...KEEP_ARROW_KEYS,
  });
  const completions = element("div", { class: "completions", role: "group", "aria-label": "words that go on from here" });
  const examples = element("select", { "aria-label": "examples" }, element("option", { value: "" }, "examples"),
    ...sentences.map((sentence) => element("option", {}, sentence)));
  const root = element("div", { class: "field" }, element("div", { class: "control" }, input, examples), completions);
  const put = (value) => {
    input.value = value;
    input.focus();
    changed(value);
  };
  input.addEventListener("input", () => changed(input.value), { signal });
  input.addEventListener("keydown", (event) => event.stopPropagation(), { signal }); // else a key may turn the page
  examples.addEventListener("change", () => {
    if (examples.value) put(examples.value);
    examples.value = "";
  }, { signal });

  // Words that begin as the last one does, which a click completes.
  function complete(words) {
    completions.replaceChildren(...words.map((word) => signButton(`complete to ${word}`, word, () =>
      put(input.value.replace(/\S*$/, `${word} `)), signal)));
  }
  return { root, input, complete, put };
}

function render({ model, el, signal: outer }) {
  const { signal, end } = viewLifetime(outer);
  const entries = [...model.get("models")]; // the reader may add one
  const title = model.get("title") || "Your sentence, translated";
  const reduced = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const transcript = createTranscript(() => [
    `The sentence is “${model.get("text").trim()}”. The number beside a word is its probability.`,
    ...translations.map((each) => each.inWords()),
  ], signal);
  const options = { changed: transcript.paint, signal, reduced };
  const translations = entries.map((entry) => createTranslation(entry, options));
  const field = createField(model.get("text"), model.get("examples"), { changed: type, signal });
  const advice = element("div", { class: "advice" });
  const status = element("output", { "aria-live": "polite" });
  const models = element("div", { class: "models" }, ...translations.map((each) => each.root));
  const root = element("div", { class: "s2s-widget s2s-translator", role: "group", "aria-label": title },
    element("header", {}, element("p", {}, title)), field.root, advice, status, models, transcript.root);
  let latest = 0; // which of the translations asked for is the last

  function type(text) {
    model.set("text", text);
    model.save_changes();
  }

  async function load() {
    const engine = await liveEngine(model);
    const translators = await Promise.all(entries.map(({ name }) => liveTranslator(model, name)));
    const { examples } = await liveAsset(model, "course");
    return { engine, translators, examples };
  }

  async function run() {
    const [text, mine] = [model.get("text"), ++latest];
    if (field.input.value !== text) field.input.value = text;
    const carried = model.get("shown");
    if (mine === 1 && text === carried.text) return showCarried(carried);
    status.textContent = liveCache.ready ? "" : "Loading the models …";
    let loaded;
    try {
      loaded = await load();
    } catch (error) {
      if (mine === latest) status.textContent = `This cannot be translated here: ${error.message}.`;
      return;
    }
    liveCache.ready = true;
    if (mine !== latest || signal.aborted) return;
    const { engine, translators, examples } = loaded;
    const words = translators[0].srcCodec.vocab.tokens.slice(4);
    const whole = wholeSentence(text);
    const source = engine.readSource(translators[0], whole);
    const prefix = /\p{L}+$/u.exec(text.toLowerCase())?.[0];
    const known = prefix ? engine.completions(prefix, words, MOST_COMPLETIONS).filter((word) => word !== prefix) : [];
    field.complete(known);
    const unfinished = known.length && source.unknown.at(-1) === prefix; // the reader is still writing it
    const unknown = unfinished ? source.unknown.slice(0, -1) : source.unknown;
    const replace = (word, by) => field.put(withReplaced(text, word, by));
    advice.replaceChildren(...adviceOn({ ...source, unknown }, { engine, words, replace, signal }));
    if (!text.trim()) {
      for (const translation of translations) translation.show({ steps: [] });
      status.textContent = "Type a sentence, or choose an example.";
      return;
    }
    const example = examples.find(({ src }) => src.toLowerCase() === text.trim().toLowerCase());
    const said = [];
    for (const [n, translator] of translators.entries()) {
      const result = engine.translate(translator, whole);
      const right = example && translator.tgtCodec.tokenizer.tokenize(example.tgt);
      translations[n].show({ ...result, right });
      said.push(entries.length > 1 ? `${entries[n].label}: ${result.text}` : result.text);
      await null; // a key that was pressed meanwhile comes first
      if (mine !== latest) return;
    }
    status.replaceChildren(element("span", { class: entries.length > 1 ? "said" : "", lang: "fr" }, said.join("  ")),
      ...(example ? [" Right: ", element("span", { lang: "fr" }, example.tgt)] : []));
  }

  function showCarried({ written }) {
    entries.forEach(({ name }, n) => translations[n].show(written[name]));
    status.textContent = "Type a sentence of your own: the models load then.";
  }

  // One more column. The reader may open another model under the same name.
  function add() {
    if (entries.at(-1).name !== OWN_MODEL) {
      entries.push({ name: OWN_MODEL, label: OWN_MODEL });
      translations.push(createTranslation(entries.at(-1), options));
      models.append(translations.at(-1).root);
    }
    latest += 1; // what is carried does not have it
    run();
  }

  observe(model, ["text"], run, signal);
  el.append(root);
  if (hasModels()) {
    root.append(createOwnModelField(model, { whole: root, signal }).root);
    onOwnModel(add, signal);
  }
  followTheme(root, () => {}, signal);
  run();
  return end;
}

export default { render };
