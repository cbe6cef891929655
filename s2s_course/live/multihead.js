// Multi-head attention: layers/multihead.py. D model size, H heads, d = D / H, T queries, S keys.
import { add, cat, masked, matmul, reshape, scale, softmax, transpose } from "./tensor.js";
import { watched } from "./watch.js";
import { linearOf } from "./weights.js";

export class MultiHeadAttention {
  constructor({ num_heads: numHeads }, weights) {
    this.numHeads = numHeads;
    for (const name of ["query", "key", "value", "out"]) this[name] = linearOf(weights, name);
  }

  // What each query vector (B, T, D) finds in `memory` (B, S, D), the weights (B, H, T, S), and the cache after it: the
  // keys and values of all that was read. `cache` holds those before `memory`; without `memory` it is all there is.
  // `allowed` is 1 where a query may attend, and repeated to (B, H, T, S). `positions` turn queries and keys or add a
  // bias; `places` are those of the queries, of which the last ones are asked.
  forward(query, memory, { allowed = null, cache = null, positions = null, places = null } = {}) {
    let q = this.split(this.query(query));
    let { key, value } = cache ?? {};
    if (memory) {
      let own = this.split(this.key(memory));
      if (positions) own = positions.rotate(own, places);
      key = key ? cat([key, own], 2) : own;
      const values = this.split(this.value(memory));
      value = value ? cat([value, values], 2) : values;
    }
    let bias = null;
    if (positions) {
      q = positions.rotate(q, places);
      bias = positions.bias(places, Array.from({ length: key.shape[2] }, (_, s) => s));
    }
    for (const [name, each] of [["query", q], ["key", key], ["value", value]]) watched(name, each);
    const weights = watched("weights", this.weigh(watched("scores", this.scores(q, key, allowed, bias))));
    const heads = this.heard(matmul(weights, value));
    return { output: this.out(this.join(heads)), weights, cache: { key, value } };
  }

  // Q Kᵀ / √d, -Infinity where nothing may be seen.
  scores(q, key, allowed, bias) {
    let scores = scale(matmul(q, transpose(key, 2, 3)), this.factor(q.shape[3]));
    if (bias) scores = add(scores, bias);
    return allowed ? masked(scores, allowed, -Infinity) : scores;
  }

  factor(d) {
    return 1 / Math.sqrt(d);
  }

  // What makes weights of scores.
  weigh(scores) {
    return softmax(scores);
  }

  // What of the heads' outputs (B, H, T, d) goes on.
  heard(heads) {
    return heads;
  }

  split(vectors) {
    const [B, T, D] = vectors.shape;
    return transpose(reshape(vectors, [B, T, this.numHeads, D / this.numHeads]), 1, 2);
  }

  join(heads) {
    const [B, H, T, d] = heads.shape;
    return reshape(transpose(heads, 1, 2), [B, T, H * d]);
  }
}
