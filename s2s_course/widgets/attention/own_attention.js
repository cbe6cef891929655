// The reader's own sentence in Attention: what attention.js draws of it (see shared/own_sentence.js).

const BEGIN = { kind: "", layer: 0, head: 0, row: 0, column: 0, side: "target" };

// What from_traces gives in Python or, of a Transformer, from_heads.
function ownTraits({ traces, translators }, text, { longest }) {
  if (translators[0].name === "transformer") {
    const traced = traces.traceHeads(translators[0], text, { longest });
    const says = `It writes: ${asWritten(traced.tgt_tokens)}`;
    return { ...BEGIN, kind: "cross", src_tokens: [], panels: [], stacks: ownStacks(traced), says };
  }
  const traced = translators.map((translator) => traces.trace(translator, text, { longest }));
  const panels = traced.map(({ tgt_tokens: tgt, attention }, n) =>
    ({ name: LABELS[translators[n].name], tgt_tokens: tgt, weights: attention, score: null }));
  const says = panels.map(({ name, tgt_tokens: tgt }) => `${name} writes: ${asWritten(tgt)}`).join(" ");
  return { ...BEGIN, src_tokens: traced[0].src_tokens, panels, stacks: [], says };
}

function ownStacks({ src_tokens: src, tgt_tokens: tgt, read_tokens: read, encoder, decoder, cross }) {
  const stack = (kind, label, sides, rows, columns, weights) => ({
    kind, label, sides, tgt_tokens: rows, src_tokens: columns, causal: kind === "decoder", weights,
    gold: null, scores: null,
  });
  return [
    stack("encoder", "encoder self-attention", ["query", "key"], src, src, encoder),
    stack("decoder", "decoder self-attention", ["query", "key"], read, read, decoder),
    stack("cross", "cross-attention", ["target", "source"], tgt, src, cross),
  ];
}

const BOTH = { label: "Bahdanau and Luong", models: ["bahdanau", "luong"] };

// What the stored example shows first: heads, several models, one model.
function ownChoices(model) {
  const [heads, single] = [choicesOf("transformer"), choicesOf("bahdanau", "luong")];
  if (model.get("stacks").length) return [...heads, ...single, BOTH];
  return model.get("panels").length > 1 ? [BOTH, ...single, ...heads] : [...single, BOTH, ...heads];
}
