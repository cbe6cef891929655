// The other ways to bring positions in: layers/positions.py. Added to POSITIONS where this is loaded.
import { frequencies, NoPositions, POSITIONS, sinusoids } from "./positions.js";
import { add, cat, embedding, mul, narrow, reshape, sub, tensor, transpose } from "./tensor.js";

// The same behind a shorter word embedding.
class Concatenated extends NoPositions {
  embed(vectors, places) {
    const size = Math.floor(this.dModel / 4);
    const rows = reshape(sinusoids(places, size), [1, places.length, size]);
    return cat([vectors, cat(Array(vectors.shape[0]).fill(rows), 0)]);
  }
}

// A vector for each position, added.
class Learned extends NoPositions {
  constructor(config, weights) {
    super(config);
    this.table = weights("table.weight");
  }

  embed(vectors, places) {
    return add(vectors, embedding(this.table, places));
  }
}

// A learned number for each head and distance, added to the scores.
class RelativeBias extends NoPositions {
  constructor(config, weights) {
    super(config);
    this.table = weights("table.weight");
  }

  bias(queries, keys) {
    const buckets = queries.map((q) => keys.map((k) => bucketOf(k - q)));
    const [T, S, H] = [queries.length, keys.length, this.numHeads];
    const ofPairs = reshape(embedding(this.table, buckets), [T * S, H]);
    return reshape(transpose(ofPairs, 0, 1), [1, H, T, S]);
  }
}

// Near distances each into a bucket of its own, far ones together; half of the 32 look back, half ahead.
function bucketOf(distance) {
  const [half, exact, farthest] = [16, 8, 128];
  const size = Math.abs(distance);
  const share = Math.fround(Math.fround(Math.log(Math.max(size, 1) / exact)) / Math.log(farthest / exact));
  const far = Math.min(Math.floor(exact + share * (half - exact)), half - 1);
  return (size < exact ? size : far) + (distance > 0 ? half : 0);
}

// A penalty that grows with the distance, at a fixed rate for each head.
class ALiBi extends NoPositions {
  bias(queries, keys) {
    const slopes = Array.from({ length: this.numHeads }, (_, h) => 2 ** ((-8 * (h + 1)) / this.numHeads));
    return tensor([slopes.map((slope) => queries.map((q) => keys.map((k) => -slope * Math.abs(k - q))))]);
  }
}

// Pairs of numbers, turned by an angle that grows with the position.
class Rotary extends NoPositions {
  rotate(heads, places) {
    const [B, H, T, d] = heads.shape;
    const angles = places.map((place) => frequencies(d).map((frequency) => place * frequency));
    const [cos, sin] = [Math.cos, Math.sin].map((f) => reshape(tensor(angles.map((row) => row.map(f))), [T, d / 2, 1]));
    const [even, odd] = [0, 1].map((n) => narrow(reshape(heads, [B, H, T, d / 2, 2]), 4, n, 1));
    const turned = [sub(mul(even, cos), mul(odd, sin)), add(mul(even, sin), mul(odd, cos))];
    return reshape(cat(turned, 4), [B, H, T, d]);
  }
}

Object.assign(POSITIONS, {
  concatenated: Concatenated, learned: Learned, relative: RelativeBias, alibi: ALiBi, rotary: Rotary,
});
