// What QueryKeyValue computes, and the table of it. query_key_value.py puts this text in front of query_key_value.js.

const sum = (values) => values.reduce((total, value) => total + value, 0);
const bold = (text) => element("b", {}, text);

// k₁₂ from ("k", 11)
const indexed = (letter, index) =>
  letter + Array.from(String(index + 1), (digit) => "₀₁₂₃₄₅₆₇₈₉"[digit]).join("");

// "=" where a reader who computes with the printed numbers gets the printed result, else "≈".
const sign = (left, right) => (left === right ? "=" : "≈");

// exp(score) to three digits, which may have a large exponent.
const exponential = (score) => (score === -Infinity ? "0" : formatSize(score / Math.LN10, 3));
const asPrintedExponential = (score) => Number(Math.exp(score).toPrecision(3));
const short = (text) => text.replace("\u00a0×\u00a0", "·"); // for a narrow column
const printedWeight = (weight) => formatNumber(weight, 3);

// How numbers of this size are printed: all vectors and scores of a widget with equally many digits.
function createPrinter(limit) {
  const digits = limit < 0.1 ? 4 : limit < 1 ? 3 : limit < 100 ? 2 : 1;
  const number = (value) => (value === -Infinity ? "−∞" : formatNumber(value, digits));
  const rounded = (value) => (Number.isFinite(value) ? Number(value.toFixed(digits)) : value);
  const inBrackets = (value) => (rounded(value) < 0 ? `(${number(value)})` : number(value));
  return { number, rounded, inBrackets };
}

// ---- data -------------------------------------------------------------------------------------------

function readRows(encoded) {
  const { shape: [count, width], values } = decodeArray(encoded);
  return Array.from({ length: count }, (_, row) => Array.from(values.slice(row * width, (row + 1) * width)));
}

// What the widget carries: vectors, tokens and the given mask.
function readHead(model) {
  const { query, key, value } = Object.fromEntries(
    Object.entries(model.get("vectors")).map(([name, encoded]) => [name, readRows(encoded)]));
  const [tokens, keyTokens] = [model.get("tokens"), model.get("key_tokens")];
  const given = model.get("allowed").data ? readRows(model.get("allowed")).map((row) => row.map(Boolean)) : null;
  const padding = given?.every((row) => row.every((each, s) => each === given[0][s]));
  return {
    query, key, value, tokens, keyTokens, given, givenName: padding ? "padding" : "given",
    canBeCausal: model.get("can_be_causal"), size: query[0].length,
  };
}

// One query's way through the head: everything that is shown of it.
function attend({ query, key, value, given, canBeCausal, size }, { row, scaled, causal, masked }) {
  const dots = key.map((vector) => sum(vector.map((number, i) => query[row][i] * number)));
  const scores = dots.map((dot) => (scaled ? dot / Math.sqrt(size) : dot));
  const hidden = key.map((_, s) => ({
    causal: canBeCausal && causal && s > row, masked: given !== null && masked && !given[row][s],
  }));
  const allowed = hidden.map((by) => !by.causal && !by.masked);
  const kept = scores.map((score, s) => (allowed[s] ? score : -Infinity));
  const top = Math.max(...kept);
  const exps = kept.map((score) => Math.exp(score - top));
  const weights = exps.map((exp) => exp / sum(exps));
  const products = value.map((vector, s) => vector.map((number) => weights[s] * number));
  const output = value[0].map((_, i) => sum(products.map((product) => product[i])));
  return { dots, scores, hidden, allowed, kept, logOfSum: top + Math.log(sum(exps)), weights, products, output };
}

// ---- the table --------------------------------------------------------------------------------------

const rootOf = (size) => (Number.isInteger(Math.sqrt(size)) ? String(Math.sqrt(size)) : formatNumber(Math.sqrt(size), 3));

// Black or white, whichever can be read better on a color: always 4.5 : 1 and more.
function inkOn(color) {
  const [red, green, blue] = color.map((channel) =>
    (channel <= 10 ? channel / 3294 : ((channel / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? "#000" : "#fff";
}

// Paler than other widgets' cells, for there are numbers on them.
const cellColor = (share, dark) => diverging(0.55 * share, dark);
const cellGradient = (dark) => gradientOf([-1, -0.5, 0, 0.5, 1].map((share) => `rgb(${cellColor(share, dark)})`));

// The stages: a name, a formula, and rows of `own`, which belongs to the query, and `each`, which belongs to a key.
// A vector has a row for each of its numbers; rows of the kind "vector" are colored.
function createStages({ query, key, value, size }, { number }) {
  const vector = (own, each) => Array.from({ length: size }, (_, i) => ({
    kind: "vector", own: (now) => own(now)?.[i], each: (now, s) => each(now, s)[i], print: number,
  }));
  const divisor = (scaled) => (scaled ? ` / √${size}` : "");
  return [
    {
      name: "Query and keys", formula: ({ row }) => `${indexed("q", row)} and each kₛ`,
      rows: [
        { kind: "letters", own: ({ row }) => indexed("q", row), each: (_, s) => indexed("k", s) },
        ...vector(({ row }) => query[row], (_, s) => key[s]),
      ],
    },
    {
      name: "Dot product", formula: ({ row }) => `${indexed("q", row)} · kₛ`,
      rows: [{ each: ({ dots }, s) => number(dots[s]) }],
    },
    {
      name: "Score", formula: ({ row, scaled }) => `${indexed("q", row)} · kₛ${divisor(scaled)}`,
      rows: [{
        own: ({ scaled }) => `÷ ${scaled ? rootOf(size) : "1"}`,
        each: ({ scores }, s) => number(scores[s]),
      }],
    },
    {
      name: "Mask", formula: ({ any }) => (any ? "−∞ where not allowed" : "none"),
      rows: [{ each: ({ allowed }, s) => (allowed[s] ? "✓" : "−∞") }],
    },
    {
      name: "Exponential", formula: () => "exp(score)",
      rows: [{
        own: ({ logOfSum }) => `Σ ${short(exponential(logOfSum))}`,
        each: ({ kept }, s) => short(exponential(kept[s])),
      }],
    },
    {
      name: "Weight", formula: () => "exp(score) / Σ",
      rows: [{ kind: "weight", own: () => "Σ 1", each: ({ weights }, s) => weights[s], print: printedWeight }],
    },
    {
      name: "Values", formula: () => "each vₛ",
      rows: [{ kind: "letters", each: (_, s) => indexed("v", s) }, ...vector(() => null, (_, s) => value[s])],
    },
    {
      name: "Output", formula: () => "Σ weight · vₛ",
      rows: [
        { kind: "letters", own: () => "output", each: ({ weights }, s) => `${printedWeight(weights[s])}\u00a0${indexed("v", s)}` },
        ...vector(({ output }) => output, ({ products }, s) => products[s]),
      ],
    },
  ];
}

// A token that can be chosen: a native radio button is its frame.
function tokenButton(group, what, tokens, index, choose, signal) {
  const input = element("input", {
    type: "radio", name: group, "aria-label": `${what} ${index + 1}: ${tokens[index]}`, ...KEEP_ARROW_KEYS,
  });
  input.addEventListener("change", () => choose(index), { signal });
  const label = element("span", {}, tokens[index]);
  return { input, label, root: element("label", { class: "token", title: tokens[index] }, input, label) };
}

// A line that says how many keys lie outside of what is seen of `scroller`, with buttons that bring them in sight.
function createMore(scroller, table, signal) {
  const heads = [...table.rows[0].cells].slice(2);
  const page = (way) => scroller.scrollBy({ left: way * 0.6 * scroller.clientWidth });
  const [back, on] = [["left", -1], ["right", 1]].map(([side, way]) => {
    const button = element("button", { type: "button" });
    button.addEventListener("click", () => page(way), { signal });
    return { side, button };
  });
  const root = element("div", { class: "more" }, back.button, on.button);
  function paint() {
    const { left, right } = scroller.getBoundingClientRect();
    const stays = Math.max(left, table.rows[0].cells[1].getBoundingClientRect().right);
    const boxes = heads.map((cell) => cell.getBoundingClientRect());
    const counts = { left: boxes.filter((box) => box.left < stays - 2).length,
      right: boxes.filter((box) => box.right > right + 2).length };
    root.hidden = !counts.left && !counts.right;
    for (const { side, button } of [back, on]) {
      const keys = `${counts[side]} more key${counts[side] === 1 ? "" : "s"}`;
      button.textContent = side === "left" ? `← ${keys}` : `${keys} →`;
      button.disabled = !counts[side];
    }
  }
  const resized = new ResizeObserver(paint);
  for (const node of [scroller, table]) resized.observe(node);
  signal.addEventListener("abort", () => resized.disconnect());
  scroller.addEventListener("scroll", paint, { signal, passive: true });
  return root;
}

function createTable(head, stages, { group, choose, longest, signal }) {
  const buttons = head.keyTokens.map((_, s) => tokenButton(group, "key", head.keyTokens, s, choose, signal));
  const owner = element("span");
  const cells = []; // of one row each: { spec, own, each }
  const bodies = stages.map(({ name, rows }) => {
    const formula = element("span");
    const body = element("tbody", {}, ...rows.map((spec, i) => {
      const own = element("td", { class: "own" }, element("span"));
      const each = head.keyTokens.map((_, s) => element("td", { "data-column": s }, ...(spec.kind === "weight"
        ? [element("i", { "aria-hidden": "true" }), element("span")] : [])));
      cells.push({ spec, own, each });
      const label = i ? [] : [element("th", { scope: "rowgroup", rowspan: rows.length }, element("div", {}, bold(name), " ", formula))];
      return element("tr", { class: spec.kind ?? "plain" }, ...label, own, ...each);
    }));
    return { body, formula, className: name.toLowerCase().split(" ")[0] };
  });
  for (const { body, className } of bodies) body.className = className;
  const columns = ["gutter", "own", ...head.keyTokens.map(() => "cell")];
  const table = element("table", {},
    element("colgroup", {}, ...columns.map((name) => element("col", { style: `width: var(--${name})` }))),
    element("thead", {}, element("tr", {}, element("th", { scope: "col" }, element("span", { class: "unseen" }, "stage")),
      element("th", { class: "own", scope: "col" }, owner),
      ...buttons.map(({ root }, s) => element("th", { scope: "col", "data-column": s }, root)))),
    ...bodies.map(({ body }) => body));
  const cursor = element("div", { class: "cursor", "aria-hidden": "true" });
  const root = element("div", { class: "scroller" }, element("div", { class: "sheet" }, table, cursor));
  const more = createMore(root, table, signal);
  root.style.setProperty("--keys", head.keyTokens.length);
  root.style.setProperty("--own-length", longest.own);
  root.style.setProperty("--cell-length", longest.each);

  const limit = largestSize([head.query, head.key, head.value].flat(2)) || 1;
  function paintNumber(cell, value, print, dark) {
    const color = cellColor(value / limit, dark);
    cell.textContent = print(value);
    cell.style.background = `rgb(${color})`;
    cell.style.color = inkOn(color);
  }
  function paint(now, dark) {
    owner.textContent = owner.title = head.tokens[now.row];
    stages.forEach(({ formula }, i) => { bodies[i].formula.textContent = formula(now); });
    for (const { spec, own, each } of cells) {
      const value = spec.own?.(now);
      if (spec.kind !== "vector" || value === undefined) own.firstChild.textContent = value ?? "";
      else paintNumber(own.firstChild, value, spec.print, dark);
      each.forEach((cell, s) => {
        const content = spec.each(now, s);
        if (spec.kind === "vector") paintNumber(cell, content, spec.print, dark);
        else if (spec.kind === "weight") {
          cell.firstChild.style.setProperty("--weight", content);
          cell.lastChild.textContent = spec.print(content);
        } else cell.textContent = content;
      });
    }
    buttons.forEach(({ input, root: token }, s) => {
      input.checked = s === now.column;
      token.classList.toggle("hidden", !now.allowed[s]);
    });
    root.style.setProperty("--column", now.column);
  }

  // Bring the chosen column into sight, right of what stays.
  function reveal(column) {
    const stays = table.rows[0].cells[1].getBoundingClientRect().right - root.getBoundingClientRect().left;
    const { offsetLeft, offsetWidth } = table.rows[0].cells[column + 2];
    const [least, most] = [offsetLeft + offsetWidth - root.clientWidth, offsetLeft - stays];
    root.scrollLeft = clamp(root.scrollLeft, least, Math.max(least, most));
  }
  const locate = ({ target }) => {
    const at = target.closest("[data-column]");
    return at && root.contains(at) ? { column: Number(at.dataset.column) } : null;
  };
  return { root, more, table, labels: buttons.map(({ label }) => label), paint, reveal, locate, limit };
}
