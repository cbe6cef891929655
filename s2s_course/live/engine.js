// What the page uses of the engine. bundle.py makes one script of this and all that it imports.
export { createCodec } from "./codec.js";
export { buildModel } from "./models.js";
export { completions, nearest } from "./nearest.js";
export { readSafetensors } from "./safetensors.js";
export { readSource, translate } from "./translate.js";
