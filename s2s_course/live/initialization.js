// How weights begin, as torch draws them: layers/cells.py, layers/multihead.py, layers/embedding.py, torch's Linear.
//
// Every tensor has a stream of its own, named like it. So a model has the same weights here and in initialization.py.
import { Random } from "./random.js";
import { Tensor } from "./tensor.js";

const GATES = { rnn: 1, lstm: 4, gru: 3 };
const size = (shape) => shape.reduce((product, side) => product * side, 1);

// Ways to begin: each gives a shape and the number that a generator draws next.
const uniform = (shape, bound) => ({ shape, draw: (random) => bound * (2 * random.uniform() - 1) });
const normal = (shape, deviation) => ({ shape, draw: (random) => deviation * random.normal() });
const constant = (shape, value) => ({ shape, draw: () => value });

// torch's Linear: weight and bias uniform up to 1 / √I.
const linear = (name, inputs, outputs, bias = true) => ({
  [`${name}.weight`]: uniform([outputs, inputs], 1 / Math.sqrt(inputs)),
  ...(bias && { [`${name}.bias`]: uniform([outputs], 1 / Math.sqrt(inputs)) }),
});

const table = (name, rows, columns) => ({ [`${name}.weight`]: normal([rows, columns], 1) });

const norm = (name, D) => ({ [`${name}.weight`]: constant([D], 1), [`${name}.bias`]: constant([D], 0) });

// One layer of a recurrent network: everything uniform up to 1 / √H.
function recurrent(name, { cell, bidirectional = false }, inputs, H) {
  const rows = GATES[cell] * H;
  const shapes = { weight_ih: [rows, inputs], weight_hh: [rows, H], bias_ih: [rows], bias_hh: [rows] };
  return Object.fromEntries((bidirectional ? ["", "_reverse"] : [""]).flatMap((way) =>
    Object.entries(shapes).map(([kind, shape]) => [`${name}.rnn.${kind}_l0${way}`, uniform(shape, 1 / Math.sqrt(H))])));
}

function sequence(config) {
  const { vocab_size: V, hidden_size: H, num_outputs: outputs } = config;
  return { ...table("embedding", V, H), ...recurrent("recurrent", config, H, H), ...linear("to_outputs", H, outputs) };
}

// The plain encoder–decoder, with the context at the first step.
function plain(config) {
  const { src_vocab_size: S, tgt_vocab_size: T, embed_size: E, hidden_size: H, cell } = config;
  return {
    ...table("src_embedding", S, E), ...table("tgt_embedding", T, E),
    ...recurrent("encoder", config, E, H), ...recurrent("decoder", { cell }, E, H), ...linear("to_logits", H, T),
  };
}

// Bahdanau's, with an encoder that reads both ways and the additive score.
function bahdanau(config) {
  const { src_vocab_size: S, tgt_vocab_size: T, embed_size: E, hidden_size: H, cell } = config;
  const M = 2 * H;
  return {
    ...table("src_embedding", S, E), ...table("tgt_embedding", T, E),
    ...recurrent("encoder", config, E, H), ...recurrent("decoder", { cell }, E + M, H), ...linear("bridge", M, H),
    ...linear("attention.score.W", H, H, false), ...linear("attention.score.U", M, H, false),
    ...linear("attention.score.v", H, 1, false), ...linear("combine", M + H + E, H, false),
    ...linear("to_logits", H, T),
  };
}

function attention(name, D) {
  const weights = Object.assign({}, ...["query", "key", "value", "out"].map((part) => linear(`${name}.${part}`, D, D)));
  for (const part of ["query", "key", "value", "out"]) {
    if (part !== "out") weights[`${name}.${part}.weight`] = uniform([D, D], Math.sqrt(1.5 / D));
    weights[`${name}.${part}.bias`] = constant([D], 0);
  }
  return weights;
}

// The layers `name.0`, `name.1`, … of a Transformer, with the attentions and the paths around them that it has.
function layers(name, { d_model: D, d_ff: wide, num_layers: count }, attentions, paths) {
  const layer = (own) => Object.assign(
    { ...linear(`${own}.feed_forward.widen`, D, wide), ...linear(`${own}.feed_forward.narrow`, wide, D) },
    ...attentions.map((part) => attention(`${own}.${part}`, D)),
    ...paths.map((path) => norm(`${own}.${path}.norm`, D)));
  return Object.assign({}, ...Array.from({ length: count }, (_, n) => layer(`${name}.${n}`)));
}

const encoderLayers = (name, config) =>
  layers(name, config, ["self_attention"], ["around_attention", "around_feed_forward"]);

// Smaller than torch's, since a Transformer multiplies its words by √D.
const words = (name, rows, D) => ({ [`${name}.words.weight`]: normal([rows, D], 1 / Math.sqrt(D)) });

function stack(config) {
  const { vocab_size: V, d_model: D } = config;
  return {
    ...words("embedding", V, D), ...encoderLayers("layers", config), ...norm("norm", D), ...linear("to_logits", D, V),
  };
}

// With pre-norm, and without the one matrix that a tied model has for target words and logits.
function transformer(config) {
  const { src_vocab_size: S, tgt_vocab_size: T, d_model: D } = config;
  const ofDecoder = [["self_attention", "cross_attention"], ["around_self", "around_cross", "around_feed_forward"]];
  return {
    ...words("src_embedding", S, D), ...words("tgt_embedding", T, D), ...encoderLayers("encoder_layers", config),
    ...layers("decoder_layers", config, ...ofDecoder), ...norm("encoder_norm", D), ...norm("decoder_norm", D),
    ...linear("to_logits", D, T),
  };
}

const KINDS = { sequence, gru: plain, bahdanau, stack, transformer };

// The first weights of a model of that `kind`: tensors by their names in PyTorch.
export function initialWeights({ kind, config }, seed) {
  return Object.fromEntries(Object.entries(KINDS[kind](config)).map(([name, { shape, draw }]) => {
    const random = new Random(seed, name);
    return [name, new Tensor(Float32Array.from({ length: size(shape) }, () => draw(random)), shape)];
  }));
}
