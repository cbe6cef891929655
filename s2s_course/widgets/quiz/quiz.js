// Quiz: questions with radio buttons, each choice explained as soon as it is made (see quiz.py).

// Text with `code` in backticks as nodes. Everything else stays text, whatever it looks like. No line begins or ends
// with the sign of a relation, as in "f = 1", or of an operation.
const withCode = (text) => text
  .replace(/ ([=≈≤+−·%])/g, "\u00a0$1").replace(/([=≈≤+−·]) /g, "$1\u00a0")
  .split("`").map((piece, i) => (i % 2 ? element("code", {}, piece) : piece));

// One question. isRight() tells whether the choice that is made now is the right one.
function createQuestion({ text, choices }, number, { changed, signal }) {
  const inputs = choices.map((_, i) => element("input", {
    type: "radio", name: `question-${number}`, value: i, ...KEEP_ARROW_KEYS,
  }));
  const labels = choices.map((choice, i) =>
    element("label", {}, inputs[i], element("span", {}, ...withCode(choice.text))));
  const feedback = element("output", { "aria-live": "polite" });
  const root = element("fieldset", {},
    element("legend", {}, element("b", {}, `${number}. `), ...withCode(text)), ...labels, feedback);
  const chosen = () => inputs.findIndex((input) => input.checked);

  root.addEventListener("change", () => {
    const { right, why } = choices[chosen()];
    labels.forEach((label, i) => {
      if (i === chosen()) label.dataset.verdict = right ? "right" : "wrong";
      else delete label.dataset.verdict;
    });
    feedback.dataset.verdict = right ? "right" : "wrong";
    feedback.replaceChildren(element("b", {}, right ? "Right. " : "Not right. "), ...withCode(why));
    changed();
  }, { signal });

  // By itself an arrow key would also choose, so that whoever goes to the last choice by keyboard would be told
  // about all choices on the way. Here the arrows move, and Space or Enter chooses.
  root.addEventListener("keydown", (event) => {
    const move = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey || !(move || event.key === "Enter")) return;
    event.preventDefault();
    event.stopPropagation(); // else a key may turn the page
    if (move) inputs[(inputs.indexOf(event.target) + move + inputs.length) % inputs.length].focus();
    else event.target.click();
  }, { signal });

  // The question with its choices and, once one is made, whether it is right, and why.
  function inWords() {
    const [made, options] = [choices[chosen()], listed(choices.map((choice) => `“${choice.text}”`))];
    const verdict = made ? `Chosen is “${made.text}”: ${made.right ? "right" : "not right"}. ${made.why}`
      : "Nothing is chosen.";
    return withCode(`Question ${number}: ${text} The choices are ${options}. ${verdict}`);
  }
  return { root, inWords, isRight: () => choices[chosen()]?.right ?? false };
}

function render({ model, el, signal: outer }) {
  const { signal, end } = viewLifetime(outer);
  const title = model.get("title");
  const questions = model.get("questions").map((question, i) =>
    createQuestion(question, i + 1, { changed: count, signal }));
  const score = element("p", { class: "score", role: "status", "aria-live": "polite" });
  const transcript = createTranscript(() =>
    [`${score.textContent}.`, ...questions.map((question) => question.inWords())], signal);
  // A form, because radio buttons of the same name exclude each other only within one: a page may hold two views.
  const root = element("form", { class: "s2s-widget s2s-quiz", "aria-label": title },
    element("header", {}, element("p", {}, title), element("p", {},
      "Choose, and you are told at once whether it is right, and why. You may choose again. Nothing is sent anywhere. "
      + "Keys: Tab for the next question, arrows to move, Space to choose.")),
    ...questions.map((question) => question.root), score, transcript.root);

  function count() {
    const right = questions.filter((question) => question.isRight()).length;
    score.textContent = `${right} of ${questions.length} answered right`;
    transcript.paint();
  }

  el.append(root);
  count();
  followTheme(root, () => {}, signal);
  return end;
}

export default { render };
