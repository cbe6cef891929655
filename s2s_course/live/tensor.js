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

// For each number of a tensor of `shape`: where it lies in one of shape `own` that is repeated to it.
function placesIn(own, shape) {
  let places = [0];
  const strides = own.map((_, i) => count(own.slice(i + 1)));
  shape.forEach((size, i) => {
    const k = i - shape.length + own.length;
    const stride = own[k] > 1 ? strides[k] : 0;
    places = places.flatMap((place) => Array.from({ length: size }, (_, j) => place + j * stride));
  });
  return places;
}

function elementwise(a, b, compute, toA, toB) {
  const shape = broadcast(a.shape, b.shape);
  const y = new Float32Array(count(shape));
  const [x, z] = [a.values, b.values];
  const i = x.length < y.length ? placesIn(a.shape, shape) : null;
  const j = z.length < y.length ? placesIn(b.shape, shape) : null;
  for (let n = 0; n < y.length; n++) y[n] = compute(x[i ? i[n] : n], z[j ? j[n] : n]);
  return produced(y, shape, (g) => {
    const [dx, dz] = [gradientOf(a), gradientOf(b)];
    for (let n = 0; n < y.length; n++) {
      const [p, q] = [i ? i[n] : n, j ? j[n] : n];
      dx[p] += g[n] * toA(x[p], z[q]);
      dz[q] += g[n] * toB(x[p], z[q]);
    }
  });
}

export const add = (a, b) => elementwise(a, b, (x, z) => x + z, () => 1, () => 1);
export const sub = (a, b) => elementwise(a, b, (x, z) => x - z, () => 1, () => -1);
export const mul = (a, b) => elementwise(a, b, (x, z) => x * z, (x, z) => z, (x) => x);

// `slope(y, x)` is the derivative at x, where the value is y.
function mapped(input, compute, slope) {
  const x = input.values;
  return produced(x.map(compute), input.shape, (g, y) => {
    const dx = gradientOf(input);
    for (let n = 0; n < y.length; n++) dx[n] += g[n] * slope(y[n], x[n]);
  });
}

export const scale = (input, factor) => mapped(input, (x) => x * factor, () => factor);
export const tanh = (input) => mapped(input, Math.tanh, (y) => 1 - y * y);
export const sigmoid = (input) => mapped(input, (x) => 1 / (1 + Math.exp(-x)), (y) => y * (1 - y));
export const relu = (input) => mapped(input, (x) => Math.max(x, 0), (y, x) => (x > 0 ? 1 : 0));
export const oneMinus = (input) => mapped(input, (x) => 1 - x, () => -1);

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

// x Wᵀ + b, for x (…, I), W (O, I) and b (O) or nothing: torch's Linear.
export function linear(input, weight, bias = null) {
  const [O, I] = weight.shape;
  const [x, W, b] = [input.values, weight.values, bias?.values];
  const rows = x.length / I;
  const y = new Float32Array(rows * O);
  work.multiplyAdds += rows * O * I;
  for (let r = 0; r < rows; r++) {
    for (let o = 0; o < O; o++) {
      let sum = b ? b[o] : 0;
      for (let i = 0, p = r * I, q = o * I; i < I; i++) sum += x[p++] * W[q++];
      y[r * O + o] = sum;
    }
  }
  return produced(y, [...input.shape.slice(0, -1), O], (g) => {
    const [dx, dW, db] = [gradientOf(input), gradientOf(weight), bias && gradientOf(bias)];
    for (let r = 0; r < rows; r++) {
      for (let o = 0; o < O; o++) {
        const slope = g[r * O + o];
        if (slope === 0) continue;
        if (db) db[o] += slope;
        for (let i = 0, p = r * I, q = o * I; i < I; i++, p++, q++) {
          dx[p] += slope * W[q];
          dW[q] += slope * x[p];
        }
      }
    }
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
  // every pair of numbers that is multiplied: places in a, in b and in the product
  function each(visit) {
    for (let r = 0; r < groups * N; r++) {
      const group = Math.floor(r / N);
      for (let k = 0; k < K; k++) visit(r * K + k, (group * K + k) * M, r * M);
    }
  }
  each((p, q, n) => { for (let m = 0; m < M; m++) y[n + m] += x[p] * z[q + m]; });
  return produced(y, [...a.shape.slice(0, -1), M], (g) => {
    const [dx, dz] = [gradientOf(a), gradientOf(b)];
    each((p, q, n) => {
      for (let m = 0; m < M; m++) {
        dx[p] += g[n + m] * z[q + m];
        dz[q + m] += g[n + m] * x[p];
      }
    });
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
      for (let n = 0; n < dx.length; n++) dx[n] += g[Math.floor(n / width) * whole + at + (n % width)];
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
  const place = (n) => Math.floor(n / width) * whole + start * inner + (n % width);
  for (let n = 0; n < y.length; n++) y[n] = input.values[place(n)];
  return produced(y, shape, (g) => {
    const dx = gradientOf(input);
    for (let n = 0; n < g.length; n++) dx[place(n)] += g[n];
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
  let places = [0];
  axes.forEach((axis, k) => {
    places = places.flatMap((place) => Array.from({ length: shape[k] }, (_, n) => place + n * strides[axis]));
  });
  const y = Float32Array.from(places, (place) => input.values[place]);
  return produced(y, shape, (g) => {
    const dx = gradientOf(input);
    places.forEach((place, n) => { dx[place] += g[n]; });
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
      for (let v = 0; v < V; v++) dx[n * V + v] += (g * (probabilities[n * V + v] - (v === target ? 1 : 0))) / real;
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
