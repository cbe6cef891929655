// Look inside while a model computes: what a layer names on its way is given to whoever watches.

let watcher = null;

// Run `compute`; `look(name, tensor)` is told of everything that is named meanwhile, in order.
export function watching(look, compute) {
  const outer = watcher;
  watcher = look;
  try {
    return compute();
  } finally {
    watcher = outer;
  }
}

// `tensor`, after those who watch have been told of it.
export function watched(name, tensor) {
  watcher?.(name, tensor);
  return tensor;
}
