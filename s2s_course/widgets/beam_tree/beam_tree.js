// BeamTree: the tree of beam search, a column a step, and the arithmetic of one hypothesis (see beam_tree.py).
// Read from the end: render() puts together the facts, the tree, the controls, the arithmetic and the table.

// In CSS pixels. Rows and gaps have a fixed size, so that edges can be drawn without measuring.
const ROW = 46;
const GAP = 28; // between columns, where the edges are
const PADDING = 8; // above the first row and below the last
const LETTERS = { narrowest: 6, widest: 10 }; // of a column; longer tokens are cut
const SIGNS = { kept: "", finished: "■ ", pruned: "✕ " };

const number = (value) => formatNumber(value, 3);
const printed = (value) => Number(value.toFixed(3));
const quoted = (...tokens) => `“${tokens.join(" ")}”`;

// "=" where a reader who computes with the printed numbers gets the printed result, else "≈".
const sign = (left, right) => (number(left) === number(right) ? "=" : "≈");

const ENDINGS = { one: "st", two: "nd", few: "rd", other: "th" };
const ordinal = (rank) => rank + ENDINGS[new Intl.PluralRules("en", { type: "ordinal" }).select(rank)];

// "step 3", "steps 2–4, 6 and 9"
function stepsInWords(steps) {
  const runs = [];
  for (const step of steps) {
    if (runs.at(-1)?.at(-1) === step - 1) runs.at(-1).push(step);
    else runs.push([step]);
  }
  const texts = runs.map((run) => (run.length > 1 ? `${run[0]}–${run.at(-1)}` : String(run[0])));
  return `step${steps.length > 1 ? "s" : ""} ${texts.join(", ").replace(/, ([^,]*)$/, " and $1")}`;
}

// ---- the search -------------------------------------------------------------------------------------

// Nodes with all their numbers; the columns: the nodes of each step, the best first; where greedy search would go.
function readTree(model) {
  const [nodes, columns] = [[], []];
  for (const { token, parent, log_probability: logProbability, fate } of model.get("nodes")) {
    const before = nodes[parent]; // undefined at the first step
    const path = [...(before?.path ?? []), nodes.length];
    const total = (before?.total ?? 0) + logProbability;
    const divisor = ((5 + path.length) / 6) ** model.get("length_penalty");
    const column = columns[path.length - 1] ??= [];
    const node = {
      index: nodes.length, step: path.length, rank: column.length + 1, token, parent, fate, path, logProbability,
      total, divisor, score: total / divisor, children: [],
    };
    for (const list of [nodes, column, before?.children]) list?.push(node); // each the best first, as they come
  }
  const winner = nodes[model.get("winner")];
  const isFinal = ({ fate, step }) => fate === "finished" || (fate === winner.fate && step === columns.length);
  const finals = nodes.filter(isFinal).sort((a, b) => b.score - a.score || (b === winner) - (a === winner));
  const greedy = []; // the most probable token after the most probable token, as far as the beam went along
  for (let [next] = columns[0]; next; [next] = next.children) greedy.push(next);
  const fork = greedy.findIndex((node, i) => node.index !== winner.path[i]); // -1: it is the winner
  return { nodes, columns, winner, finals, greedy, fork };
}

// Where the winner was behind, by its rank among all hypotheses of equal length.
function overtaking({ nodes, winner }) {
  const ranks = winner.path.map((index) => nodes[index].rank);
  const behind = ranks.flatMap((rank, i) => (rank > 1 ? [i + 1] : []));
  if (!behind.length) return "first at every step.";
  const worst = `${ordinal(Math.max(...ranks))}${behind.length > 1 ? " at worst" : ""}`;
  const text = `behind at ${stepsInWords(behind)} (${worst})`;
  if (ranks.at(-1) === 1) return `${text}, first from step ${behind.at(-1) + 1} on.`;
  return `${text}, even at its end: what was ahead of it there came to no better score.`;
}

function greedyInWords({ nodes, columns, winner, greedy, fork }) {
  if (fork < 0) return "would write the same.";
  const [taken, own, last] = [greedy[fork], nodes[winner.path[fork]], greedy.at(-1)];
  const [more, less] = [taken, own].map((node) => `${quoted(node.token)} (${number(node.logProbability)})`);
  const choice = `leaves the winner’s path at step ${fork + 1}, because ${more} is more probable there than ${less}. `;
  const scores = `${number(last.score)}; the winner has ${number(winner.score)}`;
  if (last.fate === "finished") return `${choice}It ends with the score ${scores}.`;
  if (last.fate === "kept" && last.step === columns.length) return `${choice}It is unfinished at the last step.`;
  return `${choice}The beam drops it at step ${last.fate === "pruned" ? last.step : last.step + 1}.`;
}

// How far a pruned node was behind the last one that was not.
function gapInWords(node, column) {
  const last = column.findLast(({ fate }) => fate !== "pruned");
  return `pruned: ${number(last.total - node.total)} nats behind the last one ${last.fate}, `
    + `which ends in ${quoted(last.token)} and has ${number(last.total)}.`;
}

// ---- the picture ------------------------------------------------------------------------------------

function createNode({ index, token, fate, score }, { winner, greedy, fork }) {
  const box = element("div", { class: `node ${fate}`, "data-node": index, title: token },
    element("b", {}, token), element("span", {}, SIGNS[fate] + formatNumber(score, 2)));
  if (index === winner.index) box.append(element("i", { class: "best" }, "★ winner"));
  if (index === greedy[fork]?.index) box.append(element("i", { class: "off" }, "greedy"));
  box.classList.toggle("won", winner.path.includes(index));
  return box;
}

// The winner's rank at a step, and whether it has just come to the top.
function createPlace({ nodes, winner }, i) {
  const [before, rank] = [i - 1, i].map((step) => nodes[winner.path[step]]?.rank);
  if (rank === undefined) return element("span", {}, "–"); // it has ended
  if (rank > 1) return element("span", { class: "behind" }, ordinal(rank));
  return before > 1 ? element("span", { class: "overtakes" }, "▲ 1st") : element("span", {}, "1st");
}

function createTree(data) {
  const { nodes, columns, winner, greedy, fork } = data;
  const boxes = nodes.map((node) => createNode(node, data));
  const parts = columns.map((column, i) => {
    const letters = clamp(Math.max(...column.map(({ token }) => token.length)), LETTERS.narrowest, LETTERS.widest);
    const size = `width: ${letters + 1.5}ch`;
    const paths = ["band", "edge", "cut", "off", "on"].map((name) => `<path class="${name}"/>`).join("");
    return {
      head: element("div", { class: "head", style: size }, element("b", {}, String(i + 1)), createPlace(data, i)),
      edges: stretchedSvg("0 0 1 1", paths),
      root: element("div", { class: "column", style: size }, ...column.map(({ index }) => boxes[index])),
    };
  });
  const corner = element("div", { class: "head corner" }, element("b", {}, "step"), element("span", {}, "winner is"));
  const heads = element("div", { class: "heads" }, corner, ...parts.map(({ head }) => head));
  const start = element("div", { class: "column corner" },
    element("div", { class: "node start won" }, element("b", {}, "<bos>")), element("small", {}, "↑ best on top"));
  const plot = element("div", { class: "plot" }, start, ...parts.flatMap(({ edges, root }) => [edges, root]));
  const sizes = `--row: ${ROW}px; --gap: ${GAP}px; --padding: ${PADDING}px`;
  const root = element("div", { class: "scroller", style: sizes }, heads, plot);

  let rows = new Map(); // of the nodes in sight
  const has = ({ index }) => rows.has(index);
  // The edges of one kind that lead to `children`.
  function draw(i, kind, children) {
    const curves = children.map(({ index, parent }) => {
      const [from, to] = [rows.get(parent) ?? 0, rows.get(index)].map((row) => (row + 0.5) * ROW);
      return `M0 ${from}C${GAP / 2} ${from} ${GAP / 2} ${to} ${GAP} ${to}`;
    });
    parts[i].edges.querySelector(`.${kind}`).setAttribute("d", curves.join(""));
  }

  // Rows and edges change only when pruned nodes come or go.
  function lay(showPruned) {
    const seen = columns.map((column) => column.filter(({ fate }) => showPruned || fate !== "pruned"));
    rows = new Map(seen.flatMap((column) => column.map(({ index }, row) => [index, row])));
    boxes.forEach((box, index) => { box.hidden = !rows.has(index); });
    const height = ROW * Math.max(...seen.map(({ length }) => length));
    parts.forEach(({ edges }, i) => {
      edges.setAttribute("viewBox", `0 0 ${GAP} ${height}`);
      edges.style.height = `${height}px`;
      draw(i, "band", seen[i].filter(({ index }) => index === winner.path[i]));
      draw(i, "edge", seen[i].filter(({ fate }) => fate !== "pruned"));
      draw(i, "cut", seen[i].filter(({ fate }) => fate === "pruned"));
      draw(i, "off", seen[i].filter((node) => fork >= 0 && fork <= i && node === greedy[i]));
    });
  }

  // The part of the tree that has grown, and the chosen hypothesis in it.
  function paint(step, { path, index }) {
    parts.forEach(({ head, edges, root: column }, i) => {
      for (const part of [head, edges, column]) part.classList.toggle("future", i > step);
      head.classList.toggle("now", i === step);
      draw(i, "on", i < path.length ? [nodes[path[i]]] : []);
    });
    boxes.forEach((box, i) => {
      box.classList.toggle("on", path.includes(i));
      box.classList.toggle("chosen", i === index);
    });
  }

  // Scroll the tree, never the page, so that a node and the edge to it are in sight.
  function reveal({ index, step }) {
    const { offsetLeft: left, offsetWidth: width } = parts[step - 1].root;
    const [top, height] = [rows.get(index) * ROW, root.clientHeight - heads.offsetHeight];
    root.scrollLeft = clamp(root.scrollLeft, left + width + GAP - root.clientWidth, left - GAP - corner.offsetWidth);
    root.scrollTop = clamp(root.scrollTop, top + ROW + 2 * PADDING - height, top);
  }

  function locate({ target }) {
    const box = target.closest("[data-node]");
    return box && { node: Number(box.dataset.node) };
  }
  return { root, plot, has, lay, paint, reveal, locate };
}

// ---- the numbers ------------------------------------------------------------------------------------

// The log-probabilities below their tokens, their sum, and the score.
function arithmetic({ nodes }, { path, step, total, divisor, score }, alpha) {
  const values = path.map((index) => nodes[index].logProbability);
  const terms = values.map((value, i) => element("span", {}, element("b", {}, nodes[path[i]].token),
    i ? `− ${number(Math.abs(value))}` : number(value)));
  const sum = values.map(printed).reduce((before, value) => before + value);
  const quotient = printed(total) / printed(divisor);
  const result = element("span", {}, element("b", {}, "log-probability"), `${sign(total, sum)} ${number(total)}`);
  return [
    element("div", { class: "sum" }, ...terms, result),
    element("p", {}, `score = ${number(total)} / ((5 + ${step}) / 6)`, element("sup", {}, String(alpha)),
      ` = ${number(total)} / ${number(divisor)} ${sign(score, quotient)} `, element("b", {}, number(score))),
  ];
}

// The hypotheses that could win, the best first. Each can be chosen.
function createTable({ nodes, finals, winner }, choose, signal) {
  const heads = ["rank", winner.fate === "finished" ? "finished" : "at the end", "log-prob.", "divisor", "score"];
  const buttons = finals.map(({ path }) =>
    element("button", { type: "button" }, path.map((index) => nodes[index].token).join(" ")));
  buttons.forEach((button, i) => button.addEventListener("click", () => choose(finals[i]), { signal }));
  const rows = finals.map((node, i) => element("tr", {},
    element("td", {}, `${node === winner ? "★ " : ""}${i + 1}`), element("th", { scope: "row" }, buttons[i]),
    ...[node.total, node.divisor, node.score].map((value) => element("td", {}, number(value)))));
  const root = element("table", { class: "readings" },
    element("thead", {}, element("tr", {}, ...heads.map((text) => element("th", { scope: "col" }, text)))),
    element("tbody", {}, ...rows));
  const paint = (chosen) => buttons.forEach((button, i) => button.setAttribute("aria-pressed", finals[i] === chosen));
  return { root, paint };
}

function createHeader(title, data, source, beam) {
  const item = (name, text) => element("span", {}, element("i", { class: name }), text);
  const fact = (kind, name, text) => [element("dt", { class: kind }, name), element("dd", {}, text)];
  const legend = element("div", { class: "legend" }, item("kept", "kept"), item("finished", "■ finished"),
    item("pruned", "✕ pruned"), item("band", "winner’s path"), item("off", "greedy, where it differs"));
  return [element("header", {}, element("p", {}, title), legend), element("dl", {},
    ...fact("source", "Source", `${quoted(...source)}, searched with a beam of ${beam}`),
    ...fact("best", "★ Winner", overtaking(data)), ...fact("off", "Greedy", greedyInWords(data)))];
}

// The tree as far as it has grown, and the chosen hypothesis, in words.
function linesOf(data, { step, node, showPruned }) {
  const { nodes, columns } = data;
  const words = ({ path }) => quoted(...path.map((index) => nodes[index].token));
  const grown = columns.slice(0, step + 1).map((column, i) => {
    const seen = column.filter(({ fate }) => showPruned || fate !== "pruned");
    const scored = seen.map((each) => `${words(each)} ${each.fate} with score ${number(each.score)}`);
    return `Step ${i + 1}: ${listed(scored)}.`;
  });
  const terms = node.path.map((index) => number(nodes[index].logProbability));
  return [
    `The tree is shown up to step ${step + 1} of ${columns.length}, the best hypothesis of a step first, `
      + `${showPruned ? "with" : "without"} those that were pruned.`,
    ...grown,
    `Chosen is ${words(node)}: ${ordinal(node.rank)} at step ${node.step}, ${node.fate}. Its log-probabilities `
      + `${listed(terms)} add up to ${number(node.total)}; divided by ${number(node.divisor)} its score is `
      + `${number(node.score)}.`,
    `The winner, ${words(data.winner)}, was ${overtaking(data)}`,
    `Greedy search ${greedyInWords(data)}`,
  ];
}

const HELP = "The tree of beam search. Left arrow key: where the chosen hypothesis comes from; right: its best "
  + "continuation; up and down: its neighbors at the same step; Home and End: the first step and the end.";

function render({ model, el, signal: outer }) {
  const { signal, end } = viewLifetime(outer);
  const data = readTree(model);
  const [{ nodes, columns }, tree] = [data, createTree(data)];
  const [last, alpha] = [columns.length - 1, Number(model.get("length_penalty").toPrecision(6))];
  const within = ({ step, node }) => ({ step: clamp(step, 0, last), node: clamp(node, 0, nodes.length - 1) });
  const view = chosenPlace(model, { traits: ["step", "node"], within, paint, signal });

  // The chosen node or, while the tree is too short for it or it is hidden, the one that it goes on from.
  function visible({ step, node }) {
    const grown = nodes[nodes[node].path[step] ?? node];
    return tree.has(grown) ? grown : nodes[grown.parent] ?? columns[0].find(tree.has);
  }

  // Choose a node; the tree grows as far as it must.
  const goTo = (node, step) => ({ node: node.index, step: Math.max(step, node.step - 1) });
  const walk = (move) => (place) => goTo(move(visible(place)) ?? visible(place), place.step);
  const best = (node) => node.children.find(tree.has);
  const furthest = (node) => (best(node) ? furthest(best(node)) : node);
  function neighbor(node, change) {
    const column = columns[node.step - 1].filter(tree.has);
    return column[column.indexOf(node) + change];
  }
  const moves = {
    ArrowLeft: walk(({ parent }) => nodes[parent]),
    ArrowRight: walk(best),
    ArrowUp: walk((node) => neighbor(node, -1)),
    ArrowDown: walk((node) => neighbor(node, 1)),
    Home: walk(({ path }) => nodes[path[0]]),
    End: walk(furthest),
  };

  const control = sliderWithButtons({
    name: "step", label: "step", less: { text: "previous step", sign: "←" }, more: { text: "next step", sign: "→" },
    move: (change) => view.choose({ step: view.chosen().step + change }), set: (step) => view.choose({ step }), signal,
  });
  const toggle = element("input", { type: "checkbox", checked: "" });
  toggle.addEventListener("change", () => {
    tree.lay(toggle.checked);
    paint();
  }, { signal });
  const table = createTable(data, (node) => view.choose(goTo(node, view.chosen().step)), signal);
  const title = model.get("title") || "Beam search";
  takeKeys(tree.root, HELP);
  const [readout, numbers] = [element("output", { "aria-live": "polite" }), element("div", { class: "numbers" })];
  const transcript = createTranscript(() => {
    const place = view.shown();
    return linesOf(data, { step: place.step, node: visible(place), showPruned: toggle.checked });
  }, signal);
  const root = element("div", { class: "s2s-widget s2s-beam-tree", role: "group", "aria-label": title },
    ...createHeader(title, data, model.get("src_tokens"), model.get("beam_size")), tree.root,
    element("div", { class: "controls" }, control.root, element("label", {}, toggle, "show pruned")),
    readout, numbers, table.root, transcript.root);
  moveWithKeys(tree.root, view, moves);
  moveWithPointer(tree.plot, tree.locate, view);

  function paint() {
    const [{ step }, node] = [view.shown(), visible(view.shown())];
    const place = `${step + 1} of ${columns.length}`;
    const fate = node.fate === "pruned" ? gapInWords(node, columns[node.step - 1]) : `${node.fate}.`;
    tree.paint(step, node);
    if (!view.isPreview()) tree.reveal(node);
    control.paint(step, last, place, `step ${place}`);
    readout.replaceChildren(element("b", {}, quoted(...node.path.map((index) => nodes[index].token))), " ",
      element("span", {}, `${ordinal(node.rank)} at step ${node.step}, ${fate}`));
    numbers.replaceChildren(...arithmetic(data, node, alpha));
    table.paint(node);
    transcript.paint();
  }

  tree.lay(true);
  el.append(root);
  followTheme(root, paint, signal);
  return end;
}

export default { render: withOwnSentence(render, { choices: ownChoices, traits: ownTraits }) };
