// The other scores of a recurrent decoder, and its windows: layers/attention.py. Added to SCORES and WINDOWS where this
// is loaded.
import { DotScore, SCORES, WINDOWS } from "./attention.js";
import { add, cat, full, masked, narrow, reshape, scale, tanh, tensor } from "./tensor.js";
import { linearOf } from "./weights.js";

// zᵀ h / √D
class ScaledDotScore extends DotScore {
  scores(query, keys) {
    return scale(super.scores(query, keys), 1 / Math.sqrt(query.shape[2]));
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
    const known = narrow(this.W(query), 2, 0, Math.min(S, this.positions));
    return S > this.positions ? cat([known, full([B, T, S - this.positions], -Infinity)]) : known;
  }
}

// Only tokens near its center have a score for a query.
function near(scores, centers, windowSize) {
  const allowed = distancesFrom(centers, scores.shape[2]).map((distance) => (Math.abs(distance) <= windowSize ? 1 : 0));
  return masked(scores, reshape(tensor(allowed), scores.shape), -Infinity);
}

const distancesFrom = (centers, S) => centers.flatMap((center) => Array.from({ length: S }, (_, s) => s - center));

// For each query (B, T, …), row by row, the last source position that counts.
function lasts({ shape: [B, T] }, mask, S, most = Infinity) {
  const length = (row) => (mask ? mask.values.subarray(row * S, (row + 1) * S).reduce((n, real) => n + real, 0) : S);
  return Array.from({ length: B * T }, (_, n) => Math.min(length(Math.floor(n / T)), most) - 1);
}

// The center is the query's own position.
function localM(scores, attention, { query, mask, position }) {
  const [, T, S] = scores.shape;
  const centers = lasts(query, mask, S, attention.score.positions)
    .map((last, n) => Math.min(position + (n % T), last));
  return near(scores, centers, attention.windowSize);
}

// The center is predicted, and tokens near it are preferred by a Gaussian.
function localP(scores, attention, { query, mask }) {
  const S = scores.shape[2];
  const [W, v] = ["W", "v"].map((name) => linearOf(attention.weights, name));
  const predicted = v(tanh(W(query))).values;
  const centers = lasts(query, mask, S, attention.score.positions)
    .map((last, n) => Math.fround(last / (1 + Math.exp(-predicted[n]))));
  const sigma = attention.windowSize / 2;
  const gaussian = distancesFrom(centers, S).map((distance) => -(distance ** 2) / (2 * sigma ** 2));
  return near(add(scores, reshape(tensor(gaussian), scores.shape)), centers, attention.windowSize);
}

Object.assign(SCORES, { scaled_dot: ScaledDotScore, location: LocationScore });
Object.assign(WINDOWS, { local_m: localM, local_p: localP });
