// One sentence through a Transformer: trace/heads.py and trace/head.py.
import { watching } from "./watch.js";
import { array, readAndWritten, stacked } from "./walk.js";

export function checkTransformer({ model, name }) {
  if (!model.decoderLayers) throw new Error(`the model must be a Transformer, got ${name}`);
}

// The weights of all layers and heads: trace/heads.py.
export function traceHeads(translator, text, options = {}) {
  checkTransformer(translator);
  const { indices, read, tokens } = readAndWritten(translator, text, options);
  const [memory, encoder] = translator.model.encode([indices]);
  const [, layers] = translator.model.decode(memory, [read]);
  return {
    ...tokens,
    encoder: stacked(encoder),
    decoder: stacked(layers.map(({ weights }) => weights)),
    cross: stacked(layers.map(({ toMemory }) => toMemory)),
  };
}

// Queries, keys and values of one head: trace/head.py. `kind` is encoder, decoder or cross.
export function traceHead(translator, text, { kind, layer, head, ...options }) {
  checkTransformer(translator);
  const { indices, read, tokens } = readAndWritten(translator, text, options);
  const { model } = translator;
  const seen = { query: [], key: [], value: [] }; // of each attention, in the order in which they compute
  watching((name, tensor) => seen[name.split(" / ").at(-1)]?.push(tensor), () => model.outputs([indices], [read]));
  const place = kind === "encoder" ? layer : model.encoderLayers.length + 2 * layer + (kind === "cross" ? 1 : 0);
  const ofHead = ({ values, shape: [, , n, d] }) => array([n, d], values.subarray(head * n * d, (head + 1) * n * d));
  const { src_tokens: src, tgt_tokens: tgt, read_tokens: own } = tokens;
  return {
    tokens: { encoder: src, decoder: own, cross: tgt }[kind],
    key_tokens: kind === "decoder" ? own : src,
    ...Object.fromEntries(Object.entries(seen).map(([name, all]) => [name, ofHead(all[place])])),
  };
}
