// Switches that break a part of a model, to see what it was good for. None of our models was trained that way.
//
// A switch changes methods of one model's own parts; `breakable` gives a fresh model for that, with the same weights.
import { PAD_INDEX } from "./vocab.js";
import { full, softmax, Tensor, zeros } from "./tensor.js";

const PADS = 8;
const same = (vectors) => vectors;
const cellsOf = ({ encoder, decoder }) => [encoder, decoder].flatMap(({ layers }) => layers.flat());
const layersOf = ({ encoderLayers, decoderLayers }) => [...encoderLayers, ...decoderLayers];
const residualsOf = (model) => layersOf(model).flatMap((layer) => Object.values(layer).filter((part) => part.sum));
const embeddingsOf = ({ srcEmbedding, tgtEmbedding }) => [srcEmbedding, tgtEmbedding];

// All attentions of a model: a recurrent one has one, a Transformer's layers one or two each.
const attentionsOf = (model) => model.attention ? [model.attention]
  : layersOf(model).flatMap((layer) => [layer.selfAttention, layer.crossAttention].filter(Boolean));

// Every score that counts becomes 0, so that all weights are equal.
const leveled = (scores) => new Tensor(scores.values.map((score) => (score === -Infinity ? score : 0)), scores.shape);

// Hold one gate of every cell at a value.
function holdGate(model, name, value) {
  for (const cell of cellsOf(model)) {
    const gates = cell.gates.bind(cell);
    cell.gates = (x, h) => {
      const own = gates(x, h);
      return { ...own, [name]: full(own[name].shape, value) };
    };
  }
}

const isTransformer = (model) => Boolean(model.decoderLayers);
const attends = (model) => Boolean(model.attention) || isTransformer(model);
const hasGate = (name) => (model) =>
  Boolean(model.encoder) && name in { lstm: { forget: 1 }, gru: { update: 1 }, rnn: {} }[model.config.cell];

// Each with the models that it `fits`, and how to `apply` it to one.
export const SWITCHES = {
  "no scale": {
    label: "no √d: the scores are not divided",
    fits: isTransformer,
    apply: (model) => { for (const each of attentionsOf(model)) each.factor = () => 1; },
  },
  "wrong axis": {
    label: "softmax over the questions instead of the keys",
    fits: attends,
    apply: (model) => { for (const each of attentionsOf(model)) each.weigh = (scores) => softmax(scores, -2); },
  },
  mean: {
    label: "attention replaced by the mean",
    fits: attends,
    apply: (model) => { for (const each of attentionsOf(model)) each.weigh = (scores) => softmax(leveled(scores)); },
  },
  "no mask": {
    label: "no mask: words before see words after them",
    fits: isTransformer,
    apply: (model) => { model.uses.mask = false; },
  },
  "padding seen": {
    label: `no mask over padding: ${PADS} <pad> behind the sentence are read`,
    fits: attends,
    apply: (model) => {
      const read = model.initState.bind(model);
      model.initState = (src) => read(src.map((row) => [...row, ...Array(PADS).fill(PAD_INDEX)]));
    },
  },
  "no positions": {
    label: "no positions",
    fits: isTransformer,
    apply: (model) => { for (const each of embeddingsOf(model)) each.positions.embed = same; },
  },
  "positions swapped": {
    label: "another order: neighbors swap their positions",
    fits: isTransformer,
    apply: (model) => {
      for (const { positions } of embeddingsOf(model)) {
        const embed = positions.embed.bind(positions);
        positions.embed = (vectors, places) => embed(vectors, places.map((place) => place ^ 1));
      }
    },
  },
  "cache without positions": {
    label: "each new word is told that it is the first",
    fits: isTransformer,
    apply: (model) => { model.placeOf = () => 0; },
  },
  "no residual": {
    label: "no residual path around the parts",
    fits: isTransformer,
    apply: (model) => { for (const residual of residualsOf(model)) residual.sum = (vectors, change) => change; },
  },
  "no norm": {
    label: "no layer norm",
    fits: isTransformer,
    apply: (model) => {
      model.encoderNorm = model.decoderNorm = same;
      for (const residual of residualsOf(model)) residual.norm = same;
    },
  },
  "context once": {
    label: "the context at the first step only",
    fits: (model) => Boolean(model.encoder) && model.config.context === "every_step",
    apply: (model) => {
      const advance = model.advance.bind(model);
      model.advance = (embedded, state) => {
        const [outputs, after] = advance(embedded, state);
        return [outputs, after.after({ context: zeros(after.context.shape) })];
      };
    },
  },
  "forget 0": {
    label: "forget gate at 0: the cell keeps nothing",
    fits: hasGate("forget"),
    apply: (model) => holdGate(model, "forget", 0),
  },
  "forget 1": {
    label: "forget gate at 1: the cell forgets nothing",
    fits: hasGate("forget"),
    apply: (model) => holdGate(model, "forget", 1),
  },
  "update 0": {
    label: "update gate at 0: the state is written anew at each step",
    fits: hasGate("update"),
    apply: (model) => holdGate(model, "update", 0),
  },
  "update 1": {
    label: "update gate at 1: the state never changes",
    fits: hasGate("update"),
    apply: (model) => holdGate(model, "update", 1),
  },
};

// The heads of a Transformer, each of which can be switched off: { part, layer, heads }.
export const headsOf = (model) => !isTransformer(model) ? [] : [
  ["encoder", model.encoderLayers, "selfAttention"],
  ["decoder", model.decoderLayers, "selfAttention"],
  ["cross", model.decoderLayers, "crossAttention"],
].flatMap(([part, layers, name]) =>
  layers.map((each, layer) => ({ part, layer, attention: each[name], heads: each[name].numHeads })));

// Break a fresh model: `names` of SWITCHES, and `off`, a list of heads { part, layer, head } that are silent.
export function breakModel(model, names, off = []) {
  for (const name of names) SWITCHES[name].apply(model);
  for (const { part, layer, attention } of headsOf(model)) {
    const silent = off.filter((one) => one.part === part && one.layer === layer).map(({ head }) => head);
    if (silent.length) attention.heard = (heads) => withoutHeads(heads, silent);
  }
  return model;
}

function withoutHeads(heads, silent) {
  const [B, H, T, d] = heads.shape;
  return new Tensor(heads.values.map((x, n) => (silent.includes(Math.floor(n / (T * d)) % H) ? 0 : x)), heads.shape);
}
