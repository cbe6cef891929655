// What the stages of Decoder say, show and compute. decoder.py puts this text in front of decoder.js.

// ---- data -------------------------------------------------------------------------------------------

// The rows of an array that is carried as float16 and the rest that float16 drops.
function readRows({ coarse, rest }) {
  const { shape: [count, width], values } = decodeArray(coarse);
  const dropped = decodeArray(rest).values;
  return Array.from({ length: count }, (_, row) =>
    values.slice(row * width, (row + 1) * width).map((value, i) => value + dropped[row * width + i]));
}

// All that there is to look at. Weights and contexts are computed here, from what is shown.
function readTrace(model) {
  const [order, src, tgt] = ["order", "src_tokens", "tgt_tokens"].map((name) => model.get(name));
  const { memory, states, outputs, scores, probabilities } = Object.fromEntries(
    Object.entries(model.get("arrays")).map(([name, array]) => [name, readRows(array)]));
  const inside = decodeArray(model.get("inside")).values;
  const first = order === "bahdanau" ? 1 : 0; // its states begin with the initial one
  const words = tgt.map((_, t) => {
    const row = Array.from(scores[t], (score, s) => (inside[t * src.length + s] ? score : -Infinity));
    const top = Math.max(...row);
    const exps = row.map((score) => Math.exp(score - top));
    const weights = exps.map((exp) => exp / sum(exps));
    const context = memory[0].map((_, unit) => sum(weights.map((weight, s) => weight * memory[s][unit])));
    const [before, state] = [states[t + first - 1], states[t + first]];
    return {
      scores: row, logOfSum: top + Math.log(sum(exps)), weights, context, before, state, output: outputs[t],
      query: first ? before : state, choices: model.get("choices")[t], probabilities: probabilities[t],
    };
  });
  return { order, src, tgt, memory, words, score: model.get("score"), sizes: model.get("sizes") };
}

// ---- what each stage says, shows and computes --------------------------------------------------------

const FORMULAS = {
  additive: "vᵀ tanh(W z + U h)", concat: "vᵀ tanh(W [z; h])", dot: "zᵀ h", scaled_dot: "zᵀ h / √D",
  general: "zᵀ W h", location: "W z",
};

// A sentence's words and numbers, and rows for createRow. `unit` and `source` are chosen, `t` is the written word.
function createStages({ order, src, tgt, memory, words, score, sizes }) {
  const name = (s) => `“${src[s]}”`;
  const last = (t) => (t ? `“${tgt[t - 1]}”` : "“<bos>”");
  const at = (vector, unit) => (unit < vector.length ? number(vector[unit]) : "–");
  const strip = (label, vector, unit, more = {}) => ({ label, strip: vector, unit, value: at(vector, unit), ...more });
  const says = (vector, unit, what) =>
    (unit < vector.length ? [`unit ${unit} of ${what} is `, bold(at(vector, unit))] : [`${what} has no unit ${unit}`]);
  const highest = Math.max(0, ...words.flatMap(({ scores }) => scores));
  const lowest = Math.min(0, ...words.flatMap(({ scores }) => scores.filter(Number.isFinite)));
  const onScale = (value) => (clamp(value, lowest, highest) - lowest) / (highest - lowest || 1);

  return {
    read: ({ step, unit }) => ({
      about: "each word becomes an encoder state",
      head: ["", `unit ${unit}`],
      say: [`The encoder reads ${name(step)}: `, ...says(memory[step], unit, "its state"), "."],
      rows: src.map((token, s) => (s > step ? { label: token, later: true }
        : strip(token, memory[s], unit, { chosen: s === step }))),
    }),

    query: ({ t, unit, query }) => ({
      about: order === "luong" ? "the new state asks" : "the state before this step asks",
      head: ["", `unit ${unit}`],
      say: [order === "luong" ? "The new state itself is the query: "
        : `The decoder state ${t ? `that wrote ${last(t)}` : "at the start"} is the query: `,
      ...says(query, unit, "it"), "."],
      rows: [strip("query", query, unit, { chosen: true }), // above the states that it will be compared with
        ...src.map((token, s) => strip(token, memory[s], unit, { source: s }))],
    }),

    scores: ({ source, scores }) => ({
      about: "how well each encoder state fits the query",
      head: ["", "score"],
      say: [`The score of ${name(source)} is `, bold(number(scores[source])),
        scores[source] === -Infinity ? ": it lies outside the window."
          : scores[source] === Math.max(...scores) ? ", the highest."
            : `; the highest is ${number(Math.max(...scores))}, of ${name(scores.indexOf(Math.max(...scores)))}.`],
      rows: src.map((label, s) => ({
        label, source: s, chosen: s === source, value: number(scores[s]), zero: onScale(0),
        bar: [onScale(0), onScale(scores[s] === -Infinity ? 0 : scores[s])],
        kind: scores[s] < 0 ? "negative" : "positive",
      })),
      formula: [`score = ${FORMULAS[score]}`,
        score === "location" ? ", a number for each place, from the query z alone"
          : ", of the query z and an encoder state h"],
    }),

    weights: ({ source, scores, weights, logOfSum }) => {
      const [exps, total] = [scores.map(asPrintedExponential), asPrintedExponential(logOfSum)];
      const texts = scores.map(exponential);
      const terms = texts.flatMap((text, s) => [s ? " + " : "", s === source ? bold(text) : text]);
      return {
        about: "softmax of the scores",
        say: [`exp(${number(scores[source])}) ${sign(asPrintedExponential(asPrinted(scores[source])), exps[source])} `
          + `${texts[source]}, divided by the sum ${exponential(logOfSum)}, gives ${name(source)} the weight `,
        bold(number(weights[source])), "."],
        head: ["exp(score)", "weight"],
        rows: src.map((label, s) => ({
          label, source: s, chosen: s === source, before: texts[s],
          bar: [0, weights[s]], kind: "share", value: number(weights[s]),
        })).concat({ label: "sum", total: true, before: exponential(logOfSum), value: number(1) }),
        formula: [bold(texts[source]), " / (", ...terms, ") ", sign(Number(sum(exps).toPrecision(3)), total), " ",
          bold(texts[source]), ` / ${exponential(logOfSum)} `,
          sign(number(exps[source] / total), number(weights[source])), " ", bold(number(weights[source]))],
      };
    },

    context: ({ unit, source, weights, context }) => {
      const known = unit < context.length;
      const product = (s) => weights[s] * memory[s][unit];
      const terms = src.flatMap((_, s) => {
        const text = `${number(weights[s])} · ${inBrackets(memory[s][unit] ?? 0)}`;
        return [s ? " + " : "", s === source ? bold(text) : text];
      });
      const printed = sum(src.map((_, s) => asPrinted(weights[s]) * asPrinted(memory[s][unit] ?? 0)));
      return {
        about: "weighted sum of the encoder states",
        say: ["Together they make the context: ", ...says(context, unit, "it"),
          known ? `; ${name(source)} adds ${number(weights[source])} · ${inBrackets(memory[source][unit])} `
            + `${sign(number(asPrinted(weights[source]) * asPrinted(memory[source][unit])), number(product(source)))} `
            + `${number(product(source))}.` : "."],
        head: ["weight", "product"],
        rows: src.map((label, s) => ({
          ...strip(label, memory[s].map((value) => weights[s] * value), unit),
          source: s, chosen: s === source, before: `${number(weights[s])} ·`,
        })).concat(strip("context", context, unit, { total: true })),
        formula: known ? [
          ...terms, ` ${sign(number(printed), number(context[unit]))} `, bold(number(context[unit])),
        ] : [],
      };
    },

    state: ({ t, unit, before, context, state }) => ({
      about: "one step of the recurrent network",
      head: ["", `unit ${unit}`],
      say: [`The state before${order === "bahdanau" ? ", the context" : ""} and the last word ${last(t)} make the new `
        + "state: ", ...says(state, unit, "it"), "."],
      rows: [
        { label: "last word", text: last(t) },
        before ? strip("state before", before, unit) : { label: "state before", text: "the initial state" },
        ...(order === "bahdanau" ? [strip("context", context, unit)] : []),
        strip("new state", state, unit, { total: true }),
      ],
    }),

    concat: ({ unit, context, state }) => {
      const share = context.length / (context.length + state.length);
      return {
        about: "context and state side by side",
        head: ["", `unit ${unit}`],
        say: [`${sizes.memory} numbers of the context and ${sizes.states} of the state make `
          + `${sizes.memory + sizes.states}: `,
          ...says(context, unit, "the context"), ", ", ...says(state, unit, "the state"), "."],
        rows: [
          strip("context", context, unit, { place: [0, share] }),
          strip("state", state, unit, { place: [share, 1] }),
          { label: "together", total: true, strip: [...context, ...state], split: context.length },
        ],
      };
    },

    output: ({ unit, context, state, output }) => ({
      about: "tanh of a linear map",
      head: ["", `unit ${unit}`],
      say: [`A linear map of all ${sizes.memory + sizes.states} numbers, then tanh, makes the output: `,
        ...says(output, unit, "it"), "."],
      rows: [
        { label: "together", strip: [...context, ...state], split: context.length },
        strip("output", output, unit, { total: true }),
      ],
    }),

    word: ({ t, choices, probabilities }) => {
      const written = choices.indexOf(tgt[t]);
      const other = written === 0 ? 1 : 0;
      const rest = sizes.vocabulary - choices.length;
      return {
        about: "probabilities of the next word",
        head: ["", "probability"],
        say: [`“${tgt[t]}” is written, with probability `, bold(number(probabilities[written])),
          choices.length > 1 ? `; ${other ? "next" : "the most probable"} is “${choices[other]}” with `
            + `${number(probabilities[other])}.` : "."],
        rows: choices.map((label, i) => ({
          label, chosen: i === written, before: i === written ? "✓ written" : "",
          bar: [0, probabilities[i]], kind: "share", value: number(probabilities[i]),
        })).concat(rest ? {
          label: `${rest} other${rest > 1 ? "s" : ""}`, total: true, value: number(Math.max(0, 1 - sum(probabilities))),
        } : []),
      };
    },
  };
}

// ---- rows of numbers --------------------------------------------------------------------------------

const percent = (share) => `${100 * share}%`;

// Draw vectors as rows of colored cells.
function drawVectors(canvas, rows, limit, dark) {
  [canvas.width, canvas.height] = [rows[0].length, rows.length];
  drawCells(canvas, (x, y) => diverging(rows[y][x] / limit, dark));
}

// One line: a label, a number, a strip of colored cells or a bar or a text, a number. What it shows comes with paint.
function createRow() {
  const [label, before, text, value] = ["label", "before", "text", "value"]
    .map((name) => element("span", { class: name }));
  const [mark, split, zero, bar] = ["mark", "split", "zero", "bar"].map((name) => element("i", { class: name }));
  const canvas = element("canvas");
  const strip = element("div", { class: "strip" }, canvas, mark, split);
  const root = element("div", { class: "entry" },
    label, before, element("div", { class: "track" }, strip, zero, bar, text), value);
  let spec = {};

  function paint(next, limit, dark) {
    spec = next;
    root.className = "entry";
    for (const kind of ["chosen", "total", "later"]) root.classList.toggle(kind, Boolean(spec[kind]));
    label.textContent = label.title = spec.label;
    [before.textContent, text.textContent, value.textContent] = [spec.before ?? "", spec.text ?? "", spec.value ?? ""];
    text.hidden = !spec.text; // else it would lie over the strip
    strip.hidden = !spec.strip;
    if (spec.strip) {
      const { length } = spec.strip;
      const [left, right] = spec.place ?? [0, 1];
      Object.assign(strip.style, { left: percent(left), width: percent(right - left) });
      drawVectors(canvas, [Array.from(spec.strip)], limit, dark);
      mark.hidden = !(spec.unit < length);
      Object.assign(mark.style, { left: percent(spec.unit / length), width: percent(1 / length) });
      split.hidden = !spec.split;
      split.style.left = percent(spec.split / length);
    }
    bar.hidden = !spec.bar;
    if (spec.bar) {
      const [from, to] = spec.bar;
      bar.className = `bar ${spec.kind}`;
      Object.assign(bar.style, { left: percent(Math.min(from, to)), width: percent(Math.abs(to - from)) });
    }
    zero.hidden = spec.zero === undefined;
    zero.style.left = percent(spec.zero);
  }

  // The source word of this row, and the unit under a pointer.
  function locate(event) {
    const cell = !strip.contains(event.target) ? -1 : columnAt(event, strip, spec.strip.length);
    return {
      ...(spec.source !== undefined && { source: spec.source }),
      ...(cell >= 0 && { unit: spec.split && cell >= spec.split ? cell - spec.split : cell }),
    };
  }
  return { root, paint, locate };
}

// All rows of a stage. Their nodes stay, so that bars glide and a pointer keeps what is under it.
function createFigure(limit) {
  const [head, formula] = [element("div", { class: "entry head" }), element("p", { class: "formula" })];
  const lines = element("div", { class: "lines" }, head);
  const root = element("div", { class: "figure" }, lines, formula);
  const entries = [];
  function paint({ rows, head: [left, right], formula: written = [] }, dark) {
    while (entries.length < rows.length) {
      entries.push(createRow());
      lines.append(entries.at(-1).root);
    }
    entries.forEach((entry, i) => {
      entry.root.hidden = i >= rows.length;
      if (rows[i]) entry.paint(rows[i], limit, dark);
    });
    lines.classList.toggle("narrow", rows.every(({ before }) => !before));
    head.replaceChildren(element("span"), element("span", {}, left), element("span"), element("span", {}, right));
    formula.replaceChildren(...written);
  }
  const locate = (event) => entries.find((entry) => entry.root.contains(event.target))?.locate(event) ?? null;
  return { root, paint, locate };
}
