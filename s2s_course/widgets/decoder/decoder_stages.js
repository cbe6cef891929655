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
  const kinds = { memory: arranged(memory), states: arranged(states), outputs: arranged(outputs) };
  return { order, src, tgt, memory, words, kinds, score: model.get("score"), sizes: model.get("sizes") };
}

// ---- what each stage says, shows and computes --------------------------------------------------------

const FORMULAS = {
  additive: "vᵀ tanh(W z + U h)", concat: "vᵀ tanh(W [z; h])", dot: "zᵀ h", scaled_dot: "zᵀ h / √D",
  general: "zᵀ W h", location: "W z",
};

// A sentence's words and numbers, and rows for createRow. `unit` and `source` are chosen, `t` is the written word.
function createStages({ order, src, tgt, memory, words, kinds, score, sizes }) {
  const name = (s) => `“${src[s]}”`;
  const last = (t) => (t ? `“${tgt[t - 1]}”` : "“<bos>”");
  const at = (vector, unit) => (unit < vector.length ? number(vector[unit]) : "–");
  const strip = (kind, label, vector, unit, more = {}) =>
    ({ label, strip: vector, unit, ...kinds[kind], value: at(vector, unit), ...more });
  const together = (context, state) => {
    const shift = (units) => units.map((unit) => unit + context.length);
    return {
      strip: [...context, ...state], split: context.length,
      order: [...kinds.memory.order, ...shift(kinds.states.order)],
      few: [...kinds.memory.few.slice(0, FEW / 2), ...shift(kinds.states.few.slice(0, FEW / 2))],
    };
  };
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
        : strip("memory", token, memory[s], unit, { chosen: s === step }))),
    }),

    query: ({ t, unit, query }) => ({
      about: order === "luong" ? "the new state asks" : "the state before this step asks",
      head: ["", `unit ${unit}`],
      say: [order === "luong" ? "The new state itself is the query: "
        : `The decoder state ${t ? `that wrote ${last(t)}` : "at the start"} is the query: `,
      ...says(query, unit, "it"), "."],
      rows: [strip("states", "query", query, unit, { chosen: true }), // above the states that it will be compared with
        ...src.map((token, s) => strip("memory", token, memory[s], unit, { source: s }))],
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
          ...strip("memory", label, memory[s].map((value) => weights[s] * value), unit),
          source: s, chosen: s === source, before: `${number(weights[s])} ·`,
        })).concat(strip("memory", "context", context, unit, { total: true })),
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
        before ? strip("states", "state before", before, unit) : { label: "state before", text: "the initial state" },
        ...(order === "bahdanau" ? [strip("memory", "context", context, unit)] : []),
        strip("states", "new state", state, unit, { total: true }),
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
          strip("memory", "context", context, unit, { place: [0, share] }),
          strip("states", "state", state, unit, { place: [share, 1] }),
          { label: "together", total: true, ...together(context, state) },
        ],
      };
    },

    output: ({ unit, context, state, output }) => ({
      about: "tanh of a linear map",
      head: ["", `unit ${unit}`],
      say: [`A linear map of all ${sizes.memory + sizes.states} numbers, then tanh, makes the output: `,
        ...says(output, unit, "it"), "."],
      rows: [
        { label: "together", ...together(context, state) },
        strip("outputs", "output", output, unit, { total: true }),
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
