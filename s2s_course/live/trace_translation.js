// A translation, and what attention does in it: trace/translation.py and trace/attention.py.
import { narrow } from "./tensor.js";
import { array, logProbabilities, rowsOf, walk } from "./walk.js";

const lastOf = ({ values, shape }) => values.subarray(values.length - shape.at(-1));

// Any encoder–decoder: trace/translation.py.
export function trace(translator, text, options = {}) {
  const { steps, ...tokens } = walk(translator, text, options);
  const states = steps.map(({ after }) => after);
  return {
    ...tokens,
    encoder_states: array(states[0].memory.shape.slice(1), states[0].memory.values),
    decoder_states: rowsOf(states.map(({ output }) => output.values)),
    log_probabilities: rowsOf(steps.map(({ logits }) => logProbabilities(logits))),
    attention: attentionOf(states.map(({ weights }) => weights)),
  };
}

// The weights of all steps: (T, S), or of a Transformer (T, L, H, S).
function attentionOf(weights) {
  if (weights[0] === null) return null;
  if (!Array.isArray(weights[0])) return rowsOf(weights.map(({ values }) => values));
  const rows = rowsOf(weights.map((layers) => layers.flatMap(({ values }) => [...values])));
  const [{ shape: [, H, , S] }] = weights[0];
  return { ...rows, shape: [weights.length, weights[0].length, H, S] };
}

// A recurrent model with attention: trace/attention.py.
export function traceAttention(translator, text, options = {}) {
  const { model, name, tgtCodec } = translator;
  if (!model.attention) throw new Error(`the model must be recurrent with attention, got ${name}`);
  const { steps, ...tokens } = walk(translator, text, options);
  const rows = steps.map(({ before, after, logits }) => {
    const asking = (model.order === "bahdanau" ? before : after).layers[0];
    const query = narrow(asking, 1, asking.shape[1] - 1, 1);
    const scores = model.attention.scores(query, before.keys, before.srcMask, before.position);
    return {
      queries: query.values, scores: scores.values, weights: after.weights.values, contexts: after.context.values,
      hidden: lastOf(after.layers[0]), outputs: after.output.values, log_probabilities: logProbabilities(logits),
    };
  });
  const { memory } = steps[0].after;
  return {
    order: model.order, score: model.config.score, ...tokens,
    memory: array(memory.shape.slice(1), memory.values),
    ...Object.fromEntries(Object.keys(rows[0]).map((key) => [key, rowsOf(rows.map((row) => row[key]))])),
    vocabulary: tgtCodec.vocab.tokens,
  };
}
