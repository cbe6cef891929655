// Models trained side by side, in the page as training/loop.py does it: batch, gradients, clipping, Adam.
import { Adam, clipGradients } from "./adam.js";
import { initialWeights } from "./initialization.js";
import { buildModel } from "./models.js";
import { Random } from "./random.js";
import { SequenceModel } from "./sequence.js";
import { Stack } from "./stack.js";
import { lossOf, shareRight, TASKS, write } from "./tasks.js";
import { gradients } from "./tensor.js";
import { weightsOf } from "./weights.js";

const CLIP_NORM = 1;
const FRESH = 64; // rows that no model trains on
const WATCHED = 20; // steps whose mean loss says whether a model diverges
const OWN = { sequence: SequenceModel, stack: Stack };

// One model that learns. `entry` has its name, its kind, and its config as Python writes it.
export class Learner {
  constructor(entry, { seed, rate, guessing, tensors = initialWeights(entry, seed) }) {
    const { kind, config } = entry;
    Object.assign(this, { entry, guessing, losses: [], stopped: null });
    this.model = OWN[kind] ? new OWN[kind](config, weightsOf(tensors)) : buildModel({ name: kind, config }, tensors);
    this.parameters = Object.values(tensors);
    this.adam = new Adam(this.parameters, { learningRate: rate });
  }

  // One step, unless the model has been stopped.
  learn(batch) {
    if (this.stopped) return;
    const loss = gradients(() => lossOf(this.model, batch)).values[0];
    clipGradients(this.parameters, CLIP_NORM);
    this.adam.step();
    this.losses.push(loss);
    this.stopped = this.diverged(loss);
  }

  // Where and with which loss it is no use to go on, or null: it is no number, or long far above that of guessing.
  diverged(loss) {
    const recent = this.losses.slice(-WATCHED);
    const mean = recent.reduce((sum, each) => sum + each, 0) / recent.length;
    const lost = !Number.isFinite(loss) || (recent.length === WATCHED && mean > 2 * this.guessing);
    return lost ? { step: this.losses.length, loss: mean } : null;
  }

  // What it answers to the rows of a batch now.
  write(batch) {
    return write(this.model, batch);
  }
}

// All models of a task, from the same seed and with the same batches.
export class Training {
  constructor({ task, models, options, seed, rate, guessing, batchSize, steps }) {
    Object.assign(this, { makeBatch: TASKS[task], options, batchSize, steps, done: 0 });
    this.learners = models.map((entry) => new Learner(entry, { seed, rate, guessing }));
    this.batches = new Random(seed, "batches");
    this.fresh = this.makeBatch(new Random(seed, "fresh"), FRESH, options);
  }

  get ended() {
    return this.done >= this.steps || this.learners.every(({ stopped }) => stopped);
  }

  step() {
    const batch = this.makeBatch(this.batches, this.batchSize, this.options);
    for (const learner of this.learners) learner.learn(batch);
    this.done += 1;
  }

  // The share of answers to fresh rows that each model has right.
  rights() {
    return this.learners.map((learner) => shareRight(learner.write(this.fresh).written, this.fresh.answers));
  }

  // What each model answers to the first of the fresh rows, as `{ written, map }`.
  example() {
    const first = Object.fromEntries(Object.entries(this.fresh).map(([name, rows]) => [name, rows.slice(0, 1)]));
    const ofRow = ({ written: [written], map }) => ({ written, map });
    return {
      input: first.inputs[0], answer: first.answers[0],
      models: this.learners.map((learner) => ofRow(learner.write(first))),
    };
  }
}
