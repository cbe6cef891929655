// Training: small models that the reader trains in the page (see training.py). Read from the end.

const CALM = 2000; // milliseconds between two drawings for those who want less motion
// What the main button does in each state.
const SIGNS = { stored: "Start", loading: "Start", running: "Pause", paused: "Go on", ended: "Start again" };
const [LONG, TOLD_AFTER] = [60, 3]; // seconds: a run that takes longer is said to, after so many

// What has been learned so far: nothing.
const untrained = (models) => models.map(() => ({ losses: [], shares: [], written: null, map: null, stopped: null }));

// How far a run is, how fast, and how long it will take.
function progressOf({ step, seconds }, { steps }, running) {
  const rate = step / seconds;
  const left = Math.ceil((steps - step) / rate);
  const size = rate < 10 ? formatNumber(rate, 1) : formatNumber(rate, 0);
  const ahead = running && step < steps ? [`about ${left} s left`] : [];
  return [`step ${step} of ${steps}`, `${size} steps a second`, ...ahead].join(" · ");
}

const percentsOf = (models, of) => models.map(({ label }, i) =>
  `${label} ${formatNumber(100 * (of[i].shares.at(-1) ?? 0), 0)} %`).join(", ");

// What the curves, the table and the maps show, in words. `heard` is the status, and how far the run is.
function linesOf(models, { of, example, lesson, heard }) {
  const word = (indices) => `“${indices.map((index) => lesson.tokens[index]).join(" ")}”`;
  return [
    ...heard,
    `Guessing costs a loss of ${formatNumber(lesson.guessing, 2)}.`,
    ...models.map(({ label }, i) => of[i].losses.length ? `${label}: the loss, as the mean of ${SMOOTHED} steps, is `
      + `${listed(courseOf(of[i].losses))} of ${lesson.steps} steps.` : `${label} has not begun.`),
    ...models.map(({ label }, i) => of[i].shares.length
      && `${label} has ${formatNumber(100 * of[i].shares.at(-1), 0)} % of ${lesson.asked} right.`),
    example && `A fresh example is ${word(example.input)}, and right is ${word(example.answer)}: ${listed(models.map(
      ({ label }, i) => `${label} answers ${of[i].written ? word(of[i].written) : "nothing yet"}`))}.`,
    ...models.map(({ label }, i) => of[i].map && `${label} attends most, letter by letter that it writes, to letter `
      + `${listed(of[i].map.map((row) => String(row.indexOf(Math.max(...row)) + 1)))} of what it reads.`),
  ];
}

// Why models were stopped, in one sentence, or nothing.
function whyStopped(models, of, { rate, guessing }) {
  const each = of.flatMap(({ stopped }, i) => stopped ? [`${models[i].label} at step ${stopped.step}, with a loss `
    + (Number.isFinite(stopped.loss) ? `of ${formatNumber(stopped.loss, 1)}` : "that is no number")] : []);
  return each.length ? `The learning rate ${rate} is too high: every step goes far past the minimum, so training was `
    + `stopped for ${each.join("; for ")} (guessing costs ${formatNumber(guessing, 2)}).` : "";
}

function render({ model, el, signal: outer }) {
  const { signal, end } = viewLifetime(outer);
  const [models, lesson, shown, title] = ["models", "lesson", "shown", "title"].map((name) => model.get(name));
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const curves = createCurves(models, lesson);
  const results = createResults(models, lesson);
  const maps = models.map(({ label }) => createMap(label, lesson));
  const main = element("button", { type: "button", class: "main" });
  const again = element("button", { type: "button" }, "Reset");
  const [status, progress, note] = [element("output", { "aria-live": "polite" }), element("p"), element("p")];

  const transcript = createTranscript(() =>
    linesOf(models, { of, example, lesson, heard: [status.textContent, progress.textContent] }), signal);

  let [state, run, worker, example, of, last, drawn, number] = ["stored", null, null, null, null, null, 0, 0];

  const taken = (trait) => (value, said) => choose(trait, value, said);
  const choices = {
    rate: createChoice("learning rate", { read: rateOf, taken: taken("rate"), signal }),
    seed: createChoice("seed", { read: wholeOf("seed", 0, LARGEST_SEED), taken: taken("seed"), signal, wide: true }),
  };
  const ofTask = Object.fromEntries(Object.entries(lesson.limits).map(([name, { label, first, last: most }]) => {
    const change = (value, said) => choose("options", { ...model.get("options"), [name]: value }, said);
    return [name, createChoice(label, { read: wholeOf(label, first, most), taken: change, signal })];
  }));

  function choose(trait, value, said) {
    if (JSON.stringify(value) !== JSON.stringify(model.get(trait))) {
      model.set(trait, value); // which calls `chosen`
      model.save_changes();
    }
    if (said) status.textContent = said;
  }

  // Another choice than that of the run: it ends, and what it showed with it.
  function chosen() {
    for (const [name, choice] of Object.entries(ofTask)) choice.show(model.get("options")[name]);
    for (const [name, choice] of Object.entries(choices)) choice.show(model.get(name));
    reset("Press start to train with this choice.");
  }

  function paint() {
    drawn = performance.now();
    curves.paint(of.map(({ losses }) => losses));
    results.paint(example ?? { input: [], answer: [] }, of);
    maps.forEach((map, i) => map.paint(example?.input, of[i], root.dataset.theme === "dark"));
    transcript.paint();
  }

  function turn(next, said) {
    state = next;
    status.textContent = said;
    main.textContent = SIGNS[state];
    again.disabled = state === "stored";
    progress.textContent = last ? progressOf(last, lesson, state === "running") : "";
  }

  function stopWorker() {
    number += 1; // whatever still comes is of no run
    worker?.end();
    worker = null;
  }

  // Back to the stored training.
  function reset(said) {
    stopWorker();
    [last, example] = [null, shown.example];
    of = models.map(({ name }) => {
      const { losses, rights, written, map } = shown.models[name];
      return { losses, shares: rights, written, map, stopped: null };
    });
    note.textContent = "";
    const values = [...Object.entries(shown.options).map(([name, value]) => `${lesson.limits[name].label} ${value}`),
      `learning rate ${shown.rate}`, `seed ${shown.seed}`];
    turn("stored", said);
    progress.textContent = `Here is a training that was stored, by PyTorch: ${values.join(", ")}.`;
    paint();
  }

  async function start() {
    stopWorker();
    const mine = number;
    [of, last, example] = [untrained(models), null, null];
    note.textContent = "";
    turn("loading", "Loading the engine …");
    paint();
    const failed = (reason) => {
      if (mine !== number) return;
      stopWorker();
      turn("ended", `This cannot be trained here: ${reason.replace(/\.$/, "")}.`);
    };
    run = {
      task: model.get("task"), models, options: model.get("options"), seed: model.get("seed"), rate: model.get("rate"),
      guessing: lesson.guessing, batchSize: lesson.batchSize, steps: lesson.steps,
    };
    try {
      const started = await startWorker(model, run, { heard: (report) => mine === number && hear(report), failed });
      if (mine !== number || signal.aborted) return started.end();
      worker = started;
      turn("running", `Training begins: ${lesson.steps} steps.`);
    } catch (error) {
      failed(error.message);
    }
  }

  // A report of the worker: see training_worker.js.
  function hear(report) {
    last = report;
    example = report.example;
    const before = whyStopped(models, of, run);
    of = of.map(({ losses, shares }, i) => ({
      losses: [...losses, ...report.losses[i]], shares: [...shares, ...report.rights.map((each) => each.shares[i])],
      stopped: report.stopped[i], ...report.example.models[i],
    }));
    const why = whyStopped(models, of, run);
    const done = of.every(({ stopped }) => stopped) ? "" : `Done. Right on fresh examples: ${percentsOf(models, of)}.`;
    if (report.ended) {
      stopWorker();
      turn("ended", [why, done].filter(Boolean).join(" "));
    } else {
      progress.textContent = progressOf(report, lesson, state === "running");
      if (why !== before) status.textContent = why;
    }
    const whole = (report.seconds / report.step) * lesson.steps;
    if (report.seconds > TOLD_AFTER && whole > LONG) {
      note.textContent = `This machine needs about ${formatNumber(whole / 60, 1)} min for the whole: a smaller number `
        + `of “${Object.values(lesson.limits)[0].label}” makes it shorter.`;
    }
    if (report.ended || !calm || performance.now() - drawn > CALM) paint();
  }

  function press() {
    if (state === "stored" || state === "ended") return start();
    if (state === "loading") return; // the button stays on, so that it keeps the focus
    const running = state === "paused";
    worker.running(running);
    if (running) return turn("running", "Training goes on.");
    turn("paused", `Paused. Right on fresh examples: ${percentsOf(models, of)}.`);
    if (last) paint();
  }

  main.addEventListener("click", press, { signal });
  again.addEventListener("click", () => {
    reset("Back at the start.");
    main.focus(); // this button is off now
  }, { signal });
  signal.addEventListener("abort", stopWorker);
  const root = element("div", { class: "s2s-widget s2s-training", role: "group", "aria-label": title },
    element("header", {}, element("p", {}, title)),
    element("div", { class: "controls" }, element("div", { class: "control" }, main, again),
      ...[...Object.values(ofTask), ...Object.values(choices)].map((choice) => choice.root)),
    status, element("div", { class: "told" }, progress, note),
    element("div", { class: "halves" }, curves.root,
      element("div", { class: "half" }, results.root, ...maps.map((map) => map.root))), transcript.root);
  el.append(root);
  reachWhileItScrolls(results.root, "what the models answer", signal);
  observe(model, ["seed", "rate", "options"], chosen, signal);
  chosen();
  status.textContent = "";
  followTheme(root, paint, signal);
  const resized = new ResizeObserver(() => curves.place(of.map(({ losses }) => losses)));
  resized.observe(curves.area);
  signal.addEventListener("abort", () => resized.disconnect());
  return end;
}

export default { render };
