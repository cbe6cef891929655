// One sentence through an encoder–decoder: the walk that every trace makes (trace/walk.py), and its arrays.
//
// An array is { shape, values }, in row-major order. Everything else has the names that it has in trace/.
import { greedy, greedySteps } from "./greedy.js";
import { logSumExp } from "./tensor.js";
import { readSource } from "./translate.js";
import { BOS_INDEX, EOS_INDEX } from "./vocab.js";

export const MAX_LENGTH = 100;
export const ENDS = { bosIndex: BOS_INDEX, eosIndex: EOS_INDEX };

export const array = (shape, values) => ({ shape, values: Float64Array.from(values) });

// Rows of equally many numbers, below each other: (rows, n)
export function rowsOf(rows) {
  const values = new Float64Array(rows.length * rows[0].length);
  rows.forEach((row, n) => values.set(row, n * row.length));
  return { shape: [rows.length, rows[0].length], values };
}

// Tensors of one shape in one array, as torch.stack makes it; each has a batch of one, which is left out.
export function stacked(tensors) {
  const { shape } = tensors[0];
  return array([tensors.length, ...shape.slice(1)], rowsOf(tensors.map(({ values }) => values)).values);
}

export const namesOf = (codec, indices) => codec.vocab.decode(indices);

export function logProbabilities(logits) {
  const total = logSumExp(logits, 0, logits.length);
  return Float64Array.from(logits, (logit) => logit - total);
}

// The target tokens of `forced`: of a text with <eos> behind it, or what a model wrote, as it is.
export const pathAlong = ({ tgtCodec }, forced) =>
  (typeof forced === "string" ? [...tgtCodec.encode(forced), EOS_INDEX] : forced);

// What the encoder reads, and every step on the way to <eos>, greedily or along `forced`. Of a longer sentence the
// first `longest` words are read.
export function walk(translator, text, { forced = null, maxLength = MAX_LENGTH, longest }) {
  const { indices } = readSource(translator, text, longest);
  const path = forced === null ? null : pathAlong(translator, forced);
  const steps = [...greedySteps(translator.model, indices, { ...ENDS, maxLength, forced: path })];
  return {
    steps,
    src_tokens: namesOf(translator.srcCodec, indices),
    tgt_tokens: namesOf(translator.tgtCodec, steps.map(({ token }) => token)),
  };
}

// What a model reads and writes, greedily or along `forced`: indices, and their tokens.
export function readAndWritten(translator, text, { forced = null, maxLength = MAX_LENGTH, longest }) {
  const { indices } = readSource(translator, text, longest);
  const written = forced === null
    ? greedy(translator.model, indices, { ...ENDS, maxLength }) : pathAlong(translator, forced);
  const read = [BOS_INDEX, ...written.slice(0, -1)];
  const names = (own) => namesOf(translator.tgtCodec, own);
  const tokens = {
    src_tokens: namesOf(translator.srcCodec, indices), tgt_tokens: names(written), read_tokens: names(read),
  };
  return { indices, written, read, tokens };
}
