// Adam (Kingma and Ba 2015), as torch.optim.Adam: one step for a list of tensors, from their gradients.
export class Adam {
  constructor(parameters, { learningRate, betas = [0.9, 0.999], epsilon = 1e-8 }) {
    Object.assign(this, { parameters, learningRate, betas, epsilon, steps: 0 });
    const zerosLike = ({ values }) => new Float32Array(values.length);
    [this.means, this.squares] = [parameters.map(zerosLike), parameters.map(zerosLike)];
  }

  // Change the values, and forget the gradients.
  step() {
    const [beta1, beta2] = this.betas;
    this.steps += 1;
    const rate = this.learningRate / (1 - beta1 ** this.steps);
    const correction = Math.sqrt(1 - beta2 ** this.steps);
    this.parameters.forEach((parameter, p) => {
      const { values, grad } = parameter;
      const [m, v] = [this.means[p], this.squares[p]];
      if (!grad) return;
      for (let n = 0; n < values.length; n++) {
        m[n] += (1 - beta1) * (grad[n] - m[n]);
        v[n] = beta2 * v[n] + (1 - beta2) * grad[n] * grad[n];
        values[n] -= (rate * m[n]) / (Math.sqrt(v[n]) / correction + this.epsilon);
      }
      parameter.grad = null;
    });
  }
}

// Scale all gradients down so that their joint length is at most `limit`: torch's clip_grad_norm_. Gives the length.
export function clipGradients(parameters, limit) {
  const squares = parameters.flatMap(({ grad }) => (grad ? [grad.reduce((sum, g) => sum + g * g, 0)] : []));
  const length = Math.sqrt(squares.reduce((sum, square) => sum + square, 0));
  const factor = limit / (length + 1e-6);
  if (factor < 1) for (const { grad } of parameters) grad?.forEach((g, n) => { grad[n] = g * factor; });
  return length;
}
