// A recurrent network that reads a sequence of tokens and answers at every step: models/sequence.py.
import { Recurrent } from "./recurrent.js";
import { embedding } from "./tensor.js";
import { below, linearOf } from "./weights.js";

export class SequenceModel {
  constructor({ cell }, weights) {
    this.embedding = weights("embedding.weight");
    this.recurrent = new Recurrent(cell, below(weights, "recurrent"));
    this.toOutputs = linearOf(weights, "to_outputs");
  }

  // The hidden states (B, S, H) after each of the tokens (B, S), arrays of indices.
  outputs(tokens) {
    return this.recurrent.forward(embedding(this.embedding, tokens))[0];
  }

  // Logits (B, S, O) at every step.
  forward(tokens) {
    return this.toOutputs(this.outputs(tokens));
  }
}
