// QueryKeyValue: one query in one head of scaled dot-product attention (see query_key_value.py).
// Read from the end: render() puts together the switches, the queries, the table and what is written out below.

// ---- one key, written out -----------------------------------------------------------------------------

// What a query and a key make of each other, step by step, each step with its name.
function createWritten(head, { number, rounded, inBrackets }) {
  const { query, key, value, tokens, keyTokens, size, givenName } = head;
  const heading = element("p");
  const names = ["dot product", "score", "mask", "exponential", "weight", "adds to output"];
  const lines = names.map((name) => [element("dt", {}, name), element("dd")]);
  const root = element("div", { class: "written" }, heading, element("dl", {}, ...lines.flat()));

  const between = (texts, chosen = -1) =>
    texts.flatMap((text, i) => [i ? " + " : "", i === chosen ? bold(text) : text]);

  // "0.54 − 0.47 + 1.06"
  const signed = (values) => values.map((value, i) =>
    (i ? `${rounded(value) < 0 ? " − " : " + "}${number(Math.abs(value))}` : number(value))).join("");

  // q₁ · k₂ = 0.52 · 0.31 + … ≈ 0.16 − … = −0.80
  function dotProduct({ row, column, dots }) {
    const factors = query[row].map((left, i) => [left, key[column][i]]);
    const printed = factors.map(([left, right]) => rounded(left) * rounded(right));
    const products = factors.map(([left, right]) => left * right);
    const exact = products.every((product, i) => number(product) === number(printed[i]));
    const result = number(dots[column]);
    const names = `${indexed("q", row)} · ${indexed("k", column)} = `;
    const terms = factors.map(([left, right]) => `${inBrackets(left)}\u00a0·\u00a0${inBrackets(right)}`);
    if (size === 1) return [names, terms[0], ` ${sign(number(printed[0]), result)} `, bold(result)];
    return [names, ...between(terms), ` ${exact ? "=" : "≈"} `, signed(products),
      ` ${sign(number(sum(products.map(rounded))), result)} `, bold(result)];
  }

  function score({ column, scaled, dots, scores }) {
    if (!scaled) return [`not divided by √${size}: `, bold(number(scores[column]))];
    const root = rootOf(size);
    const above = number(dots[column]);
    const steps = Number.isInteger(Number(root)) ? `= ${above} / ${root}` : `≈ ${above} / ${root}`;
    return [`${above} / √${size} ${steps} ${sign(number(rounded(dots[column]) / Number(root)), number(scores[column]))} `,
      bold(number(scores[column]))];
  }

  function mask({ row, column, hidden, any }) {
    if (!any) return ["none, every query may attend to every key"];
    const by = [hidden[column].causal && "causal", hidden[column].masked && givenName].filter(Boolean);
    if (!by.length) return [`✓ “${tokens[row]}” may attend to “${keyTokens[column]}”`];
    return [bold("−∞"), `: “${tokens[row]}” may not attend to “${keyTokens[column]}” (${by.join(" and ")} mask)`];
  }

  function exponentialOf({ column, kept }) {
    const result = asPrintedExponential(kept[column]);
    return [`exp(${number(kept[column])}) ${sign(asPrintedExponential(rounded(kept[column])), result)} `,
      bold(exponential(kept[column]))];
  }

  function weight({ column, kept, logOfSum, weights }) {
    const [exps, total] = [kept.map(asPrintedExponential), asPrintedExponential(logOfSum)];
    const [own, below, result] = [exponential(kept[column]), exponential(logOfSum), printedWeight(weights[column])];
    const added = Number(sum(exps).toPrecision(3));
    return [`${own} / (`, ...between(kept.map(exponential), column), `) ${Number.isFinite(total) ? sign(added, total) : "≈"} `,
      `${own} / ${below} ${sign(printedWeight(exps[column] / total), result)} `, bold(result)];
  }

  function addition({ column, weights, products }) {
    const printed = value[column].map((each) => number(Number(printedWeight(weights[column])) * rounded(each)));
    const results = products[column].map(number);
    const vector = (texts) => `(${texts.join(", ")})`;
    return [`${printedWeight(weights[column])} · ${vector(value[column].map(number))} `,
      `${sign(vector(printed), vector(results))} `, bold(vector(results))];
  }

  function paint(now) {
    heading.replaceChildren("Written out: query ", bold(`“${tokens[now.row]}”`), " and key ",
      bold(`“${keyTokens[now.column]}”`));
    [dotProduct, score, mask, exponentialOf, weight, addition]
      .forEach((write, i) => lines[i][1].replaceChildren(...write(now)));
  }
  return { root, paint };
}

// ---- all together -----------------------------------------------------------------------------------

// The length of the longest text in the columns of the query and of the keys, whatever is chosen.
function longestTexts(head, stages) {
  const lengths = { own: 6, each: 5 };
  const measure = (column, text) => { lengths[column] = Math.max(lengths[column], String(text ?? "").length); };
  for (let row = 0; row < head.query.length; row++) {
    for (const scaled of [true, false]) {
      const now = { row, scaled, ...attend(head, { row, scaled }) };
      for (const { own, each, print = String } of stages.flatMap(({ rows }) => rows)) {
        const value = own?.(now);
        measure("own", typeof value === "number" ? print(value) : value);
        head.key.forEach((_, s) => measure("each", print(each(now, s))));
      }
    }
  }
  return lengths;
}

// The query, what it makes of each key, and what comes out, in words.
function linesOf({ tokens, keyTokens, query, size }, { number }, now) {
  const { row, scaled, scores, allowed, weights, output } = now;
  const vector = (values) => `(${values.map(number).join(", ")})`;
  return [
    `The query is that of “${tokens[row]}”: ${vector(query[row])}. Scores are ${scaled ? "" : "not "}divided by √${size}.`,
    ...keyTokens.map((token, s) => `Key “${token}”: score ${number(scores[s])}, ${allowed[s]
      ? `weight ${printedWeight(weights[s])}` : "masked, so its weight is 0"}.`),
    `The output, the weighted sum of the values, is ${vector(output)}.`,
  ];
}

function createSwitch(text, trait, view) {
  const input = element("input", { type: "checkbox" });
  input.addEventListener("change", () => view.choose({ [trait]: input.checked }), { signal: view.signal });
  return { trait, input, root: element("label", { class: "switch" }, input, text) };
}

function render({ model, el, signal: outer }) {
  const { signal, end } = viewLifetime(outer);
  const head = readHead(model);
  const { tokens, keyTokens, given, givenName, canBeCausal, size } = head;
  // A mask that only a linked widget has stays switched on there.
  const within = ({ row, column, ...switched }) =>
    ({ ...switched, row: clamp(row, 0, tokens.length - 1), column: clamp(column, 0, keyTokens.length - 1) });
  const traits = ["row", "column", "scaled", "causal", "masked"];
  const view = chosenPlace(model, { traits, within, paint, signal });
  const id = Math.random().toString(36).slice(2); // radio buttons of other views have other names

  const printer = createPrinter(largestSize([head.query, head.key, head.value].flat(2)));
  const stages = createStages(head, printer);
  const table = createTable(head, stages, {
    group: `key-${id}`, choose: (column) => view.choose({ column }), longest: longestTexts(head, stages), signal,
  });
  const written = createWritten(head, printer);
  const queries = tokens.map((_, t) => tokenButton(`query-${id}`, "query", tokens, t, (row) => view.choose({ row }), signal));
  const switches = [
    createSwitch(`divide by √${size}`, "scaled", view),
    ...(canBeCausal && tokens.length > 1 ? [createSwitch("causal mask", "causal", view)] : []),
    ...(given ? [createSwitch(`${givenName} mask`, "masked", view)] : []),
  ];
  const transcript = createTranscript(() => {
    const place = view.shown();
    return linesOf(head, printer, { ...place, ...attend(head, place) });
  }, signal);
  const asking = element("div", { class: "queries", role: "radiogroup", "aria-label": "query" },
    element("b", { "aria-hidden": "true" }, "query"), element("div", {}, ...queries.map(({ root }) => root)));
  const scale = element("div", { class: "scale" });
  const ends = [-table.limit, table.limit].map((value) => element("span", {}, printer.number(value)));
  const readout = element("output", { "aria-live": "polite" });
  const title = model.get("title") || "One query in one head of attention";
  const root = element("div", { class: "s2s-widget s2s-query-key-value", role: "group", "aria-label": title },
    element("header", {}, element("p", {}, title),
      element("div", { class: "legend", "aria-hidden": "true" }, "vectors", ends[0], scale, ends[1])),
    element("div", { class: "controls" }, asking, element("div", { class: "switches" }, ...switches.map((each) => each.root))),
    readout, table.more, element("div", { class: "sides" }, table.root, written.root));
  moveWithPointer(table.table, table.locate, view);
  moveWithPointer(asking, ({ target }) => {
    const row = queries.findIndex((each) => each.root.contains(target));
    return row < 0 ? null : { row };
  }, view);

  function paint() {
    const place = view.shown();
    const now = { ...place, any: switches.some(({ trait }) => trait !== "scaled" && place[trait]), ...attend(head, place) };
    const { row, column, weights, kept } = now;
    queries.forEach(({ input }, t) => { input.checked = t === row; });
    for (const { trait, input } of switches) input.checked = place[trait];
    table.paint(now, root.dataset.theme === "dark");
    if (!view.isPreview()) table.reveal(column);
    written.paint(now);
    const most = weights.indexOf(Math.max(...weights));
    readout.replaceChildren(
      `Query ${row + 1} of ${tokens.length} “${tokens[row]}”, key ${column + 1} of ${keyTokens.length} “${keyTokens[column]}”: score `,
      bold(printer.number(kept[column])), ", weight ", bold(printedWeight(weights[column])), ". Most weight: ",
      bold(printedWeight(weights[most])), ` on “${keyTokens[most]}”.`);
    transcript.paint();
  }

  root.append(transcript.root);
  el.append(root);
  followTheme(root, (dark) => {
    scale.style.background = cellGradient(dark);
    paint();
  }, signal);
  standTokens(root, table.root, table.labels, paint, signal);
  return end;
}

export default { render: withOwnSentence(render, { choices: ownChoices, traits: ownTraits, longest: MOST - 1 }) };
