// The sentences of LengthCurve: their words, the verdicts, the table. length_curve.py puts this text in front of
// length_curve.js, which has createSample, a model's line and marker.

const FIRST = -1; // as `sentence`: the first one in the list

const lengthsOf = ({ shortest, longest }) => (shortest === longest ? `${shortest}` : `${shortest}–${longest}`);
const plural = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;

// ---- words ------------------------------------------------------------------------------------------

// A text as Python stored it: a tab stands between words that are written together.
function readWords(text) {
  const words = text ? text.split(/[ \t]/) : [];
  const gaps = (text.match(/[ \t]/g) ?? []).map((gap) => (gap === " " ? " " : ""));
  return { words, gaps };
}

// The text that readWords has read.
const textOf = ({ words, gaps }) => words.map((word, i) => word + (gaps[i] ?? "")).join("");

// Which words of each list are in their longest common subsequence, as two lists of booleans. Case does not count.
function commonWords(left, right) {
  const [a, b] = [left, right].map((words) => words.map((word) => word.toLowerCase()));
  const longest = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1)); // of the rests from i, j
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      longest[i][j] = a[i] === b[j] ? longest[i + 1][j + 1] + 1 : Math.max(longest[i + 1][j], longest[i][j + 1]);
    }
  }
  const [inLeft, inRight] = [a.map(() => false), b.map(() => false)];
  for (let [i, j] = [0, 0]; i < a.length && j < b.length;) {
    if (a[i] === b[j]) inLeft[i++] = inRight[j++] = true;
    else if (longest[i + 1][j] >= longest[i][j + 1]) i++;
    else j++;
  }
  return [inLeft, inRight];
}

// A sentence with what each model made of it. `distance` is the share of all words that hypothesis and reference do
// not have in common.
function readSentence({ src, length, reference, hypotheses }) {
  const goal = readWords(reference);
  const translations = hypotheses.map((hypothesis) => {
    const own = hypothesis === null ? goal : readWords(hypothesis);
    const [kept, found] = commonWords(own.words, goal.words);
    const [wrong, missing] = [kept, found].map((marks) => marks.filter((mark) => !mark).length);
    return { ...own, kept, found, wrong, missing, distance: (wrong + missing) / (kept.length + found.length || 1) };
  });
  return { src, length, goal, translations };
}

// The words as text, those that are not `kept` in a mark of this class; neighbors share one mark.
function markedText({ words, gaps }, kept, name) {
  const nodes = [];
  for (let start = 0, end; start < words.length; start = end) {
    let text = words[start];
    for (end = start + 1; end < words.length && kept[end] === kept[start]; end++) text += gaps[end - 1] + words[end];
    nodes.push(kept[start] ? text : element("mark", { class: name }, text), gaps[end - 1] ?? "");
  }
  return nodes;
}

// ---- verdicts and table ------------------------------------------------------------------------------

// "right", or what is wrong with it.
const verdictOf = ({ wrong, missing }) =>
  [wrong && `${wrong} wrong`, missing && `${missing} missing`].filter(Boolean).join(", ") || "right";

// The same with a sign before it.
const verdict = (translation) => {
  const [kind, sign] = translation.wrong || translation.missing ? ["wrong", "✗"] : ["right", "✓"];
  return [element("b", { class: kind }, sign), ` ${verdictOf(translation)}`];
};

// The sentences of the chosen point, one at a time: all models' translations side by side.
function createSentences({ models, buckets }, choose, signal) {
  const order = element("select", { "aria-label": "order of the sentences", ...KEEP_ARROW_KEYS },
    element("option", { value: "given" }, "in order"), element("option", { value: "worst" }, "worst first"));
  const onlyWrong = element("input", { type: "checkbox" });
  for (const node of [order, onlyWrong]) {
    node.addEventListener("change", () => choose({ sentence: FIRST }), { signal });
  }

  // The indices of the sentences that can be turned to, in their order.
  function list({ bucket, model }) {
    const { sentences } = buckets[bucket];
    const all = sentences.map((_, i) => i);
    const distance = (i) => sentences[i].translations[model].distance;
    const wanted = onlyWrong.checked ? all.filter((i) => distance(i) > 0) : all;
    return order.value === "worst" ? wanted.sort((i, j) => distance(j) - distance(i)) : wanted;
  }

  let turn = () => {};
  const before = signButton("previous sentence", "←", () => turn(-1), signal);
  const after = signButton("next sentence", "→", () => turn(1), signal);
  const place = element("output", { "aria-live": "polite" });
  const [heading, note] = [element("p"), element("p", { class: "note" })];
  const row = (name, ...head) => {
    const [text, says] = [element("td"), element("td", { class: "says" })];
    return { text, says, root: element("tr", { class: name }, element("th", { scope: "row" }, ...head), text, says) };
  };
  const [src, reference] = [row("src", "source"), row("reference", "reference")];
  const rows = models.map((name, i) => row("hypothesis", createSample(i), element("span", {}, name)));
  const table = element("table", { class: "readings" }, element("tbody", {}, ...[src, reference, ...rows].map(({ root }) => root)));
  const key = element("p", { class: "key" },
    element("mark", { class: "wrong" }, "words"), " not in the reference\u2003",
    element("mark", { class: "missing" }, "words"), " of the reference that ", element("span"), " leaves out");
  const root = element("section", { class: "sentences", "aria-label": "sentences behind the chosen point" },
    element("div", { class: "heading" }, heading, note),
    element("div", { class: "bar" },
      element("div", { class: "pages" }, before, place, after),
      element("label", {}, "order ", order), element("label", {}, onlyWrong, "only wrong ones")),
    table, key);

  function paint(chosen) {
    const { bucket, model, sentence } = chosen;
    const { count, sentences } = buckets[bucket];
    const indices = list(chosen);
    const position = indices.indexOf(sentence);
    turn = (change) => choose({ sentence: indices[position + change] });
    before.disabled = position <= 0;
    after.disabled = position === indices.length - 1;
    heading.replaceChildren("Length ", element("b", {}, lengthsOf(buckets[bucket])), ", as ",
      element("b", {}, models[model]), " translates it");
    note.textContent = `${sentences.length} of ${plural(count, "sentence")} shown`
      + `${sentences.length < count ? ", evenly chosen" : ""}.`;
    table.hidden = key.hidden = !indices.length;
    if (!indices.length) {
      place.textContent = "no wrong ones";
      return;
    }
    const { src: text, length, goal, translations } = sentences[sentence];
    place.textContent = `${position + 1} of ${indices.length}${onlyWrong.checked ? " wrong" : ""}`;
    src.text.textContent = text;
    src.says.textContent = plural(length, "word");
    reference.text.replaceChildren(...markedText(goal, translations[model].found, "missing"));
    rows.forEach(({ text: cell, says, root: line }, i) => {
      const translation = translations[i];
      cell.replaceChildren(...markedText(translation, translation.kept, "wrong"));
      if (!translation.words.length) cell.replaceChildren(element("i", {}, "nothing"));
      says.replaceChildren(...verdict(translation));
      line.classList.toggle("now", i === model);
    });
    key.querySelector("span").textContent = models[model];
  }
  return { root, list, paint };
}
