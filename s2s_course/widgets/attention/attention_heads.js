// The heads of all layers as small maps, to choose one of them (see attention.py).

const SMALL = { lowest: 0.7, highest: 2.2 }; // width by height of a small map
const HEAD_KEYS = {
  ArrowLeft: ({ head }) => ({ head: head - 1 }),
  ArrowRight: ({ head }) => ({ head: head + 1 }),
  ArrowUp: ({ layer }) => ({ layer: layer - 1 }),
  ArrowDown: ({ layer }) => ({ layer: layer + 1 }),
  Home: () => ({ head: 0 }),
  End: () => ({ head: Infinity }), // choose() stops at the last
};
const HEADS_HELP = "Left and right arrow keys choose a head, up and down a layer. Home and End go to the first and the last "
  + "head.";

const nameOfHead = (layer, head) => `layer ${layer + 1}, head ${head + 1}`;
const inPercent = (rate) => `${formatNumber(100 * rate, 0)}\u00a0%`;

// One kind of attention, with a scene for each head of each layer.
function readStack({ kind, label, sides, src_tokens: src, tgt_tokens: tgt, causal, weights: encoded, gold, scores }) {
  const { shape: [layers, heads, rows, columns], values } = decodeArray(encoded);
  const words = [tgt, src];
  const common = { src, tgt, sides, causal, digits: encoded.dtype === "uint8" ? 2 : 3 };
  const sceneOf = (layer, head) => {
    const first = (layer * heads + head) * rows * columns;
    const weights = { shape: [rows, columns], values: values.subarray(first, first + rows * columns) };
    const score = scores && { gold, ...scores[layer][head] };
    const place = nameOfHead(layer, head);
    const panel = { ...common, name: `${label}, ${place}`, weights, score };
    return { panels: [panel], words, sides, causal, hasGold: score !== null, place };
  };
  const scenes = Array.from({ length: layers }, (_, layer) =>
    Array.from({ length: heads }, (__, head) => sceneOf(layer, head)));
  return { kind, label, layers, heads, words, sides, scenes };
}

function scenesOfHeads(model) {
  const stacks = model.get("stacks").map(readStack);
  const stackOf = (kind) => stacks.find((stack) => stack.kind === kind) ?? stacks[0];
  function within({ kind, layer, head, row, column, ...place }) {
    const { kind: known, layers, heads, words: [tgt, src] } = stackOf(kind);
    return {
      ...place, kind: known, layer: clamp(layer, 0, layers - 1), head: clamp(head, 0, heads - 1),
      row: clamp(row, 0, tgt.length - 1), column: clamp(column, 0, src.length - 1),
    };
  }
  const sceneAt = ({ kind, layer, head }) => stackOf(kind).scenes[layer][head];
  return { traits: ["kind", "layer", "head"], stacks, within, sceneAt };
}

// One small map, with its error rate below.
function createSmallMap({ panels: [{ weights, causal, score }], place }, lowest) {
  const [rows, columns] = weights.shape;
  const canvas = element("canvas", { width: columns, height: rows });
  const best = score !== null && score.rate === lowest;
  const says = score ? `, error rate ${inPercent(score.rate)}${best ? ", the lowest" : ""}` : "";
  const box = element("div", {
    class: causal ? "small hatched" : "small", style: `aspect-ratio: ${clamp(columns / rows, SMALL.lowest, SMALL.highest)}`,
  }, canvas);
  const rate = score ? element("span", { class: best ? "rate best" : "rate" }, inPercent(score.rate)) : "";
  const name = `${place}${says}`;
  const root = element("div", { role: "gridcell", "aria-label": name, title: name, ...KEEP_ARROW_KEYS }, box, rate);
  return { root, draw: (dark) => drawWeights(canvas, { weights, causal }, dark) };
}

// The grid of one kind: a row for each layer, a column for each head.
function createGrid({ label, layers, heads, sides, scenes }, view) {
  const rates = scenes.flat().flatMap(({ panels: [{ score }] }) => (score ? [score.rate] : []));
  const maps = scenes.map((layer) => layer.map((scene) => createSmallMap(scene, Math.min(...rates))));
  const numbered = (role, word, index) =>
    element("div", { role, "aria-label": `${word} ${index + 1}` }, element("span", {}, `${word} `), String(index + 1));
  const header = element("div", { role: "row" }, element("div", { role: "columnheader" }, element("b", { class: "unseen" }, "layer")),
    ...maps[0].map((_, head) => numbered("columnheader", "head", head)));
  const grid = element("div", {
    role: "grid", "aria-label": `${label}: heads by layers. ${HEADS_HELP}`, class: heads > 9 ? "many" : "",
    style: `--heads: ${heads}`,
  }, header, ...maps.map((row, layer) =>
      element("div", { role: "row" }, numbered("rowheader", "layer", layer), ...row.map(({ root }) => root))));
  const note = `Layers are rows, heads are columns; in each map ${sides[0]} words are rows, ${sides[1]} words columns.`
    + (rates.length ? " Below it is its alignment error rate; the lowest is framed." : "");
  const scroller = element("div", { class: "scroller" }, grid);
  const cells = maps.flatMap((row, layer) => row.map(({ root }, head) => ({ root, layer, head })));
  const locate = (event) => {
    const found = cells.find(({ root }) => root.contains(event.target));
    return found ? { layer: found.layer, head: found.head } : {};
  };
  moveWithKeys(grid, view, HEAD_KEYS);
  moveWithPointer(grid, locate, view);

  function paint() {
    const [shown, chosen, held] = [view.shown(), view.chosen(), grid.matches(":focus-within")];
    for (const { root, layer, head } of cells) {
      const isChosen = layer === chosen.layer && head === chosen.head;
      root.classList.toggle("now", layer === shown.layer && head === shown.head);
      root.setAttribute("aria-selected", isChosen);
      root.tabIndex = isChosen ? 0 : -1; // one stop for the tab key
      if (!isChosen) continue;
      if (held) root.focus();
      if (view.isPreview()) continue; // do not scroll away from the mouse
      const gutter = header.firstChild.offsetWidth;
      const [left, right] = [root.offsetLeft - gutter, root.offsetLeft + root.offsetWidth - scroller.clientWidth];
      scroller.scrollLeft = clamp(scroller.scrollLeft, right, left);
    }
  }
  const draw = (dark) => maps.flat().forEach((map) => map.draw(dark));
  return { nodes: [scroller, element("p", {}, note)], paint, draw };
}

// The kind of attention and the grid of its heads.
function createHeads({ stacks }, view) {
  const select = element("select", { "aria-label": "kind of attention", ...KEEP_ARROW_KEYS },
    ...stacks.map(({ kind, label }) => element("option", { value: kind }, label)));
  select.addEventListener("change", () => view.choose({ kind: select.value }), { signal: view.signal });
  const place = element("div");
  const grids = new Map(); // made when they are first shown
  const kinds = stacks.length > 1 ? element("div", { class: "control" }, select) : "";
  const root = element("div", { class: "heads" }, kinds, place);
  let [grid, isDrawnDark] = [null, null];

  function paint(dark) {
    const { kind } = view.shown();
    const stack = stacks.find((each) => each.kind === kind);
    if (!grids.has(kind)) grids.set(kind, createGrid(stack, view));
    const next = grids.get(kind);
    if (next !== grid) place.replaceChildren(...next.nodes);
    if (next !== grid || dark !== isDrawnDark) next.draw(dark);
    [grid, isDrawnDark] = [next, dark];
    select.value = kind;
    grid.paint();
  }
  return { root, paint };
}
