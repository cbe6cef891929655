// Models by name: models/registry.py.
import { BahdanauEncoderDecoder, LuongEncoderDecoder, PlainEncoderDecoder } from "./encoder_decoder.js";
import { DecoderOnly, Transformer } from "./transformer.js";
import { weightsOf } from "./weights.js";

export const MODELS = {
  rnn: PlainEncoderDecoder, lstm: PlainEncoderDecoder, gru: PlainEncoderDecoder,
  bahdanau: BahdanauEncoderDecoder,
  "luong-dot": LuongEncoderDecoder, "luong-scaled-dot": LuongEncoderDecoder, "luong-general": LuongEncoderDecoder,
  "luong-concat": LuongEncoderDecoder, "luong-location": LuongEncoderDecoder,
  transformer: Transformer, "decoder-only": DecoderOnly, "prefix-lm": DecoderOnly,
};

// The model `name` with `config`, as config_to_json writes it, and `tensors` by their names in PyTorch.
export function buildModel({ name, config }, tensors) {
  if (!Object.hasOwn(MODELS, name)) {
    throw new Error(`the page has no model “${name}”; it has ${Object.keys(MODELS).join(", ")}`);
  }
  const shared = ["tgt_embedding.weight", "tgt_embedding.words.weight"].map((own) => tensors[own]).find(Boolean);
  const tied = config.tied && { "to_logits.weight": shared }; // one matrix, stored once
  const model = new MODELS[name](config, weightsOf({ ...tied, ...tensors }));
  return Object.assign(model, { parameters: Object.values(tensors) });
}
