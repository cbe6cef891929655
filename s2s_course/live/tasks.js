// What is learned in the page: batches, answers, and what an answer costs. tasks.py has the same.
//
// A batch holds `inputs` (B rows of tokens), `answers` (B rows of what is asked for), and `tgtIn` for a model that
// writes one answer after the other: what it has written before each.
import { argmax } from "./greedy.js";
import { crossEntropy, Tensor } from "./tensor.js";

const [BLANK, DELIMITER] = [8, 9]; // behind the symbols 0 to 7
const [BOS, EOS, FIRST_LETTER] = [1, 2, 4]; // as vocab.js has them
const LETTERS = 26;

const times = (count, make) => Array.from({ length: count }, (_, n) => make(n));
const withPast = (batch, first) => ({ ...batch, tgtIn: batch.answers.map((row) => [first, ...row.slice(0, -1)]) });

// Each makes a batch of `count` rows.
export const TASKS = {
  // One symbol, blanks, a delimiter: which symbol was it? Asked for at the last step, `lag` + 1 after it was read.
  copy_memory(random, count, { lag }) {
    const symbols = times(count, () => random.below(BLANK));
    const inputs = symbols.map((symbol) => [symbol, ...Array(lag - 1).fill(BLANK), DELIMITER, BLANK]);
    return { inputs, answers: symbols.map((symbol) => [symbol]) };
  },

  // A word backwards, and its end.
  reversal(random, count, { length }) {
    const inputs = times(count, () => times(length, () => FIRST_LETTER + random.below(LETTERS)));
    return withPast({ inputs, answers: inputs.map((word) => [...[...word].reverse(), EOS]) }, BOS);
  },

  // Letters in the order of the alphabet. What is written first follows a token behind the letters.
  sorting(random, count, { length }) {
    const inputs = times(count, () => times(length, () => random.below(LETTERS)));
    return withPast({ inputs, answers: inputs.map((word) => [...word].sort((a, b) => a - b)) }, LETTERS);
  },
};

const writesOneByOne = (model) => Boolean(model.initState);

// What a model says to a batch: (B, T, V), a place for each answer.
const logitsOf = (model, { inputs, answers, tgtIn }) =>
  writesOneByOne(model) ? model.forward(inputs, tgtIn) : model.forward(inputs, answers[0].length);

// The mean cross-entropy of all answers that the batch asks for, in nats.
export const lossOf = (model, batch) => crossEntropy(logitsOf(model, batch), batch.answers.flat());

// A model's own answers (B rows) and, where a recurrent one attends, its weights (T, S) for the first row. Who writes
// one by one does it greedily, with its own answers as the past.
export function write(model, batch) {
  const { inputs, answers: [{ length }], tgtIn } = batch;
  if (!writesOneByOne(model)) {
    const flat = largest(logitsOf(model, batch));
    return { written: inputs.map((_, row) => flat.slice(row * length, (row + 1) * length)), map: null };
  }
  let [state, tokens] = [model.initState(inputs), tgtIn.map(([first]) => first)];
  const map = [];
  const steps = times(length, () => {
    const [logits, after] = model.step(tokens, state);
    [state, tokens] = [after, largest(logits)];
    if (after.weights instanceof Tensor) map.push([...after.weights.values.subarray(0, inputs[0].length)]);
    return tokens;
  });
  return { written: inputs.map((_, row) => steps.map((step) => step[row])), map: map.length ? map : null };
}

// The index of the greatest of each line of `logits` (…, V).
function largest(logits) {
  const V = logits.shape.at(-1);
  return times(logits.values.length / V, (n) => argmax(logits.values.subarray(n * V, (n + 1) * V)));
}

// How many of the answers are right.
export function shareRight(written, answers) {
  const right = answers.flatMap((row, n) => row.map((token, t) => (written[n][t] === token ? 1 : 0)));
  return right.reduce((sum, each) => sum + each, 0) / right.length;
}
