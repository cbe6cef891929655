// How a network that sees a set learns of an order: layers/positions.py. Positions count from 0.
import { add, tensor } from "./tensor.js";

// One way, for `dModel` numbers in `numHeads` heads. What it does not do stays as it is.
export class NoPositions {
  constructor({ d_model: dModel, num_heads: numHeads }) {
    Object.assign(this, { dModel, numHeads });
  }

  // The embeddings (B, T, E) of words at the positions `places`, an array of T numbers.
  embed(vectors, places) {
    return vectors;
  }

  // What is added to the score of each query with each key: (1, H, T, S), or null for nothing.
  bias(queries, keys) {
    return null;
  }

  // Queries or keys (B, H, T, d), turned by their positions.
  rotate(heads, places) {
    return heads;
  }
}

// Sines and cosines, added.
class Sinusoidal extends NoPositions {
  embed(vectors, places) {
    return add(vectors, sinusoids(places, this.dModel));
  }
}

// The ways that the stored models have; more_positions.js adds the others.
export const POSITIONS = { none: NoPositions, sinusoidal: Sinusoidal };

// Angles a step, from 1 radian down to about 1 / 10,000.
export const frequencies = (size) => Array.from({ length: Math.ceil(size / 2) }, (_, i) => 10_000 ** ((-2 * i) / size));

// Sine and cosine in turns, of each place times each frequency: (T, size).
export function sinusoids(places, size) {
  const row = (place) => frequencies(size).flatMap((f) => [Math.sin(place * f), Math.cos(place * f)]).slice(0, size);
  return tensor(places.map(row));
}
