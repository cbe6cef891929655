// The reader's own sentence in HiddenStates: what hidden_states.js draws of it (see shared/own_sentence.js).

const ENCODERS = { label: "RNN, GRU, LSTM: encoders", models: ["rnn", "gru", "lstm"] };

// What from_trace gives in Python, or, of several models, what compare gives.
function ownTraits({ traces, translators, choice }, text, { longest }) {
  if (choice === ENCODERS) return { panels: encoderPanels(traces, translators, text, longest), step: 0, unit: 0, marks: [] };
  const traced = traces.trace(translators[0], text, { longest });
  const { src_tokens: src, tgt_tokens: tgt } = traced;
  const encoder = { name: "Encoder", note: "reads", tokens: src, states: traced.encoder_states, first: 0 };
  const decoder = { name: "Decoder", note: "writes", tokens: tgt, states: traced.decoder_states, first: src.length };
  return { panels: [encoder, decoder], step: 0, unit: 0, marks: [], says: `It writes: ${asWritten(tgt)}` };
}

function encoderPanels(traces, translators, text, longest) {
  return translators.flatMap((translator) => {
    const { tokens, hidden, memory_cell: cell } = traces.traceEncoder(translator, text, { longest });
    const panel = (name, states) => ({ name, note: `${states.shape[1]} units`, tokens, states, first: 0 });
    const name = LABELS[translator.name];
    return [panel(name, hidden), ...(cell ? [panel(`${name} cell state`, cell)] : [])];
  });
}

// What is compared is compared first.
function ownChoices(model) {
  const single = choicesOf("rnn", "lstm", "gru", "bahdanau", "luong", "transformer", "decoder-only");
  return model.get("panels").every(({ first }) => first === 0) ? [ENCODERS, ...single] : [...single, ENCODERS];
}
