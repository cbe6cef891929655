// Training beside the page, which stays awake meanwhile. Messages to the worker:
//
//   { run }             begin; see Training for what a run is
//   { running: false }  pause
//   { running: true }   go on
//
// From it comes, some times a second, what has been learned since the last time: see `report`.
import { Training } from "./training.js";

const SLICE = 200; // milliseconds of training between two reports
export const MEASURED_EVERY = 20; // steps

// Answer what is sent to `scope`, a worker's global object.
export function serve(scope) {
  let [training, running, working] = [null, false, false];
  let [told, rights, seconds] = [0, [], 0];

  function report() {
    scope.postMessage({
      step: training.done, seconds, rights, ended: training.ended, example: training.example(),
      losses: training.learners.map(({ losses }) => losses.slice(told)), // of the steps since the last report
      stopped: training.learners.map(({ stopped }) => stopped),
    });
    [told, rights] = [training.done, []];
  }

  // Steps for about as long as a slice.
  function slice() {
    const began = performance.now();
    do {
      training.step();
      if (training.done % MEASURED_EVERY === 0) rights.push({ step: training.done, shares: training.rights() });
    } while (!training.ended && performance.now() - began < SLICE);
    seconds += (performance.now() - began) / 1000;
  }

  async function work() {
    if (working) return;
    working = true;
    while (running && !training.ended) {
      slice();
      report();
      await new Promise((resolve) => setTimeout(resolve)); // a message that came meanwhile is read first
    }
    working = false;
  }

  scope.onmessage = ({ data }) => {
    try {
      if (data.run) training = new Training(data.run);
      running = data.running ?? true;
      work();
    } catch (error) {
      scope.postMessage({ failed: error.message });
    }
  };
}
