// What the stages of TransformerSteps say, show and write out. transformer_steps.py puts it behind pass_data.js.

const count = (value, one, many = `${one}s`) => `${value.toLocaleString("en")} ${value === 1 ? one : many}`;
const size = (value) => formatNumber(value, 2);
const share = (part, whole) => `${Math.round((100 * part) / whole)}%`;
const quoted = (token) => `“${token}”`;
const NAMES = {
  embedding: "embedding", "last norm": "last norm", word: "output",
  words: "word vectors", positions: "positions", norm: "norm", weights: "weights", sum: "sum", inside: "inside",
  logits: "logits", softmax: "probabilities",
};

// How a place is called: "Encoder, layer 1 of 2, self-attention".
function nameOfPlace({ side, layer, part }, { num_layers: L }) {
  const stack = side === "encoder" ? "Encoder" : "Decoder";
  return layer === null ? `${stack}, ${NAMES[part]}` : `${stack}, layer ${layer + 1} of ${L}, ${part}`;
}

// A function of the place { step, word, head, unit, t, n, stage } for each kind of stage. It gives `say`, the sentence;
// `rows` and the `head` above them; and `formula`, the arithmetic. `n` is the position whose arithmetic it is.
function createStages(pass) {
  const { src, read, tgt, about, attentions } = pass;
  const D = about.d_model;
  const tokensOf = (side) => (side === "encoder" ? src : read);
  const at = (vector, unit) => (unit < vector.length ? number(vector[unit]) : "–");
  const strip = (label, vector, own, unit, more = {}) =>
    ({ label, strip: vector, unit, before: own === null ? "" : size(own), value: at(vector, unit), ...more });
  const partOf = ({ side, layer, part }) => layer * pass[side].parts.length + pass[side].parts.indexOf(part);

  // A row for each position that there is by now: `of` gives vector and size of one.
  const forAll = ({ stage: { side }, n, unit, t }, of) =>
    tokensOf(side).slice(0, t < 0 ? src.length : t + 1).map((label, i) => {
      const { vector, size: own } = of(i);
      return strip(label, vector, own ?? null, unit, { chosen: i === n, ...(t < 0 && { word: i }) });
    });
  const heads = (unit) => ["size", `unit ${unit}`];
  const name = ({ stage: { side }, n }) => quoted(tokensOf(side)[n]);
  const unknown = (unit, what) => [` ${what[0].toUpperCase()}${what.slice(1)} has no unit ${unit}.`];

  function words(place) {
    const { stage: { side }, n, unit } = place;
    const factor = Math.sqrt(D);
    const { vector } = pass[side].word(n);
    const stored = vector[unit] / factor;
    const by = `√${D} ${sign(Number(factor.toFixed(3)), factor)} ${Number(factor.toFixed(3))}`;
    return {
      say: [side === "encoder" ? `The encoder reads ${count(src.length, "word")} at once; each becomes a vector. `
        : `The decoder reads the last word, ${name(place)}, which becomes a vector. `,
      ...(unit < vector.length ? [`Unit ${unit} of ${name(place)} is ${number(stored)} in the table, times ${by}: `,
        bold(number(vector[unit])), "."] : unknown(unit, "the word vector"))],
      head: heads(unit),
      rows: forAll(place, pass[side].word),
      formula: unit < vector.length ? [`${inBrackets(stored)} · ${Number(factor.toFixed(3))} `,
        sign(number(asPrinted(stored) * Number(factor.toFixed(3))), number(vector[unit])), " ",
        bold(number(vector[unit]))] : [],
    };
  }

  function positions(place) {
    const { stage: { side }, n, unit } = place;
    const [word, start] = [pass[side].word(n).vector, pass[side].start(n).vector];
    const known = unit < start.length;
    const own = start[unit] - word[unit];
    const added = [number(word[unit] ?? 0), inBrackets(own)];
    const makes = sign(number(asPrinted(word[unit] ?? 0) + asPrinted(own)), number(start[unit] ?? 0));
    const about_ = about.added ? `Position ${n} is added to ${name(place)}: the stream begins. `
      : ["concatenated", "sinusoidal", "learned"].includes(about.positions)
        ? `Word and position ${n} together make the vector of ${name(place)}: the stream begins. `
        : about.positions === "none" ? `No position is added to ${name(place)}: the stream begins with the word. `
          : `Positions (${about.positions}) act inside of attention, so the stream begins with the word alone. `;
    return {
      say: [about_, ...(known ? [`Unit ${unit} is `, bold(number(start[unit])), "."] : unknown(unit, "the stream"))],
      head: heads(unit),
      rows: forAll(place, pass[side].start),
      formula: known && about.added
        ? [`word + position: ${added.join(" + ")} ${makes} `, bold(number(start[unit]))] : [],
    };
  }

  function norm(place) {
    const { stage, n, unit } = place;
    const stack = pass[stage.side];
    const of = (i) => (stage.layer === null ? stack.lastNorm(i) : stack.normAt(partOf(stage), i));
    const { given, givenSize, mean, deviation, weight, bias, output, size: own } = of(n);
    const known = unit < output.length;
    const makes = (asPrinted(given[unit] ?? 0) - asPrinted(mean)) / asPrinted(deviation) * asPrinted(weight[unit] ?? 0)
      + asPrinted(bias[unit] ?? 0);
    const why = stage.layer !== null ? "" : stage.side === "encoder"
      ? " This is the memory, which cross-attention will ask." : " From this the logits are made.";
    return {
      say: [`The norm takes the mean ${number(mean)} from the stream of ${name(place)}, divides by the deviation `
        + `${number(deviation)}, then scales and shifts each unit: size ${size(givenSize)} becomes ${size(own)}`,
      ...(known ? [`, unit ${unit} `, bold(number(output[unit])), "."] : [".", ...unknown(unit, "the vector")]), why],
      head: heads(unit),
      rows: [strip("stream", given, givenSize, unit),
        ...forAll(place, (i) => ({ vector: of(i).output, size: of(i).size }))],
      formula: known ? [`(${number(given[unit])} − ${inBrackets(mean)}) / ${number(deviation)} · `
        + `${inBrackets(weight[unit])} + ${inBrackets(bias[unit])} ${sign(number(makes), number(output[unit]))} `,
      bold(number(output[unit]))] : [],
    };
  }

  function weights(place) {
    const { stage: { side, layer, part }, n, head, word, t } = place;
    const { scores, weights: all, logOfSum } = attentions[side][part](layer, head, n);
    const asked = part === "cross-attention" || side === "encoder" ? src : read;
    const best = all.indexOf(Math.max(...all));
    const shown = part === "cross-attention" ? word : best;
    const texts = scores.map(exponential);
    const [exps, total] = [scores.map(asPrintedExponential), asPrintedExponential(logOfSum)];
    const whom = part === "cross-attention" ? `the ${count(src.length, "source word")}`
      : side === "encoder" ? `all ${count(src.length, "word")}`
        : t ? `itself and ${t === 1 ? "the word" : `the ${t} words`} before it` : "itself: nothing is before it";
    const kept = side === "encoder" ? "" : part === "cross-attention"
      ? `Keys and values of all ${src.length} are in the cache since the source was read.`
      : `Its key and value go into the layer’s cache, which holds ${count(t + 1, "position")} now.`;
    const terms = texts.flatMap((text, s) => [s ? " + " : "", s === shown ? bold(text) : text]);
    return {
      say: [`In head ${head + 1} of ${about.num_heads}, ${name(place)} asks ${whom}, and ${quoted(asked[best])} has `
        + "the largest weight, ", bold(number(all[best])), `. ${kept}`],
      head: ["score", "weight"],
      rows: asked.slice(0, all.length).map((label, s) => ({
        label, chosen: s === shown, before: number(scores[s]), bar: [0, all[s]], kind: "share", value: number(all[s]),
        ...(asked === src && part === "cross-attention" && { word: s }),
      })),
      formula: [`exp(${number(scores[shown])}) / Σ exp = `, bold(texts[shown]), " / (", ...terms, ") ",
        sign(Number(sum(exps).toPrecision(3)), total), ` ${texts[shown]} / ${exponential(logOfSum)} `,
        sign(number(exps[shown] / total), number(all[shown])), " ", bold(number(all[shown]))],
      barsOn: part === "cross-attention" || side === "encoder" ? all : null,
    };
  }

  function inside(place) {
    const { stage: { side, layer }, n, unit } = place;
    const of = (i) => pass[side].inside(layer, i);
    const { vector, active, strongest: [strongest, most] } = of(n);
    return {
      say: [`The ${count(D, "unit")} of ${name(place)} are widened to ${about.d_ff}, and `,
        bold(`${active} of ${about.d_ff}`), ` are active (above 0): ${share(active, about.d_ff)}. `,
        active ? `The strongest is unit ${Math.round(strongest)} with ${size(most)}. ` : "",
      unit < vector.length ? `Unit ${unit} has ${size(vector[unit])}.` : ""],
      head: ["active", `unit ${unit}`],
      rows: forAll(place, of).map((row, i) => ({
        ...row, before: String(of(i).active), inside: true,
        value: unit < vector.length ? size(of(i).vector[unit]) : "–",
      })),
    };
  }

  function sumOf(place) {
    const { stage, n, unit } = place;
    const stack = pass[stage.side];
    const of = (i) => stack.sumAt(partOf(stage), i);
    const { before, beforeSize, change, changeSize, after, size: own } = of(n);
    const known = unit < after.length;
    const part = `${stage.part[0].toUpperCase()}${stage.part.slice(1)}`;
    const others = place.t < 0 ? forAll(place, (i) => ({ vector: of(i).after, size: of(i).size })) : [];
    return {
      say: [`${part} adds a vector of size ${size(changeSize)} to the stream of ${name(place)}, which has `
        + `${size(beforeSize)}: `, bold(share(changeSize, beforeSize)), ` of it. The stream has size ${size(own)} now`,
      ...(known ? [`, unit ${unit} `, bold(number(after[unit])), "."] : [".", ...unknown(unit, "the stream")])],
      head: heads(unit),
      rows: [strip("stream", before, beforeSize, unit), strip("change", change, changeSize, unit),
        strip("sum", after, own, unit, { total: true }),
        ...others.map((row, i) => (i ? row : { ...row, apart: "the sums of all words" }))],
      formula: known ? [`stream + change: ${number(before[unit])} + ${inBrackets(change[unit])} `,
        sign(number(asPrinted(before[unit]) + asPrinted(change[unit])), number(after[unit])), " ",
        bold(number(after[unit]))] : [],
    };
  }

  function logits({ t }) {
    const { choices, logits: values } = pass.word(t);
    const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
    const onScale = (value) => (value - low) / (high - low || 1);
    return {
      say: [`One linear map makes a logit for each of the ${count(about.vocabulary, "word")} of the vocabulary from `
        + `the ${count(D, "unit")}: the highest, `, bold(number(values[0])), `, is that of ${quoted(choices[0])}`,
      choices.length > 1 ? `; next is ${quoted(choices[1])} with ${number(values[1])}.` : "."],
      head: ["", "logit"],
      rows: choices.map((label, i) => ({
        label, value: number(values[i]), zero: onScale(0), bar: [onScale(0), onScale(values[i])], chosen: i === 0,
        kind: values[i] < 0 ? "negative" : "positive",
      })),
    };
  }

  function softmax({ t }) {
    const { choices, logits: values, logOfSum } = pass.word(t);
    const probabilities = values.map((value) => Math.exp(value - logOfSum));
    const written = choices.indexOf(tgt[t]);
    const other = written === 0 ? 1 : 0;
    const rest = about.vocabulary - choices.length;
    const quotient = asPrintedExponential(values[written]) / asPrintedExponential(logOfSum);
    return {
      say: [`${quoted(tgt[t])} is written, with probability `, bold(number(probabilities[written])),
        choices.length > 1 ? `; ${other ? "next" : "the most probable"} is ${quoted(choices[other])} with `
          + `${number(probabilities[other])}. ` : ". ",
        tgt[t] === "<eos>" ? "With it the translation ends." : t + 1 < tgt.length ? "The decoder reads it next." : ""],
      head: ["logit", "probability"],
      rows: choices.map((label, i) => ({
        label, chosen: i === written, before: number(values[i]), bar: [0, probabilities[i]], kind: "share",
        value: number(probabilities[i]),
      })).concat(rest ? {
        label: "others", before: rest.toLocaleString("en"), total: true,
        value: number(Math.max(0, 1 - sum(probabilities))),
      } : []),
      formula: [`exp(${number(values[written])}) / Σ exp = `, bold(exponential(values[written])),
        ` / ${exponential(logOfSum)} `, sign(number(quotient), number(probabilities[written])), " ",
        bold(number(probabilities[written]))],
    };
  }

  return { words, positions, norm, weights, inside, sum: sumOf, logits, softmax };
}
