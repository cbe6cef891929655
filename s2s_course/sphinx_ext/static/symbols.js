// Letters that light up together. Who points at a letter in a formula, a drawing or the code of a chapter, or goes
// there by key, sees it lit wherever it stands, and reads what it means. A click keeps it lit; Escape ends it.
(() => {
  "use strict";
  const data = document.getElementById("s2s-letters");
  if (!data) return;
  const meanings = JSON.parse(data.textContent);
  const DELAY = 120; // milliseconds: a pointer that only passes over a formula lights nothing up
  let [lit, kept, note, current, waiting] = [[], false, null, null, 0];

  // The whole symbol that a letter is the base of: h_t for h, but t for the t below it.
  function whole(letter) {
    const parent = letter.parentElement;
    return parent.matches("msub, msubsup") && parent.firstElementChild === letter ? parent : letter;
  }

  // The name under which a letter has a meaning here: with its index if that has one of its own.
  function nameOf(letter) {
    const names = [whole(letter).dataset.tex, letter.dataset.tex, baseOf(letter)?.dataset.tex];
    return names.find((name) => name in meanings);
  }

  // The letter itself where it is told of with an index or an accent.
  function baseOf(letter) {
    return letter.matches("msub, msubsup") ? letter.firstElementChild : null;
  }

  // All places of a name. What has a meaning with its index, as d_ff has, is not lit with those without.
  function placesOf(name) {
    return [...document.querySelectorAll(`[data-tex="${CSS.escape(name)}"]`)].filter((one) => {
      const own = whole(one).dataset.tex;
      return own === name || !(own in meanings);
    }).map((one) => (one.localName === "mi" ? whole(one) : one));
  }

  // Light up a letter, and say what it means.
  function show(letter) {
    const name = nameOf(letter);
    if (!name) return false;
    hide();
    lit = placesOf(name);
    for (const one of lit) one.classList.add("s2s-lit");
    say(letter, meanings[name]);
    return true;
  }

  function hide() {
    for (const one of lit) one.classList.remove("s2s-lit");
    lit = [];
    if (note) note.replaceChildren();
  }

  // The meaning stands at the foot of the window, where it covers nothing that is pointed at.
  function say(letter, meaning) {
    if (!note) {
      note = Object.assign(document.createElement("div"), { className: "s2s-letter-note" });
      note.setAttribute("role", "status");
      document.body.append(note);
    }
    const text = document.createElement("span");
    text.textContent = meaning;
    note.replaceChildren(picture(letter), text);
  }

  // The letter as it was met.
  function picture(letter) {
    if (letter.namespaceURI.endsWith("MathML")) {
      const math = document.createElementNS(letter.namespaceURI, "math");
      const copy = whole(letter).cloneNode(true);
      for (const one of [copy, ...copy.querySelectorAll("*")]) one.removeAttribute("data-tex");
      copy.classList.remove("s2s-lit");
      math.append(copy);
      return math;
    }
    const tag = document.createElement(letter.localName === "tspan" ? "i" : "code");
    tag.textContent = letter.textContent;
    return tag;
  }

  // The letters of a formula that have a meaning, from left to right, each once with its index.
  function lettersOf(formula) {
    return [...formula.querySelectorAll("mi[data-tex]")].filter((letter) => nameOf(letter));
  }

  function end() {
    clearTimeout(waiting);
    [kept, current] = [false, null];
    hide();
  }

  document.addEventListener("pointerover", ({ target }) => {
    if (kept) return;
    clearTimeout(waiting);
    const letter = target.closest?.("[data-tex]");
    waiting = setTimeout(() => (letter && show(letter)) || hide(), DELAY);
  });
  document.addEventListener("click", ({ target }) => {
    clearTimeout(waiting);
    const letter = target.closest?.("[data-tex]");
    if (letter && show(letter)) kept = true;
    else if (kept) end();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") end();
    const formula = document.activeElement?.closest?.("div.math[tabindex]");
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!formula || !by || event.altKey || event.ctrlKey || event.metaKey) return;
    const letters = lettersOf(formula);
    if (!letters.length) return;
    event.preventDefault();
    const place = letters.indexOf(current);
    current = letters[place < 0 ? (by > 0 ? 0 : letters.length - 1) : (place + by + letters.length) % letters.length];
    kept = true;
    show(current);
    current.scrollIntoView({ block: "nearest", inline: "nearest" });
  });
  document.addEventListener("focusout", ({ target }) => target.matches("div.math[tabindex]") && end());
})();
