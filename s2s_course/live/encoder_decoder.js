// The recurrent encoder–decoders: plain, Bahdanau's and Luong's. models/recurrent.py, plain.py, bahdanau.py, luong.py.
import { Attention } from "./attention.js";
import { EncoderDecoder, State } from "./contract.js";
import { at, Recurrent } from "./recurrent.js";
import { cat, embedding, narrow, reshape, tanh, zeros } from "./tensor.js";
import { watched } from "./watch.js";
import { below, linearOf } from "./weights.js";

class RecurrentEncoderDecoder extends EncoderDecoder {
  constructor(config, weights) {
    super();
    this.config = config;
    const { cell, num_layers: numLayers, bidirectional } = config;
    this.srcEmbedding = weights("src_embedding.weight");
    this.tgtEmbedding = weights("tgt_embedding.weight");
    this.encoder = new Recurrent(cell, below(weights, "encoder"), { numLayers, bidirectional });
    this.decoder = new Recurrent(cell, below(weights, "decoder"), { numLayers });
    if (bidirectional) this.bridge = linearOf(weights, "bridge");
    this.toLogits = linearOf(weights, "to_logits");
  }

  // The encoder's state at every source token, and the decoder's first state.
  encode(src, srcMask) {
    const [memory, last] = this.encoder.forward(watched("source vectors", embedding(this.srcEmbedding, src)), srcMask);
    if (!this.bridge) return [memory, last];
    const both = (part) => reshape(part, [part.shape[0], part.shape[1] / 2, 2 * part.shape[2]]);
    return [memory, last.map((part) => tanh(this.bridge(both(part))))];
  }

  // All steps, with the true past given: one call of `advance`, where it does not read what came out before.
  outputs(src, tgtIn, srcMask) {
    const embedded = watched("target vectors", embedding(this.tgtEmbedding, tgtIn));
    let state = this.initState(src, srcMask);
    if (!this.oneByOne) return this.advance(embedded, state)[0];
    const outputs = tgtIn[0].map((_, t) => {
      const [output, after] = this.advance(narrow(embedded, 1, t, 1), state);
      state = after;
      return output;
    });
    return cat(outputs, 1);
  }

  step(tokens, state) {
    const [, after] = this.advance(embedding(this.tgtEmbedding, tokens.map((token) => [token])), state);
    return [this.toLogits(after.output), after];
  }
}

// The last of the steps (B, T, n): (B, n)
const lastOf = (steps) => at(steps, steps.shape[1] - 1);

// One vector c, the encoder's last state, is all that passes: at the first step, or at every step.
export class PlainEncoderDecoder extends RecurrentEncoderDecoder {
  initState(src, srcMask = null) {
    const [memory, layers] = this.encode(src, srcMask);
    const c = lastOf(layers[0]);
    return new State({ memory, srcMask, output: c, weights: null, context: c, layers });
  }

  // z_t = g(z_{t-1}, y_{t-1}) or g(z_{t-1}, [y_{t-1}; c])
  advance(embedded, state) {
    const { context: c } = state;
    const repeated = () => cat(Array(embedded.shape[1]).fill(reshape(c, [c.shape[0], 1, c.shape[1]])), 1);
    const inputs = this.config.context === "every_step" ? cat([embedded, repeated()]) : embedded;
    const [hidden, layers] = this.decoder.forward(inputs, null, state.layers);
    return [hidden, state.after({ output: lastOf(hidden), layers })];
  }
}

class AttentionalEncoderDecoder extends RecurrentEncoderDecoder {
  constructor(config, weights) {
    super(config, weights);
    this.attention = new Attention(config, below(weights, "attention"));
    this.combine = linearOf(weights, "combine");
    this.outputSize = weights("combine.weight").shape[0];
  }

  initState(src, srcMask = null) {
    const [memory, layers] = this.encode(src, srcMask);
    const [B, , M] = memory.shape;
    return new State({
      memory, srcMask, layers, keys: this.attention.score.keys(memory), position: 0, weights: null,
      output: zeros([B, this.outputSize]), context: zeros([B, M]),
    });
  }

  attend(query, { keys, memory, srcMask, position }) {
    return this.attention.forward(query, keys, memory, srcMask, position);
  }

  after(state, { outputs, context, weights, layers }) {
    return state.after({
      output: lastOf(outputs), context: lastOf(context), weights: lastOf(weights), layers,
      position: state.position + outputs.shape[1],
    });
  }
}

// z_{t-1} asks, and the answer c_t goes into z_t.
export class BahdanauEncoderDecoder extends AttentionalEncoderDecoder {
  order = "bahdanau";
  oneByOne = true;

  query({ layers: [hidden] }) {
    return narrow(hidden, 1, hidden.shape[1] - 1, 1);
  }

  advance(embedded, state) {
    const [context, weights] = this.attend(this.query(state), state); // c_t
    const [hidden, layers] = this.decoder.forward(cat([embedded, context]), null, state.layers); // z_t
    const outputs = tanh(this.combine(cat([context, hidden, embedded]))); // of [c_t; z_t; y_{t-1}]
    return [outputs, this.after(state, { outputs, context, weights, layers })];
  }
}

// z_t asks, and the answer c_t joins it in a_t.
export class LuongEncoderDecoder extends AttentionalEncoderDecoder {
  order = "luong";

  constructor(config, weights) {
    super(config, weights);
    this.oneByOne = config.input_feeding;
  }

  advance(embedded, state) {
    const { output } = state;
    const fed = () => reshape(output, [output.shape[0], 1, output.shape[1]]); // a_{t-1}
    const inputs = this.config.input_feeding ? cat([embedded, fed()]) : embedded;
    const [hidden, layers] = this.decoder.forward(inputs, null, state.layers); // z_t
    const [context, weights] = this.attend(hidden, state); // c_t
    const outputs = tanh(this.combine(cat([context, hidden]))); // a_t, of [c_t; z_t]
    return [outputs, this.after(state, { outputs, context, weights, layers })];
  }
}
