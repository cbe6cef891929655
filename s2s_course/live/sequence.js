// A recurrent network that reads a sequence of tokens and answers at every step: models/sequence.py.
import { Recurrent } from "./recurrent.js";
import { embedding, narrow } from "./tensor.js";
import { below, linearOf } from "./weights.js";

export class SequenceModel {
  constructor({ cell }, weights) {
    this.embedding = weights("embedding.weight");
    this.recurrent = new Recurrent(cell, below(weights, "recurrent"));
    this.toOutputs = linearOf(weights, "to_outputs");
  }

  // Logits (B, n, O) at the last n of the tokens (B, S), arrays of indices; without n at all of them.
  forward(tokens, last = tokens[0].length) {
    const [hidden] = this.recurrent.forward(embedding(this.embedding, tokens));
    return this.toOutputs(narrow(hidden, 1, tokens[0].length - last, last));
  }
}
