// Run a model once on one sentence and keep everything there is to look at: trace/. A part of the engine of its own,
// which is loaded when a widget asks for it.
export { traceBeam } from "./trace_beam.js";
export { traceGradients } from "./trace_gradients.js";
export { traceHead, traceHeads } from "./trace_heads.js";
export { traceEncoder, traceRecurrence } from "./trace_recurrence.js";
export { traceTransformer } from "./trace_transformer.js";
export { trace, traceAttention } from "./trace_translation.js";
export { readAndWritten } from "./walk.js";
