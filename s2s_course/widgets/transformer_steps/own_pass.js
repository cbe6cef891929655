// The traits of TransformerSteps for a sentence that a reader has typed, as from_trace makes them in Python.

const TOP = 5; // words shown for each step
const ADDED = ["sinusoidal", "learned"]; // positions that are a vector added to the word's

const shaped = (shape, values) => ({ shape, values: Float64Array.from(values) });

// The vectors of an array, whatever axes stand before the last.
function vectorsOf({ shape, values }) {
  const width = shape.at(-1);
  return Array.from({ length: values.length / width }, (_, row) => values.subarray(row * width, (row + 1) * width));
}

const sizeOf = (vector) => Math.sqrt(vector.reduce((total, value) => total + value * value, 0));
const sizesOf = (array) => vectorsOf(array).map(sizeOf);

// The mean of a vector, and the deviation that a norm divides by.
function momentsOf(vector) {
  const mean = sum(Array.from(vector)) / vector.length;
  const variance = vector.reduce((total, value) => total + (value - mean) ** 2, 0) / vector.length;
  return [mean, Math.sqrt(variance + EPSILON)];
}

// What is carried of one stack.
function ownStack(side, stack) {
  const { words, start, streams, inside, changes, norms, outputs, scores } = stack;
  const { norm_maps: maps, last_norm_map: last } = stack;
  const [L, P, N] = streams.shape;
  const changeSizes = sizesOf(changes);
  const arrays = {
    words, start, streams, inside, norms: maps, ...(last && { last_norm: last }),
    moments: shaped([1 + L * P, N, 2], [...vectorsOf(start), ...vectorsOf(streams)].flatMap(momentsOf)),
    sizes: shaped([L, P, N, 2], sizesOf(norms).flatMap((norm, n) => [changeSizes[n], norm])),
    ends: shaped([2, N], [...sizesOf(words), ...sizesOf(outputs)]),
    active: shaped([L, N], vectorsOf(inside).map((vector) => vector.filter((value) => value > 0).length)),
    strongest: shaped([L, N, 2], vectorsOf(inside).flatMap((vector) => {
      const most = Math.max(...vector);
      return [vector.indexOf(most), most];
    })),
    ...Object.fromEntries(Object.entries(scores).map(([part, each]) => [part.replace("_attention", ""), each])),
  };
  return Object.fromEntries(Object.entries(arrays).map(([name, array]) => [`${side}_${name}`, array]));
}

// For each step the most probable words, and the written one if it is not among them; their logits.
function ownChoices({ logits: { shape: [T, V], values }, tgt_tokens: tgt, vocabulary }) {
  const logits = shaped([T, TOP + 1], new Float64Array(T * (TOP + 1)));
  const choices = tgt.map((token, t) => {
    const row = values.subarray(t * V, (t + 1) * V);
    const top = [...row.keys()].sort((a, b) => row[b] - row[a]).slice(0, TOP);
    const written = vocabulary.indexOf(token);
    const shown = top.includes(written) ? top : [...top, written];
    logits.values.set(shown.map((index) => row[index]), t * (TOP + 1));
    return shown.map((index) => vocabulary[index]);
  });
  return { choices, logits };
}

function ownTraits({ traces, translators }, text, { longest }) {
  const traced = traces.traceTransformer(translators[0], text, { longest });
  const { encoder, decoder, src_tokens: src, tgt_tokens: tgt, positions, vocabulary } = traced;
  const { choices, logits } = ownChoices(traced);
  const [L, H] = encoder.scores.self_attention.shape;
  const logSums = tgt.map((_, t) => traced.logits.values[t * vocabulary.length]
    - traced.log_probabilities.values[t * vocabulary.length]);
  return {
    src_tokens: src, tgt_tokens: tgt, choices,
    about: {
      d_model: encoder.start.shape[1], d_ff: encoder.inside.shape[2], num_heads: H, num_layers: L,
      vocabulary: vocabulary.length, norm_first: traced.norm_first, positions,
      added: ADDED.includes(positions) && !traced.norm_embedding,
    },
    arrays: {
      ...ownStack("encoder", encoder), ...ownStack("decoder", decoder), logits,
      log_sums: shaped([tgt.length], logSums),
    },
    step: 0, word: 0, head: 0, unit: 0, says: `It writes: ${asWritten(tgt)}`,
  };
}
