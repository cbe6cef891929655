// A line “your sentence” in a widget that shows a stored one. What is typed goes through a model of the page, and the
// widget's own render() draws what comes out, as it draws what Python has stored.
//
// withOwnSentence(render, {
//   choices: [{ label: "Bahdanau", models: ["bahdanau"] }, …], // of models; or a function of the widget's model
//   traits: ({ traces, translators, choice, model }, text, options) => ({ … }), // as from_trace in Python makes them
//   longest: 60, // words that are read
// }) is the widget's render.

// Models by the names under which they are stored.
const LABELS = {
  rnn: "RNN", lstm: "LSTM", gru: "GRU", bahdanau: "Bahdanau", luong: "Luong", transformer: "Transformer",
  "decoder-only": "Decoder-only",
};
const choicesOf = (...names) => names.map((name) => ({ label: LABELS[name], models: [name] }));

// Beside an array that is as exact as it is computed: what carrying it as float16 would drop.
const asCarried = (array) => ({ coarse: array, rest: { ...array, values: new Float64Array(array.values.length) } });

// A page of one file, made by write_widget_page, has neither a folder with the models nor a kernel.
const hasModels = () => Boolean(liveCache.folder || !globalThis.s2sStaticHost);

// A model of a widget that holds `traits`, and beside them what `model` holds. What is chosen stays here.
function modelBeside(model, traits) {
  const own = new Map(Object.entries(traits));
  const listeners = new Map();
  const listening = (names, act) => {
    for (const name of names.split(" ")) act(listeners.get(name) ?? listeners.set(name, new Set()).get(name));
  };
  return {
    get: (name) => (own.has(name) ? own.get(name) : model.get(name)),
    set(name, value) {
      const changed = own.get(name) !== value;
      own.set(name, value);
      if (changed) for (const listener of [...(listeners.get(`change:${name}`) ?? [])]) listener();
    },
    on: (names, listener) => listening(names, (each) => each.add(listener)),
    off: (names, listener) => listening(names, (each) => each.delete(listener)),
    save_changes() {}, // the kernel has the stored example
    send() {},
  };
}

// The options of a select, those with a `group` under its name.
function optionsOf(choices) {
  const groups = new Map();
  return choices.flatMap(({ label, group }, n) => {
    const option = element("option", { value: n }, label);
    if (!group) return [option];
    const known = groups.get(group);
    if (known) {
      known.append(option);
      return [];
    }
    groups.set(group, element("optgroup", { label: group }, option));
    return [groups.get(group)];
  });
}

// The line: a field, models to choose from, two buttons, and what there is to say.
function createSentenceLine(choices, { show, back, signal }) {
  const input = element("input", {
    type: "text", maxlength: 2000, lang: "en", placeholder: "the cat sleeps.", autocomplete: "off",
    autocapitalize: "none", spellcheck: "false", "aria-label": "your sentence, in English", ...KEEP_ARROW_KEYS,
  });
  const select = element("select", { "aria-label": "model that reads your sentence", ...KEEP_ARROW_KEYS },
    ...optionsOf(choices));
  const button = (text, label, press) => {
    const node = element("button", { type: "button", "aria-label": label }, text);
    node.addEventListener("click", press, { signal });
    return node;
  };
  const showing = button("show", "show your sentence", show);
  const returning = button("back to the example", "back to the example that is stored here", back);
  const advice = element("div", { class: "advice" });
  const status = element("p", { class: "status", "aria-live": "polite" });
  const typing = element("div", { class: "typing" },
    element("span", { "aria-hidden": "true" }, "your sentence"), input, choices.length > 1 ? select : "", showing);
  const root = element("div", { class: "own-sentence", role: "group", "aria-label": "your sentence" },
    typing, advice, status);
  input.addEventListener("keydown", (event) => {
    event.stopPropagation(); // else a key may turn the page
    if (event.key === "Enter" && !event.isComposing) show();
  }, { signal });
  // One more model to choose from; it is chosen. The reader may open another one under the same name.
  function offer(choice) {
    if (choices.at(-1).label !== choice.label) {
      choices.push(choice);
      select.append(element("option", { value: choices.length - 1 }, choice.label));
    }
    if (!select.isConnected) showing.before(select);
    select.value = choices.length - 1;
  }
  const isOwn = () => returning.isConnected;
  const setOwn = (own) => (own ? typing.append(returning) : returning.remove());
  return { root, input, select, advice, status, offer, isOwn, setOwn, choice: () => choices[Number(select.value)] };
}

// `render` of a widget with the line. Without models it is as it was.
function withOwnSentence(render, { choices: given, traits, longest = 60 }) {
  return ({ model, el, signal: outer }) => {
    if (!hasModels()) return render({ model, el, signal: outer });
    const { signal, end } = viewLifetime(outer);
    const choices = [...(typeof given === "function" ? given(model) : given)];
    const line = createSentenceLine(choices, { show, back, signal });
    const { input, advice, status } = line;
    let life = null; // of what is drawn now
    let latest = 0; // which of the sentences asked for is the last
    signal.addEventListener("abort", () => life?.abort());
    line.select.addEventListener("change", () => { if (line.isOwn()) show(); }, { signal });

    // Draw anew, with the line below the heading.
    function draw(shown) {
      const held = line.root.contains(document.activeElement) ? document.activeElement : null;
      const wasOpen = el.querySelector(".in-words")?.open;
      life?.abort();
      life = new AbortController();
      el.replaceChildren();
      render({ model: shown, el, signal: life.signal });
      if (wasOpen) el.querySelector(".in-words").open = true;
      el.querySelector("header").after(line.root);
      held?.focus({ preventScroll: true });
    }

    function back() {
      latest += 1;
      input.focus(); // the button goes
      line.setOwn(false);
      advice.replaceChildren();
      draw(model);
      status.textContent = "This is the stored example again.";
    }

    async function load(choice) {
      const [engine, traces, ...translators] = await Promise.all([
        liveEngine(model), livePart(model, "trace"), ...choice.models.map((name) => liveTranslator(model, name))]);
      await new Promise((resolve) => { setTimeout(resolve); }); // what is said is seen before it is computed
      return { engine, traces, translators, choice, model };
    }

    async function show() {
      const [mine, choice] = [++latest, line.choice()];
      const typed = input.value;
      advice.replaceChildren();
      status.textContent = typed.trim() ? "Loading the model …" : "Type a sentence first, for example: the cat sleeps.";
      if (!typed.trim()) return;
      try {
        const loaded = await load(choice);
        if (mine !== latest || signal.aborted) return;
        await showWith(loaded, typed, mine);
      } catch (error) {
        if (mine === latest) status.textContent = `This cannot be shown here: ${error.message}.`;
      }
    }

    async function showWith(loaded, typed, mine) {
      const { engine, translators: [first], choice } = loaded;
      const text = wholeSentence(typed);
      const source = engine.readSource(first, text, longest);
      if (engine.readSource(first, typed).tokens.length === 1) { // nothing but <eos>
        status.textContent = "There is no word to read in this. Type a sentence, for example: the cat sleeps.";
        return;
      }
      const replace = (word, by) => {
        input.value = withReplaced(typed, word, by);
        input.focus();
        show();
      };
      const words = first.srcCodec.vocab.tokens.slice(4);
      const { says = "", ...own } = await traits(loaded, text, { longest });
      if (mine !== latest) return;
      draw(modelBeside(model, { title: shortened(text), ...own }));
      line.setOwn(true);
      advice.replaceChildren(...adviceOn(source, { engine, words, replace, signal, longest }));
      status.textContent = `Shown is your sentence, ${choice.says ?? `read by ${choice.label}`}. ${says}`.trim();
    }

    draw(model);
    onOwnModel(({ name }) => {
      const family = name.startsWith("luong") ? "luong" : name; // the registry has several
      const fits = choices.some(({ models }) => models.length === 1 && models[0] === family);
      if (fits) line.offer({ label: OWN_MODEL, models: [OWN_MODEL], says: `read by ${OWN_MODEL}` });
    }, signal);
    return end;
  };
}

// For a heading or a status.
const shortened = (text) => (text.length > 120 ? `${text.slice(0, 119)}…` : text);

// What a model has written, in a status.
const asWritten = (tokens) => shortened(tokens.filter((token) => token !== "<eos>").join(" "));
