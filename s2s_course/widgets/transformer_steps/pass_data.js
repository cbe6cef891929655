// What TransformerSteps shows: the stages of a pass, and every vector, size and weight at each of them, out of the
// traits (see transformer_steps.py). transformer_steps.py puts this text in front of stages.js.

const EPSILON = 1e-5; // of the norms
const PARTS = {
  encoder: ["self-attention", "feed-forward"],
  decoder: ["self-attention", "cross-attention", "feed-forward"],
};

// An array as Python carries it, as float16 and what that drops, or mostly 0, or as the page itself has made it.
function readArray(array) {
  if (array.gaps) return readSparse(array);
  if (!array.coarse) return decodeArray(array);
  const [{ shape, values }, dropped] = [decodeArray(array.coarse), decodeArray(array.rest).values];
  return { shape, values: values.map((value, i) => value + dropped[i]) };
}

// What is not 0 in an array, each number so far behind the one before it: carried_pass.py.
function readSparse({ shape, gaps, filled }) {
  const values = new Float64Array(shape.reduce((product, length) => product * length, 1));
  const numbers = decodeArray(filled).values;
  let place = -1;
  decodeArray(gaps).values.forEach((gap, i) => {
    place += gap;
    values[place] = numbers[i];
  });
  return { shape, values };
}

// The numbers at `place`, which are the last axis of an array: row([2, 3, 10, 64])(1, 0, 4) has 64.
function rowsAt({ shape, values }) {
  const width = shape.at(-1);
  return (...place) => {
    const row = place.reduce((before, index, axis) => before * shape[axis] + index, 0);
    return Array.from(values.subarray(row * width, (row + 1) * width));
  };
}

// The stages of one stack in their order: { side, layer, part, kind }. `layer` is null outside the layers.
function stagesOf(side, { norm_first: normFirst, num_layers: L }) {
  const stage = (layer, part, kind) => ({ side, layer, part, kind });
  const stages = ["words", "positions"].map((kind) => stage(null, "embedding", kind));
  for (let layer = 0; layer < L; layer++) {
    for (const part of PARTS[side]) {
      const kinds = [part === "feed-forward" ? "inside" : "weights", "sum"];
      stages.push(...(normFirst ? ["norm", ...kinds] : [...kinds, "norm"]).map((kind) => stage(layer, part, kind)));
    }
  }
  if (normFirst) stages.push(stage(null, "last norm", "norm"));
  return side === "encoder" ? stages : [...stages, ...["logits", "softmax"].map((kind) => stage(null, "word", kind))];
}

// One stack. `p` counts the parts of all layers, `n` the positions.
function readStack(side, arrays, about) {
  const own = (name) => arrays[`${side}_${name}`] && readArray(arrays[`${side}_${name}`]);
  const of = (name) => rowsAt(own(name));
  const [words, start, streams, inside, norms] = ["words", "start", "streams", "inside", "norms"].map(of);
  const [moments, sizes, ends, active, strongest] = ["moments", "sizes", "ends", "active", "strongest"].map(of);
  const lastNorm = own("last_norm") && rowsAt(own("last_norm"));
  const parts = PARTS[side];
  const place = (p) => [Math.floor(p / parts.length), p % parts.length];
  const count = about.num_layers * parts.length;
  const stream = (p, n) => (p < 0 ? start(n) : streams(...place(p), n)); // what part p has left
  const momentsOf = (p, n) => moments(p + 1, n);
  const sizeOf = (p, n) => {
    const [mean, deviation] = momentsOf(p, n);
    return Math.sqrt(about.d_model * Math.max(0, mean ** 2 + deviation ** 2 - EPSILON));
  };
  // The norm with weights and biases, of what part p has left: each number, and what it is made of.
  const normed = (p, n, [weight, bias], size) => {
    const [mean, deviation] = momentsOf(p, n);
    const given = stream(p, n);
    const output = given.map((value, i) => ((value - mean) / deviation) * weight[i] + bias[i]);
    return { given, givenSize: sizeOf(p, n), mean, deviation, weight, bias, output, size };
  };
  const normAt = (p, n) =>
    normed(about.norm_first ? p - 1 : p, n, [0, 1].map((which) => norms(...place(p), which)), sizes(...place(p), n)[1]);

  return {
    side, parts, count, place,
    word: (n) => ({ vector: words(n), size: ends(0)[n] }),
    start: (n) => ({ vector: start(n), size: sizeOf(-1, n) }),
    normAt,
    lastNorm: lastNorm && ((n) => normed(count - 1, n, [lastNorm(0), lastNorm(1)], ends(1)[n])),
    inside: (layer, n) => ({
      vector: inside(layer, n), active: Math.round(active(layer)[n]), strongest: strongest(layer, n),
    }),
    // What part p adds to what, and what comes out.
    sumAt: (p, n) => {
      const post = !about.norm_first && p > 0 ? normAt(p - 1, n) : null;
      const [before, after] = [post ? post.output : stream(p - 1, n), stream(p, n)];
      return {
        before, beforeSize: post ? post.size : sizeOf(p - 1, n), after, size: sizeOf(p, n),
        change: after.map((value, i) => value - before[i]), changeSize: sizes(...place(p), n)[0],
      };
    },
  };
}

// The weights of a head at position n, softmax of the scores of the `seen` first keys, and what they are made of.
function readWeights(array, seenBy) {
  const all = rowsAt(readArray(array));
  return (layer, head, n) => {
    const scores = all(layer, head, n);
    const seen = scores.slice(0, seenBy(n) ?? scores.length);
    const top = Math.max(...seen);
    const exps = seen.map((score) => Math.exp(score - top));
    return { scores: seen, weights: exps.map((exp) => exp / sum(exps)), logOfSum: top + Math.log(sum(exps)) };
  };
}

// All that there is to look at, out of the traits that `get` gives.
function readPass(get) {
  const [src, tgt, about, arrays, choices] = ["src_tokens", "tgt_tokens", "about", "arrays", "choices"].map(get);
  const [encoder, decoder] = ["encoder", "decoder"].map((side) => readStack(side, arrays, about));
  const attentions = {
    encoder: { "self-attention": readWeights(arrays.encoder_self, () => null) },
    decoder: {
      "self-attention": readWeights(arrays.decoder_self, (t) => t + 1),
      "cross-attention": readWeights(arrays.decoder_cross, () => null),
    },
  };
  const [logits, logSums] = [rowsAt(readArray(arrays.logits)), readArray(arrays.log_sums).values];
  const stages = { encoder: stagesOf("encoder", about), decoder: stagesOf("decoder", about) };
  const [E, D] = [stages.encoder.length, stages.decoder.length];
  const steps = E + D * tgt.length;
  return {
    src, tgt, about, encoder, decoder, attentions, stages, steps, read: ["<bos>", ...tgt.slice(0, -1)],
    word: (t) => ({ choices: choices[t], logits: logits(t).slice(0, choices[t].length), logOfSum: logSums[t] }),
    units: Math.max(encoder.start(0).vector.length, encoder.inside(0, 0).vector.length),
    shownUnits: { d_model: encoder.start(0).vector.length, d_ff: encoder.inside(0, 0).vector.length },
    // Where a step is: the written word t, -1 while the encoder reads, and the stage with its index.
    placeOf: (step) => {
      const t = step < E ? -1 : Math.floor((step - E) / D);
      const side = t < 0 ? "encoder" : "decoder";
      const index = t < 0 ? step : (step - E) % D;
      return { t, side, index, stage: stages[side][index] };
    },
    stepOf: (side, t, index) => (side === "encoder" ? index : E + D * t + index),
    // How many positions the cache of a decoder layer holds at a step.
    cached: (layer, { t, index }) => {
      if (t < 0) return 0;
      const kept = stages.decoder.findIndex((own) => own.layer === layer && own.kind === "weights");
      return t + (index >= kept ? 1 : 0);
    },
  };
}
