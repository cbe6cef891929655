// The three recurrent cells, one step in time: layers/cells.py.
//
// x input, h hidden state (h' the one before), W the weights on the input, U those on the hidden state. A state is a
// list whose first tensor is h; an LSTM adds its cell state c. All tensors have the batch first.
import { add, chunk, linear, mul, oneMinus, sigmoid, tanh } from "./tensor.js";

class Cell {
  constructor({ W, U, bInput, bHidden }) {
    this.hiddenSize = U.shape[1];
    this.fromInput = (x) => linear(x, W, bInput);
    this.fromHidden = (h) => linear(h, U, bHidden);
  }
}

// h = tanh(W x + U h' + b)
class RNNCell extends Cell {
  static stateNames = ["hidden"];

  gates() {
    return {};
  }

  step(x, [h]) {
    return [tanh(add(this.fromInput(x), this.fromHidden(h)))];
  }
}

// c = f · c' + i · g, and h = o · tanh(c)
class LSTMCell extends Cell {
  static stateNames = ["hidden", "cell"];

  gates(x, h) {
    const [i, f, g, o] = chunk(add(this.fromInput(x), this.fromHidden(h)), 4);
    return { input: sigmoid(i), forget: sigmoid(f), candidate: tanh(g), output: sigmoid(o) };
  }

  step(x, [h, c]) {
    const { input: i, forget: f, candidate: g, output: o } = this.gates(x, h);
    const cell = add(mul(f, c), mul(i, g));
    return [mul(o, tanh(cell)), cell];
  }
}

// h = (1 − z) · n + z · h', where r multiplies U h' in the candidate n
class GRUCell extends Cell {
  static stateNames = ["hidden"];

  gates(x, h) {
    const [rInput, zInput, nInput] = chunk(this.fromInput(x), 3);
    const [rHidden, zHidden, nHidden] = chunk(this.fromHidden(h), 3);
    const reset = sigmoid(add(rInput, rHidden));
    return {
      reset,
      update: sigmoid(add(zInput, zHidden)),
      candidate: tanh(add(nInput, mul(reset, nHidden))),
      candidate_from_input: nInput,
      candidate_from_hidden: nHidden,
    };
  }

  step(x, [h]) {
    const { update: z, candidate: n } = this.gates(x, h);
    return [add(mul(oneMinus(z), n), mul(z, h))];
  }
}

export const CELLS = { rnn: RNNCell, lstm: LSTMCell, gru: GRUCell };
