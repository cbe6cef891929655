// One sequence on its way through one recurrent cell: trace/recurrence.py.
import { embedding, narrow, zeros } from "./tensor.js";
import { readSource } from "./translate.js";
import { array, namesOf, rowsOf } from "./walk.js";

// States and gates of the lowest layer of `network` while it reads `inputs` (S, E) from zero.
export function traceRecurrence(network, inputs) {
  const [[cell]] = network.layers;
  const zero = new Float32Array(cell.hiddenSize);
  let state = network.stateNames.map(() => zeros([1, cell.hiddenSize]));
  const initial = Object.fromEntries(network.stateNames.map((name) => [name, array([cell.hiddenSize], zero)]));
  const [states, gates] = [[], []];
  for (let t = 0; t < inputs.shape[0]; t++) {
    const x = narrow(inputs, 0, t, 1);
    gates.push(cell.gates(x, state[0]));
    state = cell.step(x, state);
    states.push(state);
  }
  const over = (each) => rowsOf(each.map(({ values }) => values));
  return {
    cell: network.cell, initial,
    hidden: over(states.map(([hidden]) => hidden)),
    memory_cell: states[0].length === 2 ? over(states.map(([, memory]) => memory)) : null,
    gates: Object.fromEntries(Object.keys(gates[0]).map((name) => [name, over(gates.map((step) => step[name]))])),
  };
}

// The encoder of a recurrent model while it reads a sentence, with its tokens.
export function traceEncoder(translator, text, { longest } = {}) {
  const { indices } = readSource(translator, text, longest);
  const { encoder, srcEmbedding } = translator.model;
  return {
    tokens: namesOf(translator.srcCodec, indices), ...traceRecurrence(encoder, embedding(srcEmbedding, indices)),
  };
}
