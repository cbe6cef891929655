// BleuByHand: an output whose words can be changed, what BLEU counts in it, and the score (see bleu_by_hand.py). Read
// from the end; bleu_counts.js, which stands before, counts.

const RUNS = ["single words", "two in a row", "three in a row", "four in a row"];
const MOST_WORDS = 24;
const MARKS = { match: "✓", clipped: "✂", none: "·" };
const HINT = "Choose a word with a click or the arrow keys. Delete drops it, + doubles it, Shift with an arrow moves it.";
const SAYS = { match: "matches", clipped: "clipped", none: "is not in the reference" };

const wordsOf = (text) => text.trim().split(/\s+/).filter((word) => word);

// What a key or a button does to the words at the chosen place: the new words and the new place.
const EDITS = {
  drop: (words, i) => [words.filter((_, k) => k !== i), i],
  double: (words, i) => [[...words.slice(0, i + 1), ...words.slice(i)], i + 1],
  earlier: (words, i) => (i > 0 ? [swapped(words, i - 1), i - 1] : [words, i]),
  later: (words, i) => (i < words.length - 1 ? [swapped(words, i), i + 1] : [words, i]),
};

// The words with those at `i` and `i + 1` changed over.
function swapped(words, i) {
  const copy = [...words];
  [copy[i], copy[i + 1]] = [copy[i + 1], copy[i]];
  return copy;
}

// The reference, and the output as buttons: a click or the arrow keys choose a word, other keys change it.
function createLines(reference, { choose, edit, signal }) {
  const there = reference.map((word) => element("span", {}, word));
  const line = element("div", { class: "line", role: "group", "aria-label": "words of the output" });
  const root = element("div", { class: "lines" },
    element("div", { class: "line" }, element("small", {}, "reference"), ...there), line);
  line.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const name = event.shiftKey && step ? (step < 0 ? "earlier" : "later")
      : { Delete: "drop", Backspace: "drop", "+": "double" }[event.key];
    if (!step && !name) return;
    event.preventDefault();
    event.stopPropagation(); // else a key may turn the page
    if (name) edit(name);
    else choose(step);
  }, { signal });

  // `at` is the chosen word; where a word of the line had the focus, the chosen one gets it.
  function paint(words, at, n, { verdicts, met }) {
    const focused = line.contains(document.activeElement);
    const lit = wordsIn(reference.length, n, (i) => met[i]);
    there.forEach((node, i) => node.classList.toggle("match", lit[i]));
    const [matched, clipped] = ["match", "clipped"].map((kind) => wordsIn(words.length, n, (i) => verdicts[i] === kind));
    const buttons = words.map((word, i) => {
      const kind = matched[i] ? "match" : clipped[i] ? "clipped" : "none";
      const button = element("button", {
        type: "button", class: kind, "aria-pressed": i === at, tabindex: i === at ? 0 : -1, ...KEEP_ARROW_KEYS,
      }, word);
      button.addEventListener("click", () => choose(i - at), { signal });
      return button;
    });
    line.replaceChildren(element("small", {}, "output"), ...buttons);
    if (focused) (buttons[at] ?? line).focus();
  }
  return { root, paint };
}

// Buttons that change the chosen word, a field to write freely, and outputs to start from.
function createEditor(examples, { edit, write, signal }) {
  const button = (name, text) => {
    const node = element("button", { type: "button" }, text);
    node.addEventListener("click", () => edit(name), { signal });
    return node;
  };
  const buttons = [button("drop", "drop"), button("double", "double"), button("earlier", "← earlier"), button("later", "later →")];
  const field = element("input", {
    type: "text", maxlength: 300, lang: "fr", autocomplete: "off", autocapitalize: "none", spellcheck: "false",
    "aria-label": "the output, to be written freely", ...KEEP_ARROW_KEYS,
  });
  field.addEventListener("input", () => write(field.value), { signal });
  field.addEventListener("keydown", (event) => event.stopPropagation(), { signal });
  const choice = element("select", { "aria-label": "examples" }, element("option", { value: "" }, "examples"),
    ...examples.map((text) => element("option", {}, text)));
  choice.addEventListener("change", () => {
    if (choice.value) write(choice.value);
    choice.value = "";
  }, { signal });
  const chosen = element("span", {});
  const root = element("div", { class: "editor" },
    element("div", { class: "control" }, chosen, ...buttons), element("div", { class: "control" }, field, choice));

  function paint(text, words, at) {
    if (field.value !== text) field.value = text;
    chosen.textContent = words.length ? `“${words[at]}”` : "no word";
    const last = words.length - 1;
    [words.length === 0, words.length === 0 || last >= MOST_WORDS - 1, at === 0 || last < 0, at >= last]
      .forEach((disabled, i) => { buttons[i].disabled = disabled; });
  }
  return { root, paint };
}

// A row for each number of words in a row, with a button that shows its sequences.
function createTable({ show, signal }) {
  const rows = RUNS.map((name, i) => {
    const button = element("button", { type: "button" }, name);
    button.addEventListener("click", () => show(i + 1), { signal });
    const cells = [0, 1, 2].map(() => element("td"));
    return { button, cells, row: element("tr", {}, element("th", { scope: "row" }, button), ...cells) };
  });
  const head = ["words", "written", "that match", "share"].map((name) => element("th", { scope: "col" }, name));
  const runs = element("p", { class: "runs" });
  const root = element("div", {}, element("table", { class: "readings" },
    element("thead", {}, element("tr", {}, ...head)), element("tbody", {}, ...rows.map(({ row }) => row))), runs);

  function paint(words, n, { counts, shares }) {
    rows.forEach(({ button, cells, row }, i) => {
      const { matches, total } = counts[i];
      row.classList.toggle("now", i + 1 === n);
      button.setAttribute("aria-pressed", i + 1 === n);
      const share = shares[i].toFixed(3);
      [total, matches, total && !matches ? `${share} (smoothed)` : share].forEach((text, k) => { cells[k].textContent = text; });
    });
    const { verdicts } = counts[n - 1];
    runs.replaceChildren(...verdicts.map((kind, i) => element("span", { class: kind, title: SAYS[kind] },
      `${MARKS[kind]} ${words.slice(i, i + n).join(" ")}`)));
  }
  return { root, paint };
}

// What the score is made of, in words; of what is clipped only the sequences that are shown, of `n` words.
function says(words, reference, n, { counts, shares, brevity, score }) {
  const clipped = counts[n - 1].verdicts.filter((kind) => kind === "clipped").length;
  const length = `${words.length} words, the reference ${reference.length}`;
  const penalty = brevity < 1 ? `the brevity penalty is ${brevity.toFixed(3)}` : "there is no brevity penalty";
  const mean = shares.includes(0) ? "there are no four words in a row, so no mean of four shares"
    : score === 0 ? "nothing matches" : `the mean of the four shares is ${(score / 100 / brevity).toFixed(3)}`;
  const cut = clipped ? ` Marked ✂, ${clipped} more than the reference has: clipped, not counted.` : "";
  return `${length}: ${penalty}; ${mean}.${cut}`;
}

// Both texts, what is counted in them, and the score, in words.
function linesOf(words, reference, n, found) {
  const { verdicts } = found.counts[n - 1];
  const runs = verdicts.map((kind, i) => `“${words.slice(i, i + n).join(" ")}” ${SAYS[kind]}`);
  return [
    `The reference is “${reference.join(" ")}”, the output “${words.join(" ")}”.`,
    ...found.counts.map(({ matches, total }, i) =>
      `${capital(RUNS[i])}: ${matches} of ${total} match, a share of ${found.shares[i].toFixed(3)}${total && !matches ? ", smoothed" : ""}.`),
    `Marked are ${RUNS[n - 1]}: ${listed(runs)}.`,
    `BLEU is ${found.score.toFixed(1)}. ${says(words, reference, n, found)}`,
  ];
}

function render({ model, el, signal: outer }) {
  const { signal, end } = viewLifetime(outer);
  const reference = model.get("reference");
  const title = model.get("title") || "BLEU by hand";
  let at = 0;
  const current = () => wordsOf(model.get("output")).slice(0, MOST_WORDS);
  const set = (name, value) => {
    model.set(name, value);
    model.save_changes();
    paint();
  };
  const edit = (name) => {
    const words = current();
    if (!words.length || (name === "double" && words.length >= MOST_WORDS)) return;
    const [changed, place] = EDITS[name](words, at);
    at = place;
    set("output", changed.join(" "));
  };
  const choose = (step) => {
    at = clamp(at + step, 0, current().length - 1);
    paint();
  };
  const lines = createLines(reference, { choose, edit, signal });
  const editor = createEditor(model.get("examples"), { edit, write: (text) => set("output", text), signal });
  const table = createTable({ show: (n) => set("n", n), signal });
  const score = element("b", { class: "score" });
  const said = element("span");
  const shown = () => ({ words: current(), n: clamp(model.get("n"), 1, LONGEST) });
  const transcript = createTranscript(() => {
    const { words, n } = shown();
    return linesOf(words, reference, n, scoreBleu(words, reference));
  }, signal);
  const root = element("div", { class: "s2s-widget s2s-bleu-by-hand", role: "group", "aria-label": title },
    element("header", {}, element("p", {}, title)), element("p", { class: "hint" }, HINT), lines.root, editor.root, table.root,
    element("output", { "aria-live": "polite" }, score, " ", said), transcript.root);

  function paint() {
    const { words, n } = shown();
    at = clamp(at, 0, Math.max(words.length - 1, 0));
    const found = scoreBleu(words, reference);
    lines.paint(words, at, n, found.counts[n - 1]);
    editor.paint(model.get("output"), words, at);
    table.paint(words, n, found);
    score.textContent = `BLEU ${found.score.toFixed(1)}`;
    said.textContent = says(words, reference, n, found);
    transcript.paint();
  }
  observe(model, ["output", "n"], paint, signal);
  el.append(root);
  paint();
  followTheme(root, () => {}, signal);
  return end;
}

export default { render };
