// Attention of a recurrent decoder: score every encoder state, softmax, weighted sum. layers/attention.py.
//
// z query, a decoder state (D numbers); h encoder state (M numbers); S source tokens, T queries at once.
import { add, masked, matmul, reshape, softmax, tanh, transpose } from "./tensor.js";
import { below, linearOf } from "./weights.js";

// vᵀ tanh(W z + U h)
class AdditiveScore {
  constructor(weights) {
    [this.W, this.U, this.v] = ["W", "U", "v"].map((name) => linearOf(weights, name));
  }

  keys(memory) {
    return this.U(memory);
  }

  scores(query, keys) {
    const [[B, T], [, S, A]] = [query.shape, keys.shape];
    const sum = add(reshape(this.W(query), [B, T, 1, A]), reshape(keys, [B, 1, S, A]));
    return reshape(this.v(tanh(sum)), [B, T, S]);
  }
}

// zᵀ h
export class DotScore {
  keys(memory) {
    return memory;
  }

  scores(query, keys) {
    return matmul(query, transpose(keys, 1, 2));
  }
}

// zᵀ W h
class GeneralScore extends DotScore {
  constructor(weights) {
    super();
    this.W = linearOf(weights, "W");
  }

  keys(memory) {
    return this.W(memory);
  }
}

// The scores that the stored models have; more_scores.js adds the others, and the windows.
export const SCORES = { additive: AdditiveScore, concat: AdditiveScore, dot: DotScore, general: GeneralScore };
export const WINDOWS = { global: (scores) => scores };

// A weighted mean of the encoder states, weighted anew for every query. `window`: global, or one of more_scores.js.
export class Attention {
  constructor({ score, window, window_size: windowSize }, weights) {
    this.score = new SCORES[score](below(weights, "score"));
    Object.assign(this, { window, windowSize, weights });
  }

  // Context (B, T, M) and weights (B, T, S) of each query (B, T, D). `position` counts the queries that came before.
  forward(query, keys, memory, mask, position) {
    const weights = this.weigh(this.scores(query, keys, mask, position));
    return [matmul(weights, memory), weights];
  }

  // What makes weights of scores.
  weigh(scores) {
    return softmax(scores);
  }

  // What the softmax is taken of: -Infinity where a token may not have weight.
  scores(query, keys, mask, position) {
    const scores = this.score.scores(query, keys);
    const [B, T, S] = scores.shape;
    const real = mask && reshape(mask, [B, 1, S]);
    const outside = real ? masked(scores, real, -Infinity) : scores;
    return WINDOWS[this.window](outside, this, { query, mask, position });
  }
}
