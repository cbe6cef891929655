// The reader's own sentence in Gates: what gates.js draws of it (see shared/own_sentence.js).

const CARRIED = {
  lstm: ["forget", "input", "candidate", "output"],
  gru: ["reset", "update", "candidate_from_input", "candidate_from_hidden"],
};

// What from_trace gives in Python, of the encoder.
function ownTraits({ traces, translators }, text, { longest }) {
  const { tokens, cell, gates, hidden, memory_cell: memoryCell } =
    traces.traceEncoder(translators[0], text, { longest });
  const { shape: [steps, units], values } = memoryCell ?? hidden;
  const states = { shape: [steps + 1, units], values: Float64Array.of(...Array(units).fill(0), ...values) };
  const carry = (name) => [name, asCarried(gates[name])];
  return {
    cell, tokens, gates: Object.fromEntries(CARRIED[cell].map(carry)), states: asCarried(states), step: 0, unit: 0,
  };
}

const encoderOf = (name) => ({ ...choicesOf(name)[0], says: `read by the encoder of the ${LABELS[name]} translator` });
// The stored example's cell first.
const ownChoices = (model) =>
  (model.get("cell") === "gru" ? ["gru", "lstm"] : ["lstm", "gru"]).map(encoderOf);
