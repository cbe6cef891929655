// What a page uses to break models and to score what they write then: a part of the engine (see assets.py).
export { bleu } from "./bleu.js";
export { breakModel, headsOf, SWITCHES } from "./switches.js";
