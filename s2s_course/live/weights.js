// Where a model finds its weights: a function from names to tensors, with the names of PyTorch's state dict.
import { linear } from "./tensor.js";

// `tensors`: an object from names to tensors, as safetensors.js gives.
export function weightsOf(tensors) {
  const weights = (name) => {
    if (!Object.hasOwn(tensors, name)) throw new Error(`the file of weights has no “${name}”`);
    return tensors[name];
  };
  weights.has = (name) => Object.hasOwn(tensors, name);
  return weights;
}

// The weights whose names begin with `prefix`, without it.
export function below(weights, prefix) {
  const own = (name) => weights(`${prefix}.${name}`);
  own.has = (name) => weights.has(`${prefix}.${name}`);
  return own;
}

// A learned map x Wᵀ + b: torch's Linear.
export function linearOf(weights, name) {
  const own = below(weights, name);
  const [weight, bias] = [own("weight"), own.has("bias") ? own("bias") : null];
  return (input) => linear(input, weight, bias);
}
