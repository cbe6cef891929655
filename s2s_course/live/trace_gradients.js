// How far back a gradient reaches in a recurrent encoder–decoder: trace/gradients.py.
import { crossEntropy, embedding, gradients, reshape, scale } from "./tensor.js";
import { watching } from "./watch.js";
import { readAndWritten } from "./walk.js";

// A recurrent encoder–decoder as one sequence that reads: the source, then the words before those that it writes.
// Row t, column s of `norms`: the length of the gradient of the loss at step t with respect to the vector of step s.
// While the encoder reads, nothing is written: no loss.
export function traceGradients(translator, text, options = {}) {
  const { indices, written, read, tokens } = readAndWritten(translator, text, options);
  const { model } = translator;
  const [S, T] = [indices.length, read.length];
  const vectors = {};
  const look = (name, tensor) => { vectors[name] = tensor; };
  const copies = (row) => Array(T).fill(row); // one for each loss: so one way back gives all gradients
  gradients(() => {
    const outputs = watching(look, () => model.outputs(copies(indices), copies(read)));
    // of copy t what it writes at step t
    const each = embedding(reshape(outputs, [T * T, outputs.shape[2]]), read.map((_, t) => t * T + t));
    return scale(crossEntropy(model.toLogits(each), written), T); // the sum
  });
  for (const parameter of model.parameters) parameter.grad = null; // only the inputs' are asked for
  const norms = { shape: [S + T, S + T], values: new Float64Array((S + T) ** 2) };
  for (let t = 0; t < T; t++) {
    const row = ["source vectors", "target vectors"].flatMap((name) => lengths(vectors[name], t));
    norms.values.set(row, (S + t) * (S + T));
  }
  return { tokens: [...tokens.src_tokens, ...tokens.read_tokens], norms };
}

// How long the gradient of each vector of one row is.
function lengths({ grad, shape: [, n, E] }, row) {
  return Array.from({ length: n }, (_, place) => {
    const start = (row * n + place) * E;
    return Math.sqrt(grad.subarray(start, start + E).reduce((sum, slope) => sum + slope * slope, 0));
  });
}
