// The reader's own sentence in BeamTree: what beam_tree.js draws of it (see shared/own_sentence.js).

// What from_trace gives in Python, searched as the stored example was.
function ownTraits({ traces, translators, model }, text, { longest }) {
  const [beamSize, lengthPenalty] = [model.get("beam_size"), model.get("length_penalty")];
  const { nodes, ...traced } = traces.traceBeam(translators[0], text, { beamSize, lengthPenalty, longest });
  return {
    ...traced, nodes, step: Math.max(...nodes.map(({ step }) => step)) - 1, node: traced.winner,
  };
}

const ownChoices = choicesOf("rnn", "lstm", "gru", "bahdanau", "luong", "transformer", "decoder-only");
