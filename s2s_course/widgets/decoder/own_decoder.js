// The reader's own sentence in Decoder: what decoder.js draws of it (see shared/own_sentence.js).

const STAGES = { // as in decoder.py
  bahdanau: ["query", "scores", "weights", "context", "state", "concat", "output", "word"],
  luong: ["state", "query", "scores", "weights", "context", "concat", "output", "word"],
};
const TOP = 5; // words shown for each step

// The rows of `first`, then those of `second`.
const below = (first, second) => ({
  shape: [first.shape[0] + second.shape[0], first.shape[1]], values: Float64Array.of(...first.values, ...second.values),
});

// For each step the most probable words, and the written one if it is not among them; probabilities.
function choicesOfSteps({ log_probabilities: { shape: [steps, V], values }, tgt_tokens: tgt, vocabulary }) {
  const probabilities = { shape: [steps, TOP + 1], values: new Float64Array(steps * (TOP + 1)) };
  const choices = tgt.map((token, t) => {
    const row = values.subarray(t * V, (t + 1) * V);
    const top = [...row.keys()].sort((a, b) => row[b] - row[a]).slice(0, TOP);
    const written = vocabulary.indexOf(token);
    const shown = top.includes(written) ? top : [...top, written];
    shown.forEach((index, n) => { probabilities.values[t * (TOP + 1) + n] = Math.exp(row[index]); });
    return shown.map((index) => vocabulary[index]);
  });
  return { choices, probabilities };
}

// Where the widget opens: the first written word that looks most at a word in another place has just come.
function opening({ shape: [T, S], values }, start) {
  const most = Array.from({ length: T }, (_, t) => {
    const row = values.subarray(t * S, (t + 1) * S);
    return row.indexOf(Math.max(...row));
  });
  const told = Math.max(0, most.slice(0, -1).findIndex((s, t) => s !== t));
  return { step: start + STAGES.luong.length * (told + 1) - 1, source: most[told] };
}

// What from_trace gives in Python, with all units.
function ownTraits({ traces, translators }, text, { longest }) {
  const traced = traces.traceAttention(translators[0], text, { longest });
  const { order, score, src_tokens: src, tgt_tokens: tgt, vocabulary } = traced;
  const { memory, queries, hidden, outputs, scores } = traced;
  const { choices, probabilities } = choicesOfSteps(traced);
  const H = hidden.shape[1];
  const initial = { shape: [1, H], values: queries.values.subarray(0, H) };
  const states = order === "bahdanau" ? below(initial, hidden) : hidden;
  const finite = (value) => (Number.isFinite(value) ? value : 0);
  const arrays = { memory, states, outputs, scores: { ...scores, values: scores.values.map(finite) }, probabilities };
  return {
    order, score, stages: STAGES[order], src_tokens: src, tgt_tokens: tgt, choices,
    arrays: Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, asCarried(array)])),
    inside: { ...scores, values: scores.values.map((value) => (Number.isFinite(value) ? 1 : 0)) },
    sizes: { memory: memory.shape[1], states: H, outputs: outputs.shape[1], vocabulary: vocabulary.length },
    ...opening(scores, src.length), unit: 0, says: `It writes: ${asWritten(tgt)}`,
  };
}

// The stored example's order first.
const ownChoices = (model) =>
  choicesOf(...(model.get("order") === "luong" ? ["luong", "bahdanau"] : ["bahdanau", "luong"]));
