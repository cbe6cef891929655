// Tensors and their operations, each with its gradient on a tape: what the models of the page are made of.
//
// A tensor has numbers in row-major order and a shape, as torch's. Operations never change their inputs. While
// `gradients` runs, each one also notes on the tape how a gradient goes back through it.

export class Tensor {
  constructor(values, shape) {
    this.values = values;
    this.shape = shape;
    this.grad = null; // as long as `values`, once a gradient has come back
  }
}

const count = (shape) => shape.reduce((product, size) => product * size, 1);
export const zeros = (shape) => new Tensor(new Float32Array(count(shape)), shape);
export const full = (shape, value) => new Tensor(new Float32Array(count(shape)).fill(value), shape);

// tensor([[1, 2], [3, 4]])
export function tensor(nested) {
  const shape = [];
  for (let part = nested; Array.isArray(part) || part instanceof Float32Array; part = part[0]) shape.push(part.length);
  return new Tensor(Float32Array.from(Array.isArray(nested) ? nested.flat(Infinity) : nested), shape);
}

// ---- the tape ---------------------------------------------------------------------------------------

let tape = null;

// The loss that `compute` gives, a tensor with one number. Its gradient with respect to every tensor on the way is in `grad`.
export function gradients(compute) {
  const outer = tape;
  const own = (tape = []);
  let loss;
  try {
    loss = compute();
  } finally {
    tape = outer;
  }
  gradientOf(loss).fill(1);
  for (const { output, back } of own.reverse()) if (output.grad) back(output.grad, output.values);
  return loss;
}

const gradientOf = (input) => (input.grad ??= new Float32Array(input.values.length));

// The output of an operation. `back(g, y)` adds to the gradients of its inputs what `g`, the output's, makes of them.
function produced(values, shape, back) {
  const output = new Tensor(values, shape);
  tape?.push({ output, back });
  return output;
}

// ---- element by element -----------------------------------------------------------------------------

// Shapes are compared from the right, and a size of 1 is repeated: torch's broadcasting.
function broadcast(a, b) {
  return Array.from({ length: Math.max(a.length, b.length) }, (_, i) => {
    const [m, n] = [a, b].map((shape) => shape.at(-1 - i) ?? 1);
    if (m !== n && m !== 1 && n !== 1) throw new Error(`shapes must fit, got [${a}] and [${b}]`);
    return m === 1 ? n : m;
  }).reverse();
}

// For each number of a tensor of `shape`: where it lies in one of shape `own` that is repeated to it. Remembered, since
// a model that trains asks for the same ones at every step.
const remembered = new Map();
const MOST_REMEMBERED = 1000;

function placesIn(own, shape) {
  const key = `${own} ${shape}`;
  if (!remembered.has(key)) {
    if (remembered.size >= MOST_REMEMBERED) remembered.clear();
    const strides = own.map((size, k) => (size > 1 ? count(own.slice(k + 1)) : 0));
    remembered.set(key, placesAt(shape, [...Array(shape.length - own.length).fill(0), ...strides]));
  }
  return remembered.get(key);
}

// Where the numbers of a tensor of `shape` lie, in row-major order, if a step along each axis goes so far.
function placesAt(shape, strides) {
  let places = Int32Array.of(0);
  shape.forEach((size, axis) => {
    const longer = new Int32Array(places.length * size);
    for (let n = 0; n < longer.length; n++) longer[n] = places[Math.floor(n / size)] + (n % size) * strides[axis];
    places = longer;
  });
  return places;
}

// What two tensors need to be combined number by number: the shape that both are repeated to, room for the result, and
// where the number of each lies for every place of it.
function paired(a, b) {
  const shape = broadcast(a.shape, b.shape);
  return { shape, y: new Float32Array(count(shape)), i: placesIn(a.shape, shape), j: placesIn(b.shape, shape) };
}

// A loop of its own in each of these: a function that is called for every number would take longer than what it does.
export function add(a, b) {
  const { shape, y, i, j } = paired(a, b);
  const [x, z] = [a.values, b.values];
  for (let n = 0; n < y.length; n++) y[n] = x[i[n]] + z[j[n]];
  return produced(y, shape, (g) => {
    const [dx, dz] = [gradientOf(a), gradientOf(b)];
    for (let n = 0; n < g.length; n++) {
      dx[i[n]] += g[n];
      dz[j[n]] += g[n];
    }
  });
}

export function sub(a, b) {
  const { shape, y, i, j } = paired(a, b);
  const [x, z] = [a.values, b.values];
  for (let n = 0; n < y.length; n++) y[n] = x[i[n]] - z[j[n]];
  return produced(y, shape, (g) => {
    const [dx, dz] = [gradientOf(a), gradientOf(b)];
    for (let n = 0; n < g.length; n++) {
      dx[i[n]] += g[n];
      dz[j[n]] -= g[n];
    }
  });
}

export function mul(a, b) {
  const { shape, y, i, j } = paired(a, b);
  const [x, z] = [a.values, b.values];
  for (let n = 0; n < y.length; n++) y[n] = x[i[n]] * z[j[n]];
  return produced(y, shape, (g) => {
    const [dx, dz] = [gradientOf(a), gradientOf(b)];
    for (let n = 0; n < g.length; n++) {
      dx[i[n]] += g[n] * z[j[n]];
      dz[j[n]] += g[n] * x[i[n]];
    }
  });
}

export function tanh(input) {
  const [x, y] = [input.values, new Float32Array(input.values.length)];
  for (let n = 0; n < y.length; n++) y[n] = Math.tanh(x[n]);
  return produced(y, input.shape, (g) => {
    const dx = gradientOf(input);
    for (let n = 0; n < g.length; n++) dx[n] += g[n] * (1 - y[n] * y[n]);
  });
}

export function sigmoid(input) {
  const [x, y] = [input.values, new Float32Array(input.values.length)];
  for (let n = 0; n < y.length; n++) y[n] = 1 / (1 + Math.exp(-x[n]));
  return produced(y, input.shape, (g) => {
    const dx = gradientOf(input);
    for (let n = 0; n < g.length; n++) dx[n] += g[n] * y[n] * (1 - y[n]);
  });
}

export function relu(input) {
  const [x, y] = [input.values, new Float32Array(input.values.length)];
  for (let n = 0; n < y.length; n++) y[n] = Math.max(x[n], 0);
  return produced(y, input.shape, (g) => {
    const dx = gradientOf(input);
    for (let n = 0; n < g.length; n++) if (x[n] > 0) dx[n] += g[n];
  });
}

// x times a number, plus another.
function stretched(input, factor, shift) {
  const [x, y] = [input.values, new Float32Array(input.values.length)];
  for (let n = 0; n < y.length; n++) y[n] = x[n] * factor + shift;
  return produced(y, input.shape, (g) => {
    const dx = gradientOf(input);
    for (let n = 0; n < g.length; n++) dx[n] += g[n] * factor;
  });
}

export const scale = (input, factor) => stretched(input, factor, 0);
export const oneMinus = (input) => stretched(input, -1, 1);

// `input` where `allowed` (a tensor of ones and zeros that is repeated to its shape) is 1, else `value`.
export function masked(input, allowed, value) {
  const places = placesIn(allowed.shape, input.shape);
  const keep = (n) => allowed.values[places[n]] === 1;
  return produced(input.values.map((x, n) => (keep(n) ? x : value)), input.shape, (g) => {
    const dx = gradientOf(input);
    for (let n = 0; n < g.length; n++) if (keep(n)) dx[n] += g[n];
  });
}

// ---- matrix products --------------------------------------------------------------------------------

// How many products of two numbers have been made and added up so far.
export const work = { multiplyAdds: 0 };

// y[r, o] += Σ_i x[r, i] W[o, i], for R rows and O outputs: products of rows. Four outputs at once read each x once.
function addRowProducts(y, x, W, [R, O, I]) {
  for (let r = 0; r < R; r++) {
    const [p, n] = [r * I, r * O];
    let o = 0;
    for (; o + 3 < O; o += 4) {
      const [q0, q1, q2, q3] = [o * I, (o + 1) * I, (o + 2) * I, (o + 3) * I];
      let [s0, s1, s2, s3] = [0, 0, 0, 0];
      for (let i = 0; i < I; i++) {
        const value = x[p + i];
        s0 += value * W[q0 + i];
        s1 += value * W[q1 + i];
        s2 += value * W[q2 + i];
        s3 += value * W[q3 + i];
      }
      y[n + o] += s0;
      y[n + o + 1] += s1;
      y[n + o + 2] += s2;
      y[n + o + 3] += s3;
    }
    for (; o < O; o++) {
      let sum = 0;
      for (let i = 0, q = o * I; i < I; i++) sum += x[p + i] * W[q + i];
      y[n + o] += sum;
    }
  }
}

// y[r, m] += Σ_k a[r, k] b[k, m], where `a` has its rows or, with `turned`, its columns one after the other: sums of
// the rows of b. Eight of them at once read and write each y once.
function addRowSums(y, a, b, [R, K, M], turned = false) {
  const [down, along] = turned ? [1, R] : [K, 1];
  for (let r = 0; r < R; r++) {
    const n = r * M;
    let k = 0;
    for (; k + 7 < K; k += 8) {
      const p = r * down + k * along;
      const [a0, a1, a2, a3] = [a[p], a[p + along], a[p + 2 * along], a[p + 3 * along]];
      const [a4, a5, a6, a7] = [a[p + 4 * along], a[p + 5 * along], a[p + 6 * along], a[p + 7 * along]];
      for (let m = 0, q = k * M; m < M; m++, q++) {
        y[n + m] += a0 * b[q] + a1 * b[q + M] + a2 * b[q + 2 * M] + a3 * b[q + 3 * M]
          + a4 * b[q + 4 * M] + a5 * b[q + 5 * M] + a6 * b[q + 6 * M] + a7 * b[q + 7 * M];
      }
    }
    for (; k < K; k++) {
      const factor = a[r * down + k * along];
      for (let m = 0, q = k * M; m < M; m++) y[n + m] += factor * b[q + m];
    }
  }
}

// x Wᵀ + b, for x (…, I), W (O, I) and b (O) or nothing: torch's Linear.
export function linear(input, weight, bias = null) {
  const [O, I] = weight.shape;
  const [x, W] = [input.values, weight.values];
  const rows = x.length / I;
  const y = new Float32Array(rows * O);
  work.multiplyAdds += rows * O * I;
  if (bias) for (let r = 0; r < rows; r++) y.set(bias.values, r * O);
  addRowProducts(y, x, W, [rows, O, I]);
  return produced(y, [...input.shape.slice(0, -1), O], (g) => {
    addRowSums(gradientOf(input), g, W, [rows, O, I]);
    addRowSums(gradientOf(weight), g, x, [O, rows, I], true);
    if (!bias) return;
    const db = gradientOf(bias);
    for (let n = 0; n < g.length; n++) db[n % O] += g[n];
  });
}

// a b for a (…, N, K) and b (…, K, M) with the same sizes before.
export function matmul(a, b) {
  const [N, K] = a.shape.slice(-2);
  const M = b.shape.at(-1);
  const [x, z] = [a.values, b.values];
  const groups = x.length / (N * K);
  if (b.shape.at(-2) !== K || z.length !== groups * K * M) {
    throw new Error(`shapes must fit for a product, got [${a.shape}] and [${b.shape}]`);
  }
  const y = new Float32Array(groups * N * M);
  work.multiplyAdds += groups * N * K * M;
  const part = (values, group, size) => values.subarray(group * size, (group + 1) * size);
  for (let n = 0; n < groups; n++) addRowSums(part(y, n, N * M), part(x, n, N * K), part(z, n, K * M), [N, K, M]);
  return produced(y, [...a.shape.slice(0, -1), M], (g) => {
    const [dx, dz] = [gradientOf(a), gradientOf(b)];
    for (let n = 0; n < groups; n++) {
      const slope = part(g, n, N * M);
      addRowProducts(part(dx, n, N * K), slope, part(z, n, K * M), [N, K, M]);
      addRowSums(part(dz, n, K * M), part(x, n, N * K), slope, [K, N, M], true);
    }
  });
}

// The rows of `table` (V, E) that `indices` (nested arrays) name: torch's Embedding.
export function embedding(table, indices) {
  const [V, E] = table.shape;
  const shape = [];
  for (let part = indices; Array.isArray(part); part = part[0]) shape.push(part.length);
  const flat = indices.flat(Infinity);
  const y = new Float32Array(flat.length * E);
  flat.forEach((index, n) => {
    if (!(index >= 0 && index < V)) throw new Error(`indices must lie in [0, ${V}), got ${index}`);
    y.set(table.values.subarray(index * E, (index + 1) * E), n * E);
  });
  return produced(y, [...shape, E], (g) => {
    const dW = gradientOf(table);
    flat.forEach((index, n) => { for (let e = 0; e < E; e++) dW[index * E + e] += g[n * E + e]; });
  });
}

// ---- along one axis ---------------------------------------------------------------------------------

// Each line of numbers along an axis: where it begins, the distance between neighbors, and how many there are.
function eachLine(shape, axis, visit) {
  const size = shape[axis];
  const stride = count(shape.slice(axis + 1));
  const total = count(shape);
  for (let outer = 0; outer < total; outer += size * stride) {
    for (let inner = 0; inner < stride; inner++) visit(outer + inner, stride, size);
  }
}

const fromLeft = (axis, { shape }) => (axis < 0 ? axis + shape.length : axis);

// Along the last axis, or along another. A line of nothing but -Infinity has no softmax: NaN, as in torch.
export function softmax(input, dim = -1) {
  const axis = fromLeft(dim, input);
  const [x, y] = [input.values, new Float32Array(input.values.length)];
  eachLine(input.shape, axis, (start, stride, size) => {
    let [largest, sum] = [-Infinity, 0];
    for (let n = 0; n < size; n++) largest = Math.max(largest, x[start + n * stride]);
    for (let n = 0; n < size; n++) sum += y[start + n * stride] = Math.exp(x[start + n * stride] - largest);
    for (let n = 0; n < size; n++) y[start + n * stride] /= sum;
  });
  return produced(y, input.shape, (g) => {
    const dx = gradientOf(input);
    eachLine(input.shape, axis, (start, stride, size) => {
      let dot = 0;
      for (let n = 0, p = start; n < size; n++, p += stride) dot += g[p] * y[p];
      for (let n = 0, p = start; n < size; n++, p += stride) dx[p] += y[p] * (g[p] - dot);
    });
  });
}

// Each line of the last axis with mean 0 and variance 1, times `weight` (D), plus `bias` (D): torch's LayerNorm.
export function layerNorm(input, weight, bias, epsilon = 1e-5) {
  const D = input.shape.at(-1);
  const x = input.values;
  const normal = new Float32Array(x.length);
  const deviations = [];
  for (let start = 0; start < x.length; start += D) {
    let [mean, variance] = [0, 0];
    for (let d = 0; d < D; d++) mean += x[start + d] / D;
    for (let d = 0; d < D; d++) variance += (x[start + d] - mean) ** 2 / D;
    const deviation = Math.sqrt(variance + epsilon);
    for (let d = 0; d < D; d++) normal[start + d] = (x[start + d] - mean) / deviation;
    deviations.push(deviation);
  }
  const y = normal.map((value, n) => value * weight.values[n % D] + bias.values[n % D]);
  return produced(y, input.shape, (g) => {
    const [dx, dw, db] = [gradientOf(input), gradientOf(weight), gradientOf(bias)];
    for (let start = 0; start < x.length; start += D) {
      let [mean, along] = [0, 0]; // of the gradient of `normal`, and of its product with `normal`
      for (let d = 0, n = start; d < D; d++, n++) {
        const slope = g[n] * weight.values[d];
        mean += slope / D;
        along += (slope * normal[n]) / D;
        dw[d] += g[n] * normal[n];
        db[d] += g[n];
      }
      for (let d = 0, n = start; d < D; d++, n++) {
        dx[n] += (g[n] * weight.values[d] - mean - normal[n] * along) / deviations[start / D];
      }
    }
  });
}

// Tensors one after the other along an axis.
export function cat(inputs, dim = -1) {
  const axis = fromLeft(dim, inputs[0]);
  const shape = [...inputs[0].shape];
  shape[axis] = inputs.reduce((sum, { shape: own }) => sum + own[axis], 0);
  const y = new Float32Array(count(shape));
  const whole = count(shape.slice(axis));
  let start = 0;
  const parts = inputs.map((input) => {
    const part = { input, start, width: count(input.shape.slice(axis)) };
    start += part.width;
    return part;
  });
  for (const { input, start: at, width } of parts) {
    for (let r = 0; r * width < input.values.length; r++) {
      y.set(input.values.subarray(r * width, (r + 1) * width), r * whole + at);
    }
  }
  return produced(y, shape, (g) => {
    for (const { input, start: at, width } of parts) {
      const dx = gradientOf(input);
      for (let r = 0, n = 0; n < dx.length; r++) {
        for (let p = r * whole + at, end = p + width; p < end; p++, n++) dx[n] += g[p];
      }
    }
  });
}

// `length` places of an axis from `start` on.
export function narrow(input, dim, start, length) {
  const axis = fromLeft(dim, input);
  const shape = input.shape.with(axis, length);
  const inner = count(input.shape.slice(axis + 1));
  const [whole, width] = [input.shape[axis] * inner, length * inner];
  const y = new Float32Array(count(shape));
  const first = start * inner;
  for (let r = 0; r * width < y.length; r++) {
    const p = r * whole + first;
    y.set(input.values.subarray(p, p + width), r * width);
  }
  return produced(y, shape, (g) => {
    const dx = gradientOf(input);
    for (let r = 0, n = 0; n < g.length; r++) {
      for (let p = r * whole + first, end = p + width; p < end; p++, n++) dx[p] += g[n];
    }
  });
}

// Cut an axis into `parts` equal ones.
export function chunk(input, parts, dim = -1) {
  const length = input.shape.at(dim) / parts;
  return Array.from({ length: parts }, (_, n) => narrow(input, dim, n * length, length));
}

// ---- shapes -----------------------------------------------------------------------------------------

// The same numbers in another shape.
export function reshape(input, shape) {
  if (count(shape) !== input.values.length) throw new Error(`[${input.shape}] cannot become [${shape}]`);
  return produced(input.values, shape, (g) => {
    const dx = gradientOf(input);
    for (let n = 0; n < g.length; n++) dx[n] += g[n];
  });
}

// Two axes change places.
export function transpose(input, first, second) {
  const axes = input.shape.map((_, i) => i);
  const [i, j] = [fromLeft(first, input), fromLeft(second, input)];
  [axes[i], axes[j]] = [j, i];
  const strides = input.shape.map((_, k) => count(input.shape.slice(k + 1)));
  const shape = axes.map((axis) => input.shape[axis]);
  const places = placesAt(shape, axes.map((axis) => strides[axis]));
  const y = new Float32Array(places.length);
  for (let n = 0; n < y.length; n++) y[n] = input.values[places[n]];
  return produced(y, shape, (g) => {
    const dx = gradientOf(input);
    for (let n = 0; n < g.length; n++) dx[places[n]] += g[n];
  });
}

// Some rows of the first axis, in the order of `rows`. For states, so without a gradient.
export function select(input, rows) {
  const width = count(input.shape.slice(1));
  const y = new Float32Array(rows.length * width);
  rows.forEach((row, n) => y.set(input.values.subarray(row * width, (row + 1) * width), n * width));
  return new Tensor(y, [rows.length, ...input.shape.slice(1)]);
}

// ---- the loss ---------------------------------------------------------------------------------------

// The mean of -log P, in nats, of `targets` (an array of indices) under softmax of `logits` (…, V). -1 counts for nothing.
export function crossEntropy(logits, targets) {
  const V = logits.shape.at(-1);
  const probabilities = softmax(new Tensor(logits.values, [targets.length, V])).values;
  const real = targets.filter((target) => target >= 0).length;
  let sum = 0;
  targets.forEach((target, n) => {
    if (target >= 0) sum += logSumExp(logits.values, n * V, V) - logits.values[n * V + target];
  });
  return produced(Float32Array.of(sum / real), [], ([g]) => {
    const dx = gradientOf(logits);
    targets.forEach((target, n) => {
      if (target < 0) return;
      let others = 0; // more exact than 1 - P, where a model is sure
      for (let v = 0; v < V; v++) {
        if (v === target) continue;
        others += probabilities[n * V + v];
        dx[n * V + v] += (g * probabilities[n * V + v]) / real;
      }
      dx[n * V + target] -= (g * others) / real;
    });
  });
}

// log Σ exp of `size` numbers from `start` on.
export function logSumExp(values, start, size) {
  let [largest, sum] = [-Infinity, 0];
  for (let n = 0; n < size; n++) largest = Math.max(largest, values[start + n]);
  for (let n = 0; n < size; n++) sum += Math.exp(values[start + n] - largest);
  return largest + Math.log(sum);
}
