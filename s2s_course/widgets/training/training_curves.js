// The loss curves, the table beside them, and the example (see training.py).

const SMOOTHED = 10; // steps whose mean is drawn
const HIGHEST = 1.3; // the top of the chart, in losses of guessing

// The mean of the last losses up to place `n`.
function smoothed(losses, n) {
  const first = Math.max(0, n + 1 - SMOOTHED);
  let sum = 0;
  for (let i = first; i <= n; i++) sum += losses[i];
  return sum / (n + 1 - first);
}

// The last of these means, as it is printed.
function lossText(losses) {
  const loss = losses.length ? smoothed(losses, losses.length - 1) : NaN;
  return Number.isFinite(loss) ? formatNumber(loss, 2) : "–";
}

// The course of a model's losses: the same mean after a tenth of its steps, two tenths, …
function courseOf(losses) {
  const places = Array.from({ length: 10 }, (_, tenth) => Math.ceil(((tenth + 1) * losses.length) / 10));
  return [...new Set(places)].filter((step) => step > 0)
    .map((step) => `${lossText(losses.slice(0, step))} after ${step}`);
}

// A model's line as it is in the chart.
function createSample(index) {
  const node = element("span", { class: `sample model-${index}`, "aria-hidden": "true" });
  node.append(stretchedSvg("0 0 34 8", '<path class="line" d="M2 4H32"/>'));
  return node;
}

// The chart: `paint` takes each model's losses, from the first step on.
function createCurves(models, { guessing, steps }) {
  const top = HIGHEST * guessing;
  const y = (loss) => 100 * (1 - clamp(loss / top, 0, 1)); // percent from the top; a loss that is no number is there
  const x = (step) => (100 * step) / steps;
  const ticks = [0, 1, 2, 3, 4].filter((loss) => loss < top);
  const lines = stretchedSvg("0 0 100 100", [...ticks.map((loss) => `<path class="grid" d="M0 ${y(loss)}H100"/>`),
    `<path class="guessing" d="M0 ${y(guessing)}H100"/>`,
    ...models.map((_, i) => `<path class="line model-${i}"/>`)].join(""));
  const paths = lines.querySelectorAll(".line");
  const labels = models.map(({ label }, i) => element("span", { class: `label model-${i}` }, label));
  const area = element("div", { class: "area" }, lines,
    element("span", { class: "of-guessing", style: `top: ${y(guessing)}%` }, "guessing"), ...labels);
  const numbers = (values, style) => values.map((value) => element("span", { style: style(value) }, String(value)));
  const root = element("div", { class: "chart", role: "img" },
    element("p", {}, `loss in nats, mean of ${SMOOTHED} steps`),
    element("div", { class: "y" }, ...numbers(ticks, (loss) => `top: ${y(loss)}%`)), area,
    element("div", { class: "x" }, ...numbers([0, steps / 2, steps], (step) => `left: ${x(step)}%`)),
    element("p", { class: "x-label" }, "step"));

  const height = (losses, n) => y(smoothed(losses, n)) || 0; // what is no number is at the top

  function path(losses) {
    const points = losses.map((_, n) => `${x(n + 1).toFixed(2)} ${height(losses, n).toFixed(2)}`);
    return points.length ? `M${points.join("L")}` : "";
  }

  // Each label at the end of its line, below another where they would meet.
  function place(all) {
    const ends = all.map((losses, i) => ({ i, losses, at: losses.length ? height(losses, losses.length - 1) : 100 }));
    let free = -Infinity;
    for (const { i, losses, at } of ends.sort((a, b) => a.at - b.at)) {
      const half = labels[i].offsetHeight / 2;
      const center = Math.max((at / 100) * area.clientHeight, free + half);
      labels[i].hidden = losses.length === 0;
      labels[i].style.left = `calc(${x(losses.length)}% + 6px)`;
      labels[i].style.top = `${center}px`;
      free = center + half;
    }
  }

  function paint(all) {
    all.forEach((losses, i) => paths[i].setAttribute("d", path(losses)));
    for (const label of labels) label.hidden = false; // before they are measured
    place(all);
    const said = all.map((losses, i) => `${models[i].label} ${lossText(losses)} after ${losses.length} steps`);
    root.setAttribute("aria-label", `Loss curves; guessing costs ${formatNumber(guessing, 2)}. ${said.join(", ")}.`);
  }
  return { root, paint, area, place };
}

// What stands for a token: the special ones smaller.
const tokenOf = (token, wrong = false) => element("span",
  { class: `${wrong ? "wrong" : ""} ${token.length > 1 ? "special" : ""}` }, token);

// One row a model: loss, share of right answers, and what it answers to the example.
function createResults(models, { tokens, asked }) {
  const rows = models.map(({ label }, i) => {
    const cells = { loss: element("td"), right: element("td"), answer: element("td", { class: "answer" }) };
    const root = element("tr", {}, element("th", { scope: "row" }, createSample(i), label), ...Object.values(cells));
    return { root, ...cells };
  });
  const example = element("p", { class: "example" });
  const head = ["model", "loss", `${asked} right`, "answers"].map((text) => element("th", { scope: "col" }, text));
  const table = element("table", { class: "readings" }, element("thead", {}, element("tr", {}, ...head)),
    element("tbody", {}, ...rows.map(({ root }) => root)));
  const word = (indices, answer = indices) =>
    element("span", { class: "word" }, ...indices.map((index, t) => tokenOf(tokens[index], index !== answer[t])));

  // `of` has for each model losses, shares and what it has written of the example.
  function paint({ input, answer }, of) {
    const line = (name, indices) => element("span", {}, element("span", {}, name), word(indices));
    example.replaceChildren(line("A fresh example: ", input), line("Right: ", answer));
    rows.forEach((row, i) => {
      const { losses, shares, written } = of[i];
      row.loss.textContent = lossText(losses);
      row.right.textContent = shares.length ? `${formatNumber(100 * shares.at(-1), 0)} %` : "–";
      row.answer.replaceChildren(...(written ? [word(written, answer)] : ["–"]));
    });
  }
  return { root: element("div", { class: "results" }, example, table), paint };
}

// Where a model that attends looks: a row for each letter that it writes, a column for each that it reads.
function createMap(label, { tokens }) {
  const canvas = element("canvas", { role: "img" });
  const [columns, lines] = [element("div", { class: "columns" }), element("div", { class: "lines" })];
  const root = element("figure", { class: "attention" },
    element("figcaption", {}, `${label}: a row for each letter that it writes, a column for each that it reads`),
    columns, lines, element("div", { class: "cells" }, canvas));
  function paint(input, { written, map }, dark) {
    root.hidden = !map;
    if (!map) return;
    root.style.setProperty("--columns", input.length);
    root.style.setProperty("--rows", written.length);
    columns.replaceChildren(...input.map((index) => tokenOf(tokens[index])));
    lines.replaceChildren(...written.map((index) => tokenOf(tokens[index])));
    Object.assign(canvas, { width: input.length, height: written.length });
    drawCells(canvas, (s, t) => sequential(map[t][s], dark));
    const most = map.map((row) => row.indexOf(Math.max(...row)) + 1);
    const places = `letters 1 to ${written.length} were written with most weight on letters ${most.join(", ")}`;
    canvas.setAttribute("aria-label", `Attention: ${places}`);
  }
  return { root, paint };
}
