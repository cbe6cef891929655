// One sentence through the two stacks of a Transformer, part by part: trace/transformer_steps.py.
import { checkTransformer } from "./trace_heads.js";
import { array, logProbabilities, rowsOf, walk } from "./walk.js";
import { watching } from "./watch.js";

const PARTS = {
  encoder: ["self-attention", "feed-forward"],
  decoder: ["self-attention", "cross-attention", "feed-forward"],
};
const inPython = (part) => part.replace("-", "_");

// Every vector of a translation, greedily or along `forced`.
export function traceTransformer(translator, text, options = {}) {
  checkTransformer(translator);
  const { model, tgtCodec } = translator;
  const seen = {}; // by name, the tensors in the order in which they were computed
  const look = (name, tensor) => (seen[name] ??= []).push(tensor);
  const { steps, ...tokens } = watching(look, () => walk(translator, text, options));
  const { norm_first, positions, norm_embedding } = model.config;
  return {
    ...tokens, read_tokens: ["<bos>", ...tokens.tgt_tokens.slice(0, -1)],
    encoder: stackOf(model, "encoder", seen), decoder: stackOf(model, "decoder", seen),
    cached: rowsOf(steps.map(({ after }) => after.caches.map(({ key }) => key.shape[2]))),
    logits: rowsOf(steps.map(({ logits }) => logits)),
    log_probabilities: rowsOf(steps.map(({ logits }) => logProbabilities(logits))),
    vocabulary: tgtCodec.vocab.tokens,
    norm_first, positions, norm_embedding,
  };
}

// What one of the two stacks did: StackTrace in Python.
function stackOf(model, side, seen) {
  const parts = PARTS[side];
  const layers = model[`${side}Layers`];
  const places = layers.flatMap((_, n) => parts.map((part) => `${side} ${n + 1} / ${part}`));
  const ofAll = (what) => byLayer(places.map((place) => together(seen[`${place} / ${what}`])), layers.length);
  const inLayers = (part, join) => stack(layers.map((_, n) => join(`${side} ${n + 1} / ${part}`)));
  const attentions = parts.filter((part) => part.endsWith("attention"));
  const ofHeads = (what, unseen) => Object.fromEntries(attentions.map((part) => [
    inPython(part), inLayers(part, (place) => headsTogether(seen[`${place} / ${what}`], unseen))]));
  const last = model[`${side}Norm`];
  return {
    parts: parts.map(inPython),
    words: together(seen[`${side} / word vectors`]),
    start: together(seen[`${side} / with positions`]),
    norms: ofAll("norm"), changes: ofAll("change"), streams: ofAll("stream"),
    scores: ofHeads("scores", -Infinity), weights: ofHeads("weights", 0),
    inside: inLayers("feed-forward", (place) => together(seen[`${place} / inside`])),
    outputs: together(seen[`${side} / outputs`]),
    norm_maps: byLayer(layers.flatMap((layer) => normsOf(layer).map(mapOf)), layers.length),
    last_norm_map: last.weight ? mapOf(last) : null,
  };
}

const normsOf = ({ aroundAttention, aroundSelf, aroundCross, aroundFeedForward }) =>
  [aroundAttention, aroundSelf, aroundCross, aroundFeedForward].filter(Boolean).map(({ norm }) => norm);
const mapOf = ({ weight, bias }) => rowsOf([weight.values, bias.values]);

// Vectors that were computed in one call or in several, (1, n, D) each, position after position: (N, D)
function together(tensors) {
  const D = tensors[0].shape.at(-1);
  const values = tensors.flatMap((tensor) => Array.from(tensor.values));
  return array([values.length / D, D], values);
}

// Numbers of all heads, (1, H, n, k) a call, one below the other: (H, N, K), with `unseen` where there was no key yet.
function headsTogether(tensors, unseen) {
  const H = tensors[0].shape[1];
  const N = tensors.reduce((sum, { shape }) => sum + shape[2], 0);
  const K = tensors.at(-1).shape[3];
  const values = new Float64Array(H * N * K).fill(unseen);
  let first = 0;
  for (const { values: own, shape: [, , n, k] } of tensors) {
    for (let row = 0; row < H * n; row++) {
      const [head, t] = [Math.floor(row / n), row % n];
      values.set(own.subarray(row * k, (row + 1) * k), (head * N + first + t) * K);
    }
    first += n;
  }
  return { shape: [H, N, K], values };
}

// Arrays of one shape in one: an axis more.
const stack = (arrays) =>
  array([arrays.length, ...arrays[0].shape], arrays.flatMap(({ values }) => Array.from(values)));

// The same for each part of each layer: two axes more.
function byLayer(arrays, L) {
  const { shape: [, ...own], values } = stack(arrays);
  return { shape: [L, arrays.length / L, ...own], values };
}
