// Moments: attention and output of a few sentences through a model's training (see moments.py).

const ARROWS = { ArrowLeft: -1, ArrowRight: 1 };

// Rows are written words, columns read ones; the darker a cell, the more weight.
function createMap() {
  const body = element("tbody");
  const head = element("tr");
  const root = element("div", { class: "scroll" }, element("table", { class: "map-of-weights" }, element("thead", {}, head), body));
  function draw({ source, tokens, weights, dark }) {
    head.replaceChildren(element("td"), ...source.map((word) => element("th", { scope: "col" }, element("span", {}, word))));
    body.replaceChildren(...tokens.map((token, t) => element("tr", {}, element("th", { scope: "row" }, token),
      ...source.map((word, s) => {
        const weight = weights.values[t * source.length + s];
        return element("td", {
          style: `background: rgb(${sequential(weight, dark)})`, title: `“${token}” attends to “${word}”: ${formatNumber(weight, 2)}`,
        });
      }))));
  }
  return { root, draw };
}

// What is written at this moment, and where each written word looks, in words.
function linesOf({ moments, sources }, { moment, sentence }) {
  const { step, outputs } = moments[moment];
  const { tokens, weights: encoded } = outputs[sentence];
  const [{ values }, source] = [decodeArray(encoded), sources[sentence]];
  const looks = tokens.map((token, t) => {
    const own = source.map((word, s) => ({ word, weight: values[t * source.length + s] }))
      .sort((a, b) => b.weight - a.weight).slice(0, 3);
    const most = own.map(({ word, weight }) => `“${word}” (${formatNumber(weight, 2)})`);
    return `“${token}” attends most to ${listed(most)}.`;
  });
  const written = (each) => each.filter((token) => token !== "<eos>").join(" ");
  return [
    `The sentence is “${source.slice(0, -1).join(" ")}”. After ${step} of ${moments.at(-1).step} steps the model `
      + `writes “${written(tokens)}”; at the end it writes “${written(moments.at(-1).outputs[sentence].tokens)}”.`,
    ...looks,
  ];
}

function render({ model, el, signal: outer }) {
  const { signal, end } = viewLifetime(outer);
  const [sources, moments] = [model.get("sources"), model.get("moments")];
  const title = model.get("title") || `${model.get("label")} while it learns`;
  const within = ({ moment, sentence }) =>
    ({ moment: clamp(moment, 0, moments.length - 1), sentence: clamp(sentence, 0, sources.length - 1) });
  const view = chosenPlace(model, { traits: ["moment", "sentence"], within, paint, signal });
  const slider = sliderWithButtons({
    name: "step", label: "moment of training", less: { text: "earlier moment", sign: "←" }, more: { text: "later moment", sign: "→" },
    move: (change) => view.choose({ moment: view.chosen().moment + change }), set: (moment) => view.choose({ moment }), signal,
  });
  const select = element("select", { "aria-label": "sentence" }, ...sources.map((tokens, i) =>
    element("option", { value: i }, tokens.slice(0, -1).join(" "))));
  select.addEventListener("change", () => view.choose({ sentence: Number(select.value) }), { signal });
  const map = createMap();
  const readout = element("output", { "aria-live": "polite" });
  const atTheEnd = element("span", { lang: "fr" });
  const transcript = createTranscript(() => linesOf({ moments, sources }, view.shown()), signal);
  const root = element("div", { class: "s2s-widget s2s-moments", role: "group", "aria-label": title },
    element("header", {}, element("p", {}, title)),
    element("div", { class: "controls" }, slider.root, element("div", { class: "control" }, element("span", {}, "sentence"), select)),
    readout,
    element("p", { class: "note" }, "At the end it writes (words that it has already are bold above): ", atTheEnd),
    map.root, transcript.root);
  let dark = isDark();

  function paint() {
    const { moment, sentence } = view.shown();
    const { step, outputs } = moments[moment];
    const { tokens, weights } = outputs[sentence];
    const last = moments.at(-1);
    slider.paint(moment, moments.length - 1, `${step} of ${last.step}`, `after ${step} steps`);
    select.value = sentence;
    const wordsOf = (written) => written.filter((token) => token !== "<eos>");
    const final = wordsOf(last.outputs[sentence].tokens);
    readout.replaceChildren(step === 0 ? "before the first step it writes: " : `after ${step} ${step === 1 ? "step" : "steps"} it writes: `,
      ...wordsOf(tokens).flatMap((word) => [element(final.includes(word) ? "b" : "span", { lang: "fr" }, word), " "]));
    atTheEnd.textContent = final.join(" ");
    map.draw({ source: sources[sentence], tokens, weights: decodeArray(weights), dark });
    transcript.paint();
  }

  root.addEventListener("keydown", (event) => {
    if (event.target.closest("input, select") || !(event.key in ARROWS)) return;
    event.preventDefault();
    event.stopPropagation();
    view.choose({ moment: view.chosen().moment + ARROWS[event.key] });
  }, { signal });
  el.append(root);
  reachWhileItScrolls(map.root, "map of weights", signal);
  followTheme(root, (nowDark) => {
    dark = nowDark;
    paint();
  }, signal);
  return end;
}

export default { render };
