// What is learned in the page: batches, answers, and what an answer costs. tasks.py has the same.
//
// A batch holds `inputs` (B rows of tokens), `answers` (B rows of what is asked for), and for an encoder–decoder
// `tgtIn` (what it has written before each answer).
import { argmax } from "./greedy.js";
import { crossEntropy, narrow } from "./tensor.js";

const BLANK = 8; // the symbols 0 to 7, the blank, the delimiter
const DELIMITER = 9;
export const [BOS, EOS, FIRST_LETTER] = [1, 2, 4]; // as text/vocab.py has them
const LETTERS = 26;

const times = (count, make) => Array.from({ length: count }, (_, n) => make(n));

// The index of the greatest of each line of `logits` (…, V).
function largest(logits) {
  const V = logits.shape.at(-1);
  return times(logits.values.length / V, (n) => argmax(logits.values.subarray(n * V, (n + 1) * V)));
}

// Cut a flat array into rows.
const rows = (flat, length) => times(flat.length / length, (n) => flat.slice(n * length, (n + 1) * length));

// One symbol, blanks, a delimiter: which symbol was it? Asked for at the last step, `lag` + 1 after it was read.
const copyMemory = {
  batch(random, { lag }, count) {
    const symbols = times(count, () => random.below(BLANK));
    return {
      inputs: symbols.map((symbol) => [symbol, ...Array(lag - 1).fill(BLANK), DELIMITER, BLANK]),
      answers: symbols.map((symbol) => [symbol]),
    };
  },
  // Only the last step is asked.
  logits: (model, { inputs }) => model.toOutputs(narrow(model.outputs(inputs), 1, inputs[0].length - 1, 1)),
  write: (model, batch) => ({ written: largest(copyMemory.logits(model, batch)).map((symbol) => [symbol]) }),
};

// A word backwards, letter by letter.
const reversal = {
  batch(random, { length }, count) {
    const inputs = times(count, () => times(length, () => FIRST_LETTER + random.below(LETTERS)));
    const answers = inputs.map((word) => [...word.toReversed(), EOS]);
    return { inputs, answers, tgtIn: answers.map((word) => [BOS, ...word.slice(0, -1)]) };
  },
  logits: (model, { inputs, tgtIn }) => model.forward(inputs, tgtIn),
  // Greedily, with its own letters as the past; `map` has the weights (T, S) of the first word, if the model attends.
  write(model, { inputs, answers: [{ length }] }) {
    let [state, tokens, map] = [model.initState(inputs), inputs.map(() => BOS), []];
    const steps = times(length, () => {
      const [logits, after] = model.step(tokens, state);
      [state, tokens] = [after, largest(logits)];
      if (after.weights) map.push(after.weights.values.slice(0, inputs[0].length));
      return tokens;
    });
    return { written: inputs.map((_, row) => steps.map((step) => step[row])), map: map.length ? map : null };
  },
};

// Letters in the order of the alphabet: at each place, which letter belongs there?
const sorting = {
  batch(random, { length }, count) {
    const inputs = times(count, () => times(length, () => random.below(LETTERS)));
    return { inputs, answers: inputs.map((word) => word.toSorted((a, b) => a - b)) };
  },
  logits: (model, { inputs }) => model.forward(inputs),
  write: (model, batch) => ({ written: rows(largest(sorting.logits(model, batch)), batch.inputs[0].length) }),
};

export const TASKS = { copy_memory: copyMemory, reversal, sorting };

// The mean cross-entropy of all answers that the batch asks for, in nats.
export const lossOf = (task, model, batch) => crossEntropy(task.logits(model, batch), batch.answers.flat());

// How many of the answers are right.
export function shareRight(written, answers) {
  const right = answers.flatMap((row, n) => row.map((token, t) => (written[n][t] === token ? 1 : 0)));
  return right.reduce((sum, each) => sum + each, 0) / right.length;
}
