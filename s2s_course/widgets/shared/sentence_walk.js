// A walk through one sentence, for widgets that go step by step: put between the shared parts and their own.

const PACES = { slow: 1800, medium: 900, fast: 350 }; // milliseconds a step while it plays

// What is read and what is written, a line each. `mark(reads, writes, place)` says how their words look at a place; each
// has a bar behind its text.
function createSentences({ src, tgt }, mark) {
  const line = (label, tokens) => {
    const nodes = tokens.map((token) => element("span", { title: token }, element("span", {}, token), element("i")));
    const root = element("div", { class: "sentence" }, element("b", {}, label), element("div", {}, ...nodes));
    return { nodes, root };
  };
  const [reads, writes] = [line("reads", src), line("writes", tgt)];
  const root = element("div", { class: "sentences" }, reads.root, writes.root);
  const paint = (place) => mark(reads.nodes, writes.nodes, place);
  // The place of a token, by line.
  const locate = (event) => [reads, writes].map(({ nodes }) => nodes.findIndex((node) => node.contains(event.target)));
  return { root, paint, locate };
}

// A button that moves on by itself until the last step, at the pace that the reader chooses beside it.
function createPlay(view, last) {
  let timer = null;
  const button = element("button", { type: "button", class: "play" }, "Play");
  const speed = element("select", { "aria-label": "speed of play", class: "speed" },
    ...Object.keys(PACES).map((name) => element("option", { value: name }, name)));
  speed.value = "medium";
  function stop() {
    clearInterval(timer);
    timer = null;
    button.textContent = "Play";
  }
  function toggle() {
    if (timer !== null) return stop();
    if (view.chosen().step === last) view.choose({ step: 0 });
    button.textContent = "Pause";
    move();
  }
  function move() {
    clearInterval(timer);
    timer = setInterval(() => {
      view.choose({ step: view.chosen().step + 1 });
      if (view.chosen().step === last) stop();
    }, PACES[speed.value]);
  }
  speed.addEventListener("change", () => {
    if (timer !== null) move();
  }, { signal: view.signal });
  button.addEventListener("click", toggle, { signal: view.signal });
  view.signal.addEventListener("abort", stop);
  return { button, speed, toggle };
}
