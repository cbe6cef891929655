// What a worker needs to train models in the page: a script of its own, loaded when a reader presses start.
export { Adam } from "./adam.js";
export { initialWeights } from "./initialization.js";
export { Random } from "./random.js";
export { Learner, Training } from "./training.js";
export { serve } from "./training_worker.js";
