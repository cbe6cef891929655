// The two stacks of TransformerSteps as a drawing, from the bottom to the top, and the key–value cache below them.

// In units of its own, about CSS pixels. Encoder to the left, decoder to the right, the streams at the outer edges.
const STACK = { width: 348, box: 140, tall: 36, gap: 8, layer: 18, middle: 174 };
const LEFT = { encoder: 26, decoder: 182 };
const STREAM_AT = { encoder: 10, decoder: 338 };
const percent = (share) => `${100 * share}%`;

// The stages of a stack that one box stands for, from the bottom: { side, layer, part, first, last }, as indices. At
// `known` there are sizes to show: from the sum on, in post-norm before its norm.
function boxesOf(side, stages) {
  const boxes = [];
  stages.forEach(({ layer, part, kind }, index) => {
    if (boxes.at(-1)?.layer !== layer || boxes.at(-1).part !== part) boxes.push({ side, layer, part, first: index });
    Object.assign(boxes.at(-1), { last: index, ...(kind !== "norm" || layer === null ? { known: index } : {}) });
  });
  return boxes;
}

// Where the boxes stand: `up` is the distance of each one's lower edge from the bottom.
function placeBoxes(boxes) {
  let up = 0;
  boxes.forEach((box, i) => {
    if (box.layer !== null && boxes[i - 1]?.layer !== box.layer) up += 4; // a layer begins
    box.up = up;
    up += STACK.tall + STACK.gap;
    if (box.layer !== null && boxes[i + 1]?.layer !== box.layer) {
      box.layerAt = up - STACK.gap; // its name stands above it
      up += STACK.layer - STACK.gap + 4;
    }
  });
  return up;
}

const arrowHead = (x, y, right) => `M${x - 5 * right} ${y - 4}L${x} ${y}L${x - 5 * right} ${y + 4}`;

const squareAt = (x, y) => `<rect class="norm" x="${x - 3.5}" y="${y - 3.5}" width="7" height="7"/>`;

// The lines of one stack: the stream, which each part reads and adds to, and the norms as small squares: on the way
// into a part or, in post-norm, on the stream above it.
function linesOf(side, boxes, height, normFirst) {
  const x = STREAM_AT[side];
  const inner = side === "encoder" ? LEFT.encoder : LEFT.decoder + STACK.box;
  const inward = Math.sign(inner - x);
  const [first, last] = [boxes[0], boxes.at(-1)];
  const bottom = height - first.up - STACK.tall / 2;
  const [top, end] = last.layer === null ? [height - last.up - STACK.tall / 2, `H${inner}`]
    : [height - last.layerAt - STACK.layer, ""]; // to where the memory is taken
  const markup = [`<path class="stream" d="M${inner} ${bottom}H${x}V${top}${end}"/>`];
  for (const { layer, up } of boxes) {
    if (layer === null) continue;
    const [reads, adds] = [height - up - 8, height - up - STACK.tall + 8];
    markup.push(`<path d="M${x} ${reads}H${inner}${arrowHead(inner, reads, inward)}"/>`,
      `<path d="M${inner} ${adds}H${x + 6 * inward}"/>`,
      `<circle cx="${x}" cy="${adds}" r="6"/><path d="M${x - 3} ${adds}h6m-3 -3v6"/>`,
      normFirst ? squareAt(x + 6 * inward, reads) : squareAt(x, adds - 11));
  }
  return markup.join("");
}

// From the encoder's top to each cross-attention.
function memoryLines(encoder, decoder, height) {
  const top = encoder.at(-1);
  const from = top.layer === null ? [LEFT.encoder + STACK.box, height - top.up - STACK.tall / 2]
    : [STREAM_AT.encoder, height - top.layerAt - STACK.layer];
  const entries = decoder.filter(({ part }) => part === "cross-attention")
    .map(({ up }) => height - up - STACK.tall / 2);
  const ends = [from[1], ...entries];
  const [x, into] = [STACK.middle, LEFT.decoder];
  return `<path class="memory" d="M${from.join(" ")}H${x}M${x} ${Math.min(...ends)}V${Math.max(...ends)}"/>`
    + entries.map((y) => `<path class="memory" d="M${x} ${y}H${into}"/>`
      + `<path class="memory head" d="${arrowHead(into, y, 1)}"/>`).join("");
}

// `go(side, index)` is called with a side and the index of a stage when a box is clicked.
function createStack(pass, go, signal) {
  const sides = Object.fromEntries(["encoder", "decoder"].map((side) => [side, boxesOf(side, pass.stages[side])]));
  const height = Math.max(...Object.values(sides).map(placeBoxes)) + 12;
  const lines = Object.entries(sides)
    .map(([side, boxes]) => linesOf(side, boxes, height, pass.about.norm_first)).join("");
  const memory = memoryLines(sides.encoder, sides.decoder, height);
  const drawing = stretchedSvg(`0 0 ${STACK.width} ${height}`, lines + memory);
  const place = (node, left, up, width, tall) => Object.assign(node.style, {
    left: percent(left / STACK.width), bottom: percent(up / height), width: percent(width / STACK.width),
    ...(tall && { height: percent(tall / height) }),
  });
  const nodes = Object.values(sides).flat().map((box) => {
    const [part, bars] = [element("small"), element("span", { class: "sizes" }, element("i"), element("i"))];
    // The arrow keys of the whole do the same, so that Tab need not stop at every box.
    const node = element("button", {
      type: "button", tabindex: "-1", class: "box", "aria-label": nameOfPlace(box, pass.about), ...KEEP_ARROW_KEYS,
    }, element("span", {}, NAMES[box.part] ?? box.part), bars, " ", part);
    node.addEventListener("click", () => go(box.side, box.first), { signal });
    place(node, LEFT[box.side], box.up, STACK.box, STACK.tall);
    return { box, node, part, bars: [...bars.children] };
  });
  const names = Object.values(sides).flat().filter(({ layerAt }) => layerAt).map((box) => {
    const node = element("span", { class: `layer ${box.side}` }, `${box.side} layer ${box.layer + 1}`);
    place(node, LEFT[box.side], box.layerAt, STACK.box);
    return node;
  });
  const root = element("div", { class: "stack", style: `aspect-ratio: ${STACK.width} / ${height}` },
    drawing, ...names, ...nodes.map(({ node }) => node));

  // Sizes of what a box has done at position n: the stream's after it and, of a part, the change's.
  function sizesOf({ side, layer, part }, n) {
    const stack = pass[side];
    if (part === "embedding") return { own: stack.start(n).size };
    if (layer === null) return part === "last norm" ? { own: stack.lastNorm(n).size } : {};
    const p = layer * stack.parts.length + stack.parts.indexOf(part);
    const { beforeSize, changeSize, size: after } = stack.sumAt(p, n);
    return { own: pass.about.norm_first ? after : stack.normAt(p, n).size, changeSize, beforeSize };
  }
  const largest = Math.max(...Object.values(sides).flat().flatMap((box) => {
    const tokens = box.side === "encoder" ? pass.src : pass.read;
    return tokens.flatMap((_, n) => Object.values(sizesOf(box, n)));
  }));

  function paint({ t, side, index, word }) {
    for (const { box, node, part, bars } of nodes) {
      const passed = box.side === side ? index : side === "decoder" ? Infinity : -1; // the last stage that is done
      const now = box.side === side && box.first <= index && index <= box.last;
      node.classList.toggle("now", now);
      node.classList.toggle("done", passed >= box.first);
      node.setAttribute("aria-current", now ? "step" : "false");
      const { own = 0, changeSize = 0, beforeSize } = passed >= box.known
        ? sizesOf(box, box.side === "encoder" ? word : t) : {};
      part.textContent = beforeSize ? share(changeSize, beforeSize) : "";
      node.setAttribute("aria-label", `${nameOfPlace(box, pass.about)} ${part.textContent}`.trim());
      [own, changeSize].forEach((value, i) => { bars[i].style.width = percent(value / largest); });
    }
  }
  return { root, paint };
}

// A row for each decoder layer: a cell for each position in its cache, of the written words and of the source.
function createCache({ src, tgt, about, cached }) {
  const rows = Array.from({ length: about.num_layers }, (_, layer) => {
    const cells = (tokens) => element("span", { class: "cells" }, ...tokens.map(() => element("i")));
    const [own, source, text] = [cells(tgt), cells(src), element("small")];
    const root = element("div", {}, element("span", {}, `layer ${layer + 1}`), own, source, text);
    return { root, own, source, text };
  });
  const root = element("div", { class: "cache" },
    element("p", {}, "key–value cache: words the decoder has read + source"),
    ...rows.map((row) => row.root));
  function paint(place) {
    rows.forEach(({ own, source, text }, layer) => {
      const held = cached(layer, place);
      [...own.children].forEach((cell, i) => cell.classList.toggle("held", i < held));
      [...source.children].forEach((cell) => cell.classList.toggle("held", place.t >= 0));
      text.textContent = `${held} + ${place.t >= 0 ? src.length : 0}`;
    });
  }
  return { root, paint };
}
