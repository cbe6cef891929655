// The layers of the Transformer: layers/transformer.py and layers/embedding.py.
//
// Post-norm: x ← norm(x + part(x)). Pre-norm: x ← x + part(norm(x)).
import { MultiHeadAttention } from "./multihead.js";
import { POSITIONS } from "./positions.js";
import { add, embedding, layerNorm, mul, relu, scale, sigmoid } from "./tensor.js";
import { watched, within } from "./watch.js";
import { below, linearOf } from "./weights.js";

const ACTIVATIONS = { relu, silu: (x) => mul(x, sigmoid(x)) };

// Word vectors times √D, told their positions.
export class PositionedEmbedding {
  constructor(config, weights) {
    this.words = weights("words.weight");
    this.positions = new POSITIONS[config.positions](config, below(weights, "positions"));
    this.factor = Math.sqrt(config.d_model);
    this.norm = config.norm_embedding ? normOf(weights) : (x) => x;
  }

  // The vectors (B, T, D) of `tokens`, which stand at `places`.
  forward(tokens, places) {
    const words = watched("word vectors", scale(embedding(this.words, tokens), this.factor));
    return watched("with positions", this.norm(this.positions.embed(words, places)));
  }
}

export function normOf(weights) {
  const [weight, bias] = [weights("norm.weight"), weights("norm.bias")];
  return Object.assign((vectors) => layerNorm(vectors, weight, bias), { weight, bias });
}

class FeedForward {
  constructor({ activation }, weights) {
    [this.widen, this.narrow] = ["widen", "narrow"].map((name) => linearOf(weights, name));
    if (!ACTIVATIONS[activation]) throw new Error(`the page has no activation “${activation}”`);
    this.activation = ACTIVATIONS[activation];
  }

  forward(vectors) {
    return this.narrow(watched("inside", this.activation(this.widen(vectors))));
  }
}

// A part of a layer with the path around it and the norm.
class Residual {
  constructor({ norm_first: normFirst }, weights) {
    this.normFirst = normFirst;
    this.norm = normOf(weights);
  }

  // What the part reads.
  before(vectors) {
    return this.normFirst ? watched("norm", this.norm(vectors)) : vectors;
  }

  // The vectors and what the part adds to them.
  after(vectors, change) {
    const sum = watched("stream", this.sum(vectors, watched("change", change)));
    return this.normFirst ? sum : watched("norm", this.norm(sum));
  }

  sum(vectors, change) {
    return add(vectors, change);
  }

  // The vectors after the part `name`, which makes a change of what it reads.
  around(name, vectors, part) {
    return within(name, () => this.after(vectors, part(this.before(vectors))));
  }
}

// Self-attention, then feed-forward.
export class EncoderLayer {
  constructor(config, weights) {
    this.selfAttention = new MultiHeadAttention(config, below(weights, "self_attention"));
    this.aroundAttention = new Residual(config, below(weights, "around_attention"));
    this.feedForward = new FeedForward(config, below(weights, "feed_forward"));
    this.aroundFeedForward = new Residual(config, below(weights, "around_feed_forward"));
  }

  // The vectors after the layer, its weights, and its cache.
  forward(vectors, ways) {
    let own;
    vectors = this.aroundAttention.around("self-attention", vectors, (read) =>
      (own = this.selfAttention.forward(read, read, ways)).output);
    vectors = this.aroundFeedForward.around("feed-forward", vectors, (read) => this.feedForward.forward(read));
    return { vectors, weights: own.weights, cache: own.cache };
  }
}

// Masked self-attention, attention to the encoder's outputs, feed-forward.
export class DecoderLayer {
  constructor(config, weights) {
    this.selfAttention = new MultiHeadAttention(config, below(weights, "self_attention"));
    this.crossAttention = new MultiHeadAttention(config, below(weights, "cross_attention"));
    this.feedForward = new FeedForward(config, below(weights, "feed_forward"));
    [this.aroundSelf, this.aroundCross, this.aroundFeedForward] =
      ["around_self", "around_cross", "around_feed_forward"].map((name) => new Residual(config, below(weights, name)));
  }

  // As in the encoder, with a second attention: to `memory`, or to its keys and values in `memoryCache`.
  forward(vectors, ways, { memory = null, memoryCache = null, allowed = null }) {
    let own, cross;
    vectors = this.aroundSelf.around("self-attention", vectors, (read) =>
      (own = this.selfAttention.forward(read, read, ways)).output);
    vectors = this.aroundCross.around("cross-attention", vectors, (read) =>
      (cross = this.crossAttention.forward(read, memory, { allowed, cache: memoryCache })).output);
    vectors = this.aroundFeedForward.around("feed-forward", vectors, (read) => this.feedForward.forward(read));
    return { vectors, weights: own.weights, cache: own.cache, toMemory: cross.weights, memoryCache: cross.cache };
  }
}
