// Look inside while a model computes: what a layer names on its way is given to whoever watches.

let watcher = null;
let path = "";

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

// What `compute` gives. Whatever is named meanwhile has `name` before its own: "encoder 1 / self-attention / change".
export function within(name, compute) {
  const outer = path;
  path = `${path}${name} / `;
  try {
    return compute();
  } finally {
    path = outer;
  }
}

// `tensor`, after those who watch have been told of it.
export function watched(name, tensor) {
  watcher?.(path + name, tensor);
  return tensor;
}
