// The reader's own sentence in QueryKeyValue: what query_key_value.js draws of it (see shared/own_sentence.js).

const MOST = 16; // tokens on either side
const KINDS = { encoder: "encoder self-attention", decoder: "decoder self-attention", cross: "cross-attention" };
const TRAINED = { layers: 2, heads: 4 }; // of the stored Transformer: to choose from before it is loaded

// What from_trace gives in Python, of the first words.
function ownTraits({ traces, translators, choice }, text, { longest }) {
  const { kind, layer, head } = choice;
  const traced = traces.traceHead(translators[0], text, { kind, layer, head, maxLength: MOST, longest });
  const { tokens, key_tokens: keyTokens, query, key, value } = traced;
  return {
    title: `${shortened(text)} (${choice.group}, ${choice.place})`, tokens, key_tokens: keyTokens,
    vectors: { query, key, value }, allowed: {}, can_be_causal: kind !== "cross", causal: kind === "decoder",
    masked: false, scaled: true, row: 0, column: 0,
  };
}

const ownChoices = Object.entries(KINDS).flatMap(([kind, group]) =>
  Array.from({ length: TRAINED.layers * TRAINED.heads }, (_, n) => {
    const [layer, head] = [Math.floor(n / TRAINED.heads), n % TRAINED.heads];
    const place = `layer ${layer + 1}, head ${head + 1}`;
    const says = `in ${group} of the Transformer, ${place}`;
    return { label: `${kind}, ${place}`, group, place, says, models: ["transformer"], kind, layer, head };
  }));
