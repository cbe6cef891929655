// Beam search for one sentence: decoding/beam.py, where it is explained.
import { largest } from "./greedy.js";
import { logSumExp } from "./tensor.js";

// What log P of `length` tokens, <eos> included, is divided by (Wu et al. 2016, equation 14).
export const divisor = (length, lengthPenalty) => ((5 + length) / 6) ** lengthPenalty;

// At most `maxLength` tokens, with <eos> last if it was reached. `watch` is told of each step: `before` and `logits` of
// the hypotheses that went in, and what came out, best first: { total, parent, token }.
export function beamSearch(model, src, {
  maxLength, bosIndex, eosIndex, beamSize = 5, lengthPenalty = 0.6, watch = () => {}, srcMask = null,
}) {
  let state = model.initState([src], srcMask);
  let beam = [{ tokens: [], total: 0 }];
  let best = { score: -Infinity, tokens: null };
  for (let length = 1; length <= maxLength; length++) {
    const last = beam.map(({ tokens }) => tokens.at(-1) ?? bosIndex);
    const [logits, after] = model.step(last, state);
    const kept = likeliest(logits, beam.map(({ total }) => total), beamSize);
    watch({ length, before: beam.map(({ total }) => total), logits, kept });
    const grown = kept.map(({ total, parent, token }) => ({ total, parent, tokens: [...beam[parent].tokens, token] }));
    for (const { total, tokens } of grown) {
      const score = total / divisor(length, lengthPenalty);
      if (tokens.at(-1) === eosIndex && score > best.score) best = { score, tokens };
    }
    beam = grown.map((hypothesis) =>
      hypothesis.tokens.at(-1) === eosIndex ? { ...hypothesis, total: -Infinity } : hypothesis);
    const reachable = Math.max(...beam.map(({ total }) => total)) / divisor(maxLength, lengthPenalty);
    if (!(reachable > best.score)) return best.tokens;
    state = after.select(beam.map(({ parent }) => parent));
  }
  return best.tokens ?? beam[0].tokens;
}

// The `beamSize` likeliest ways to go on: log P, the hypothesis each goes on from, and its token.
export function likeliest({ values, shape: [L, V] }, totals, beamSize) {
  const ways = totals.flatMap((total, parent) => {
    const start = parent * V;
    const logTotal = logSumExp(values, start, V);
    return largest(values.subarray(start, start + V), beamSize)
      .map((token) => ({ total: total + values[start + token] - logTotal, parent, token }));
  });
  return ways.sort((a, b) => (a.total === b.total ? 0 : b.total - a.total)).slice(0, beamSize);
}
