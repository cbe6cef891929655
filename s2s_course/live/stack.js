// One stack of Transformer layers, with an answer at each token: models/stack.py, without a causal mask.
import { EncoderLayer, normOf, PositionedEmbedding } from "./transformer_layers.js";
import { below, linearOf } from "./weights.js";

export class Stack {
  constructor(config, weights) {
    this.embedding = new PositionedEmbedding(config, below(weights, "embedding"));
    const numbers = Array.from({ length: config.num_layers }, (_, n) => n);
    this.layers = numbers.map((n) => new EncoderLayer(config, below(weights, `layers.${n}`)));
    this.norm = config.norm_first ? normOf(weights) : (x) => x;
    this.toLogits = linearOf(weights, "to_logits");
  }

  // Logits (B, S, V) at each of the tokens (B, S), arrays of indices.
  forward(tokens) {
    const places = tokens[0].map((_, n) => n);
    let vectors = this.embedding.forward(tokens, places);
    for (const layer of this.layers) {
      ({ vectors } = layer.forward(vectors, { positions: this.embedding.positions, places }));
    }
    return this.toLogits(this.norm(vectors));
  }
}
