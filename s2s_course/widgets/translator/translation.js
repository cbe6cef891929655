// One model's translation: its words, those that are wrong, and what else it thought of (see translator.py).

const percent = (probability) => `${formatNumber(100 * probability, probability > 0.995 || probability < 0.1 ? 1 : 0)} %`;

// Which of `written` stand in the longest common sequence with `right`: the others are wrong.
function inCommon(written, right) {
  const lengths = Array.from({ length: written.length + 1 }, () => Array(right.length + 1).fill(0));
  for (let i = written.length - 1; i >= 0; i--) {
    for (let j = right.length - 1; j >= 0; j--) {
      lengths[i][j] = written[i] === right[j]
        ? 1 + lengths[i + 1][j + 1] : Math.max(lengths[i + 1][j], lengths[i][j + 1]);
    }
  }
  const common = new Set();
  for (let [i, j] = [0, 0]; i < written.length && j < right.length;) {
    if (written[i] === right[j]) {
      common.add(i++);
      j++;
    } else if (lengths[i + 1][j] >= lengths[i][j + 1]) i++;
    else j++;
  }
  return common;
}

// A row of words as buttons; the chosen one says what else was likely. `show({ steps, text, cost, right })`.
function createTranslation({ label, bleu }, { changed, signal, reduced }) {
  const words = element("div", { class: "words", role: "group", "aria-label": `words of ${label}`, lang: "fr" });
  const cost = element("p", { class: "cost" });
  const choices = element("div", { class: "choices" });
  const score = typeof bleu === "number"
    ? element("small", { title: "on 1,000 test sentences that it has not seen" }, `${formatNumber(bleu, 1)} BLEU`) : "";
  const root = element("div", { class: "model", role: "group", "aria-label": label },
    element("p", { class: "name" }, label, " ", score), words, choices, cost);
  let [steps, buttons, chosen] = [[], [], -1];

  function choose(place) {
    chosen = chosen === place ? -1 : place;
    buttons.forEach((button, n) => button.setAttribute("aria-pressed", n === chosen));
    choices.replaceChildren(...(chosen < 0 ? [] : [createChoices(steps[chosen], chosen)]));
    changed();
  }

  function show({ steps: after, right = null, milliseconds, multiplyAdds }) {
    [steps, chosen] = [after, -1];
    const common = right && inCommon(steps.map(({ token }) => token), [...right, "<eos>"]);
    buttons = steps.map(({ token, probability }, n) => {
      const wrong = common && !common.has(n);
      const name = token === "<eos>" ? "end" : token;
      const button = element("button", {
        type: "button", "aria-pressed": "false", class: `${wrong ? "wrong" : ""} ${token === "<eos>" ? "end" : ""}`,
        "aria-label": `${name}${wrong ? ", wrong here" : ""}: probability ${percent(probability)}`,
        style: `--sure: ${probability}`,
      }, element("span", {}, name), element("i", { "aria-hidden": "true" }));
      button.addEventListener("click", () => choose(n), { signal });
      // word by word, as it was written
      if (!reduced) button.animate({ opacity: [0, 1] }, { delay: 40 * n, duration: 150, fill: "backwards" });
      return button;
    });
    words.replaceChildren(...buttons);
    choices.replaceChildren();
    cost.replaceChildren(...(multiplyAdds === undefined ? []
      : [`${formatNumber(multiplyAdds / 1e6, 1)} million multiply-adds, ${formatNumber(milliseconds, 0)} ms`]));
    changed();
  }

  // Each word with its probability, and what else there was at the chosen place.
  function inWords() {
    if (!steps.length) return `${label} writes nothing.`;
    const sure = steps.map(({ token, probability }, n) =>
      `“${token}” ${percent(probability)}${buttons[n].classList.contains("wrong") ? ", wrong here" : ""}`);
    const likely = chosen < 0 ? [] : steps[chosen].choices;
    const others = likely.map(({ token, probability }) => `“${token}” ${percent(probability)}`);
    const thought = others.length ? ` For word ${chosen + 1} it thought of ${listed(others)}.` : "";
    return `${label} writes ${listed(sure)}.${thought}`;
  }

  return { root, show, inWords };
}

// The likeliest words at one place, with bars.
function createChoices({ token, choices }, place) {
  const rows = choices.map((choice) => element("tr", { class: choice.token === token ? "written" : "" },
    element("th", { scope: "row" }, choice.token), element("td", {}, percent(choice.probability)),
    element("td", { class: "bar", "aria-hidden": "true" }, element("i", { style: `width: ${100 * choice.probability}%` }))));
  return element("table", { class: "readings" },
    element("caption", {}, `What the model thought of for word ${place + 1}`), element("tbody", {}, ...rows));
}
