// What the page uses of the engine. bundle.py makes one script of this and all that it imports.
export { createCodec } from "./codec.js";
export { argmax, greedy, greedySteps } from "./greedy.js";
export { buildModel, MODELS } from "./models.js";
export { completions, nearest } from "./nearest.js";
export { readSafetensors } from "./safetensors.js";
export { readSource, translate, translateSteps } from "./translate.js";
