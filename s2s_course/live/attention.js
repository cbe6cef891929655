// Attention of a recurrent decoder: score every encoder state, softmax, weighted sum. layers/attention.py.
//
// z query, a decoder state (D numbers); h encoder state (M numbers); S source tokens, T queries at once.
import { add, cat, full, masked, matmul, reshape, scale, softmax, tanh, tensor, transpose } from "./tensor.js";
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
class DotScore {
  keys(memory) {
    return memory;
  }

  scores(query, keys) {
    return matmul(query, transpose(keys, 1, 2));
  }
}

// zᵀ h / √D
class ScaledDotScore extends DotScore {
  scores(query, keys) {
    return scale(super.scores(query, keys), 1 / Math.sqrt(query.shape[2]));
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

// W z: one number for each of the first source positions, whatever word stands there
class LocationScore extends DotScore {
  constructor(weights) {
    super();
    this.W = linearOf(weights, "W");
    this.positions = weights("W.weight").shape[0];
  }

  scores(query, keys) {
    const [B, T, S] = [...query.shape.slice(0, 2), keys.shape[1]];
    const beyond = Math.max(S - this.positions, 0);
    const all = this.W(query);
    const known = cut(all, Math.min(S, this.positions));
    return beyond ? cat([known, full([B, T, beyond], -Infinity)]) : known;
  }
}

const cut = (scores, length) => {
  const [B, T, P] = scores.shape;
  const rows = Array.from({ length: B * T }, (_, r) => Array.from(scores.values.subarray(r * P, r * P + length)));
  return reshape(tensor(rows), [B, T, length]);
};

const SCORES = {
  additive: AdditiveScore, concat: AdditiveScore, dot: DotScore, scaled_dot: ScaledDotScore,
  general: GeneralScore, location: LocationScore,
};

// A weighted mean of the encoder states, weighted anew for every query. `window`: global, local_m or local_p.
export class Attention {
  constructor({ score, window, window_size: windowSize }, weights) {
    this.score = new SCORES[score](below(weights, "score"));
    this.window = window;
    this.windowSize = windowSize;
    if (window === "local_p") [this.W, this.v] = ["W", "v"].map((name) => linearOf(weights, name));
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
    return this.window === "global" ? outside : this.withinWindow(outside, query, mask, position);
  }

  withinWindow(scores, query, mask, position) {
    const [B, T, S] = scores.shape;
    const centers = this.centers(query, mask, position, S);
    const distance = centers.flatMap((center) => Array.from({ length: S }, (_, s) => s - center));
    if (this.window === "local_p") {
      const gaussian = distance.map((d) => -(d ** 2) / (2 * (this.windowSize / 2) ** 2));
      scores = add(scores, reshape(tensor(gaussian), [B, T, S]));
    }
    const allowed = distance.map((d) => (Math.abs(d) <= this.windowSize ? 1 : 0));
    return masked(scores, reshape(tensor(allowed), [B, T, S]), -Infinity);
  }

  // Where the window of each query lies: a source position, counted from 0.
  centers(query, mask, position, S) {
    const [B, T] = query.shape;
    const length = (row) => (mask ? mask.values.subarray(row * S, (row + 1) * S).reduce((n, real) => n + real, 0) : S);
    const predicted = this.window === "local_p" && this.v(tanh(this.W(query))).values;
    return Array.from({ length: B * T }, (_, n) => {
      const last = Math.min(length(Math.floor(n / T)), this.score.positions ?? Infinity) - 1;
      return predicted ? Math.fround(last / (1 + Math.exp(-predicted[n]))) : Math.min(position + (n % T), last);
    });
  }
}
