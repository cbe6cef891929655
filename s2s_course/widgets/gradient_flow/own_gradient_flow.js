// The reader's own sentence in GradientFlow: what gradient_flow.js draws of it (see shared/own_sentence.js).

const WRITTEN = 32; // words at most: each has a loss, and a gradient for each input

// log10 of the gradients of an (S, S) array, as from_norms stores them: relative to lag 0 of the same step.
function logarithms({ shape: [steps], values }) {
  const size = (step, s) => values[step * steps + s];
  const logarithm = (number) => (number > 0 ? Math.log10(number) : NOTHING);
  const lagZero = Array.from({ length: steps }, (_, step) => logarithm(size(step, step)));
  const relative = lagZero.flatMap((start, step) => Array.from({ length: step + 1 }, (_, s) => {
    if (size(step, s) === 0) return NOTHING;
    const level = Math.log10(size(step, s)) - start;
    return level < FLOOR ? BELOW : level;
  }));
  const array = (list) => ({ shape: [list.length], values: Float64Array.from(list) });
  return { relative: array(relative), lag_zero: array(lagZero) };
}

// A loss for each word that is written, of encoder–decoders that first read the sentence. Where several are compared,
// they write the same words: those of the one that translates best.
async function ownTraits({ traces, translators, model }, text, { longest }) {
  const { models } = await liveAsset(model, "course");
  const [best] = [...translators].sort((a, b) => models[b.name].bleu - models[a.name].bleu);
  const { written: forced } = traces.readAndWritten(best, text, { maxLength: WRITTEN, longest });
  const traced = translators.map((translator) => traces.traceGradients(translator, text, { forced, longest }));
  const [{ tokens }] = traced;
  const first = tokens.indexOf("<bos>");
  return {
    tokens, step: tokens.length - 1, lag: tokens.length - 1 - first,
    cells: traced.map(({ norms }, n) => ({ name: LABELS[translators[n].name], ...logarithms(norms) })),
    says: `It is read up to <eos>; from <bos> on each step writes a word and has a loss${
      translators.length > 1 ? `, all along what the ${LABELS[best.name]} writes` : ""}.`,
  };
}

const ownChoices = [
  { label: "RNN, LSTM and GRU", models: ["rnn", "lstm", "gru"] }, ...choicesOf("rnn", "lstm", "gru"),
];
