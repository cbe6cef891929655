// What the page uses of the engine. bundle.py makes one script of this and all that it imports.
export { beamSearch, divisor } from "./beam.js";
export { argmax, greedy, greedySteps } from "./greedy.js";
export { buildModel, MODELS } from "./models.js";
export { readSafetensors } from "./safetensors.js";
