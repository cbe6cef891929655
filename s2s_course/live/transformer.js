// The Transformer, and the decoder-only model: models/transformer.py and models/decoder_only.py.
import { EncoderDecoder, State } from "./contract.js";
import { DecoderLayer, EncoderLayer, normOf, PositionedEmbedding } from "./transformer_layers.js";
import { at } from "./recurrent.js";
import { cat, full, narrow, reshape, tensor, zeros } from "./tensor.js";
import { watched, within } from "./watch.js";
import { below, linearOf } from "./weights.js";

const upTo = (length, first = 0) => Array.from({ length }, (_, n) => first + n);
const layersOf = (kind, config, weights, name) =>
  upTo(config.num_layers).map((n) => new kind(config, below(weights, `${name}.${n}`)));
const wordsOf = ({ values, shape: [B, n] }) => upTo(B).map((row) => [...values.subarray(row * n, (row + 1) * n)]);
const toKeys = (mask) => mask && reshape(mask, [mask.shape[0], 1, 1, mask.shape[1]]);

// 1 where position t (row) may see position u (column): the past and itself. Of T rows, the last of `all` positions.
export const causal = (T, all = T) =>
  tensor(upTo(T, all - T).map((t) => upTo(all).map((u) => (u <= t ? 1 : 0))));

export class Transformer extends EncoderDecoder {
  constructor(config, weights) {
    super();
    this.config = config;
    [this.srcEmbedding, this.tgtEmbedding] =
      ["src_embedding", "tgt_embedding"].map((name) => new PositionedEmbedding(config, below(weights, name)));
    this.encoderLayers = layersOf(EncoderLayer, config, weights, "encoder_layers");
    this.decoderLayers = layersOf(DecoderLayer, config, weights, "decoder_layers");
    [this.encoderNorm, this.decoderNorm] = ["encoder", "decoder"].map((name) => config.norm_first
      ? normOf((own) => weights(`${name}_${own}`)) : (x) => x);
    this.toLogits = linearOf(weights, "to_logits");
    this.uses = { cache: true, mask: true }; // see switches.js
  }

  // The encoder's output at every source token, and the weights of each layer.
  encode(src, srcMask = null) {
    const places = upTo(src[0].length);
    let vectors = within("encoder", () => this.srcEmbedding.forward(src, places));
    const ways = { allowed: toKeys(srcMask), positions: this.srcEmbedding.positions, places };
    const all = this.encoderLayers.map((layer, n) => {
      const { vectors: after, weights } = within(`encoder ${n + 1}`, () => layer.forward(vectors, ways));
      vectors = after;
      return weights;
    });
    return [watched("encoder / outputs", this.encoderNorm(vectors)), all];
  }

  // All decoder layers, for words at `places`. `asked` says where a layer finds keys and values.
  write(tokens, places, allowed, asked) {
    let vectors = within("decoder", () => this.tgtEmbedding.forward(tokens, places));
    const ways = { allowed, positions: this.tgtEmbedding.positions, places };
    const layers = this.decoderLayers.map((layer, n) => {
      const { cache, ...of } = asked(n);
      const after = within(`decoder ${n + 1}`, () => layer.forward(vectors, { ...ways, cache }, of));
      vectors = after.vectors;
      return after;
    });
    return [watched("decoder / outputs", this.decoderNorm(vectors)), layers];
  }

  decode(memory, tgtIn, srcMask = null) {
    const T = tgtIn[0].length;
    return this.write(tgtIn, upTo(T), this.uses.mask ? causal(T) : null, () => ({ memory, allowed: toKeys(srcMask) }));
  }

  outputs(src, tgtIn, srcMask = null) {
    return this.decode(this.encode(src, srcMask)[0], tgtIn, srcMask)[0];
  }

  initState(src, srcMask = null) {
    const [memory, ofEncoder] = this.encode(src, srcMask);
    return new State({
      memory, srcMask, ofEncoder, output: null, weights: null, ofDecoder: null,
      caches: this.decoderLayers.map(() => null), memoryCaches: this.decoderLayers.map(() => null),
      read: zeros([src.length, 0]), // the words so far, for whoever computes without a cache
    });
  }

  step(tokens, state) {
    const read = cat([state.read, tensor(tokens.map((token) => [token]))]);
    const [outputs, layers] = this.uses.cache && this.uses.mask
      ? this.stepWithCache(tokens, state) : this.decode(state.memory, wordsOf(read), state.srcMask);
    const output = at(outputs, outputs.shape[1] - 1);
    const ofLast = (weights) => narrow(weights, 2, weights.shape[2] - 1, 1); // (B, H, 1, S)
    return [this.toLogits(output), state.after({
      output, read,
      caches: layers.map(({ cache }) => cache), memoryCaches: layers.map(({ memoryCache }) => memoryCache),
      weights: layers.map(({ toMemory }) => ofLast(toMemory)), ofDecoder: layers.map(({ weights }) => ofLast(weights)),
    })];
  }

  stepWithCache(tokens, { memory, srcMask, caches, memoryCaches, read }) {
    const allowed = toKeys(srcMask);
    const asked = (n) => memoryCaches[n]
      ? { cache: caches[n], memoryCache: memoryCaches[n], allowed } : { cache: null, memory, allowed };
    return this.write(tokens.map((token) => [token]), [this.placeOf(read.shape[1])], null, asked);
  }

  // The position of the word that is read after so many.
  placeOf(count) {
    return count;
  }
}

// One stack reads the source and goes on with the target; each language counts its positions from 0.
export class DecoderOnly extends EncoderDecoder {
  constructor(config, weights) {
    super();
    this.config = config;
    [this.srcEmbedding, this.tgtEmbedding] =
      ["src_embedding", "tgt_embedding"].map((name) => new PositionedEmbedding(config, below(weights, name)));
    this.layers = layersOf(EncoderLayer, config, weights, "layers");
    this.norm = config.norm_first ? normOf(weights) : (x) => x;
    this.toLogits = linearOf(weights, "to_logits");
  }

  // Who may attend to whom among S source and T target tokens.
  allowed(B, S, T, srcMask) {
    const sees = (t, u) => u <= t || (this.config.prefix && t < S && u < S);
    const real = (row, u) => u >= S || !srcMask || srcMask.values[row * S + u] === 1;
    const all = upTo(S + T);
    return tensor(upTo(B).map((row) => [all.map((t) => all.map((u) => (sees(t, u) && real(row, u) ? 1 : 0)))]));
  }

  run(vectors, allowed, caches = null) {
    const length = caches?.[0] ? caches[0].key.shape[2] : 0;
    const places = upTo(vectors.shape[1], length);
    const after = this.layers.map((layer, n) => {
      const ways = { allowed, positions: this.srcEmbedding.positions, places, cache: caches?.[n] ?? null };
      const { vectors: next, cache } = layer.forward(vectors, ways);
      vectors = next;
      return cache;
    });
    return [this.norm(vectors), after];
  }

  outputs(src, tgtIn, srcMask = null) {
    const [B, S, T] = [src.length, src[0].length, tgtIn[0].length];
    const vectors = cat([this.srcEmbedding.forward(src, upTo(S)), this.tgtEmbedding.forward(tgtIn, upTo(T))], 1);
    const [outputs] = this.run(vectors, this.allowed(B, S, T, srcMask));
    return narrow(outputs, 1, S, T);
  }

  initState(src, srcMask = null) {
    const [B, S] = [src.length, src[0].length];
    const [memory, caches] = this.run(this.srcEmbedding.forward(src, upTo(S)), this.allowed(B, S, 0, srcMask));
    return new State({ memory, srcMask, output: null, weights: null, caches, read: 0 });
  }

  step(tokens, state) {
    const { srcMask, caches } = state;
    const read = state.read + 1;
    const real = srcMask && toKeys(cat([srcMask, full([tokens.length, read], 1)], 1));
    const vectors = this.tgtEmbedding.forward(tokens.map((token) => [token]), [state.read]);
    const [outputs, after] = this.run(vectors, real, caches);
    const output = at(outputs, 0);
    return [this.toLogits(output), state.after({ output, caches: after, read })];
  }
}
