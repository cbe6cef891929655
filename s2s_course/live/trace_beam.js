// Everything that beam search looked at while it translated one sentence: trace/beam.py.
import { beamSearch, divisor } from "./beam.js";
import { largest } from "./greedy.js";
import { readSource } from "./translate.js";
import { EOS_INDEX } from "./vocab.js";
import { ENDS, logProbabilities, MAX_LENGTH, namesOf } from "./walk.js";

// What was kept of each step and the `pruned` next best.
export function traceBeam(translator, text, {
  beamSize = 5, lengthPenalty = 0.6, maxLength = MAX_LENGTH, pruned = 2, longest,
} = {}) {
  const { model, srcCodec, tgtCodec } = translator;
  const { indices } = readSource(translator, text, longest);
  const steps = [];
  const watch = (step) => steps.push(step);
  const output = beamSearch(model, indices, { ...ENDS, maxLength, beamSize, lengthPenalty, watch });
  const [nodes, written] = [[], []]; // of each node: its numbers, and the tokens from the first to its own
  let beam = [-1]; // the node at each place of the beam
  for (const step of steps) {
    const beamBefore = beam;
    beam = [];
    candidates(step, pruned).forEach(({ total, parent, token }, place) => {
      beam.push(nodes.length);
      if (total === -Infinity) return;
      const kept = token === EOS_INDEX ? "finished" : "kept";
      const node = {
        step: step.length, token: namesOf(tgtCodec, [token])[0], parent: beamBefore[parent],
        log_probability: total - step.before[parent], total, score: total / divisor(step.length, lengthPenalty),
        fate: place < step.kept.length ? kept : "pruned",
      };
      nodes.push(node);
      written.push([...(written[node.parent] ?? []), token]);
    });
  }
  const isOutput = (tokens) => tokens.length === output.length && tokens.every((token, n) => token === output[n]);
  return {
    src_tokens: namesOf(srcCodec, indices), beam_size: beamSize, length_penalty: lengthPenalty, nodes,
    winner: written.findIndex(isOutput),
  };
}

// What was kept, then the best of the rest.
function candidates({ before, logits: { values, shape: [, V] }, kept }, pruned) {
  const totals = new Float64Array(values.length);
  before.forEach((total, parent) => {
    const row = logProbabilities(values.subarray(parent * V, (parent + 1) * V));
    totals.set(row.map((each) => total + each), parent * V);
  });
  for (const { parent, token } of kept) totals[parent * V + token] = -Infinity;
  const others = largest(totals, pruned)
    .map((place) => ({ total: totals[place], parent: Math.floor(place / V), token: place % V }));
  return [...kept, ...others];
}
