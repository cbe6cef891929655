// The contract that every encoder–decoder keeps: models/contract.py.
//
//   logits = model.forward(src, tgtIn, srcMask)         // teacher forcing                   (B, T, V)
//   state = model.initState(src, srcMask)               // inference: read the source once,
//   [logits, state] = model.step(tokens, state)         // then one token a row              (B, V)
//
// `src`, `tgtIn` and `tokens` are arrays of indices, a mask a tensor (B, S) that is 1 at real tokens, or null.
import { select, Tensor } from "./tensor.js";

// What a decoder knows between two steps. Every tensor has the batch as its first axis.
export class State {
  constructor(fields) {
    Object.assign(this, fields);
  }

  // The state after a step that changed `fields`.
  after(fields) {
    return new State({ ...this, ...fields });
  }

  // The state of some rows, in the order of `rows`: to follow a beam.
  select(rows) {
    return new State(rowsOf({ ...this }, rows));
  }
}

function rowsOf(value, rows) {
  if (value instanceof Tensor) return select(value, rows);
  if (Array.isArray(value)) return value.map((each) => rowsOf(each, rows));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, rowsOf(each, rows)]));
}

export class EncoderDecoder {
  forward(src, tgtIn, srcMask = null) {
    return this.toLogits(this.outputs(src, tgtIn, srcMask));
  }
}
