// Recurrent networks, a loop over time: layers/recurrent.py, with the weights of layers/fused.py.
import { CELLS } from "./cells.js";
import { add, cat, mul, narrow, oneMinus, reshape, zeros } from "./tensor.js";

// `numLayers` layers, each reading the outputs of the one below; with `bidirectional` two cells in each.
export class Recurrent {
  constructor(cell, weights, { numLayers = 1, bidirectional = false } = {}) {
    this.cell = cell;
    this.stateNames = CELLS[cell].stateNames;
    this.directions = bidirectional ? ["", "_reverse"] : [""];
    const names = Array.from({ length: numLayers }, (_, layer) => this.directions.map((way) => `l${layer}${way}`));
    this.layers = names.map((ways) => ways.map((name) => new CELLS[cell]({
      W: weights(`rnn.weight_ih_${name}`), U: weights(`rnn.weight_hh_${name}`),
      bInput: weights(`rnn.bias_ih_${name}`), bHidden: weights(`rnn.bias_hh_${name}`),
    })));
    this.hiddenSize = this.layers[0][0].hiddenSize;
  }

  // From inputs (B, S, E) to the top layer's hidden states (B, S, D), zero at padding, and the last state: tensors
  // (B, cells, H). `mask` (B, S) is 1 at real steps; without it all are real. Without `state` all begin at zero.
  forward(inputs, mask = null, state = null) {
    const [B] = inputs.shape;
    const last = [];
    for (const cells of this.layers) {
      const outputs = cells.map((cell, direction) => {
        const first = this.stateNames.map((_, part) =>
          state ? at(state[part], last.length) : zeros([B, this.hiddenSize]));
        const [hidden, after] = unroll(cell, inputs, mask, first, direction === 1);
        last.push(after);
        return hidden;
      });
      inputs = outputs.length === 1 ? outputs[0] : cat(outputs);
    }
    return [inputs, this.stateNames.map((_, part) => stack(last.map((parts) => parts[part])))];
  }
}

// Read step by step: the hidden state after every step, and the last state. Padding leaves the state as it is.
function unroll(cell, inputs, mask, state, backwards) {
  const steps = Array.from({ length: inputs.shape[1] }, (_, t) => t);
  const outputs = [];
  for (const t of backwards ? steps.reverse() : steps) {
    let after = cell.step(at(inputs, t), state);
    if (mask) {
      const real = narrow(mask, 1, t, 1);
      after = after.map((part, n) => add(mul(real, part), mul(oneMinus(real), state[n])));
      outputs[t] = mul(after[0], real);
    } else outputs[t] = after[0];
    state = after;
  }
  return [stack(outputs), state];
}

// (B, n, H) at one place of its second axis: (B, H)
export const at = (tensor, place) => reshape(narrow(tensor, 1, place, 1), [tensor.shape[0], tensor.shape[2]]);

// n tensors (B, H) side by side: (B, n, H)
export const stack = (tensors) => cat(tensors.map((each) => reshape(each, [each.shape[0], 1, each.shape[1]])), 1);
