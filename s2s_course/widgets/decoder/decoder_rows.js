// The rows of numbers of Decoder: how the units of vectors are shown, and the lines that show them. decoder.py puts
// this text in front of decoder_stages.js.

const FEW = 8; // units that are enlarged

// How the units of vectors are shown that belong together, such as all encoder states: `order`, by the vector in which
// a unit is highest, so that each vector has a bright band of its own; and the `few` that differ most between vectors.
function arranged(vectors) {
  const units = Array.from(vectors[0], (_, unit) => {
    const values = vectors.map((vector) => vector[unit]);
    const highest = Math.max(...values);
    return { unit, peak: values.indexOf(highest), highest, range: highest - Math.min(...values) };
  });
  const order = [...units].sort((a, b) => a.peak - b.peak || b.highest - a.highest).map(({ unit }) => unit);
  const ranked = [...units].sort((a, b) => b.range - a.range).slice(0, FEW).map(({ unit }) => unit);
  return { order, few: ranked.sort((a, b) => order.indexOf(a) - order.indexOf(b)) };
}

const percent = (share) => `${100 * share}%`;

// Draw vectors as rows of colored cells.
function drawVectors(canvas, rows, limit, dark) {
  [canvas.width, canvas.height] = [rows[0].length, rows.length];
  drawCells(canvas, (x, y) => diverging(rows[y][x] / limit, dark));
}

// One line: a label, a number, a strip of colored cells with a few of them enlarged in front of it, or a bar or a
// text, a number. What it shows comes with paint.
function createRow() {
  const [label, before, text, value] = ["label", "before", "text", "value"]
    .map((name) => element("span", { class: name }));
  const [mark, split, zero, bar] = ["mark", "split", "zero", "bar"].map((name) => element("i", { class: name }));
  const canvas = element("canvas");
  const strip = element("div", { class: "strip" }, canvas, mark, split);
  const few = element("canvas", { class: "few" });
  const root = element("div", { class: "entry" },
    label, before, few, element("div", { class: "track" }, strip, zero, bar, text), value);
  let spec = {};

  function paint(next, limit, dark) {
    spec = next;
    root.className = "entry";
    for (const kind of ["chosen", "total", "later"]) root.classList.toggle(kind, Boolean(spec[kind]));
    label.textContent = label.title = spec.label;
    [before.textContent, text.textContent, value.textContent] = [spec.before ?? "", spec.text ?? "", spec.value ?? ""];
    text.hidden = !spec.text; // else it would lie over the strip
    strip.hidden = few.hidden = !spec.strip;
    if (spec.strip) {
      const { length } = spec.strip;
      const rank = spec.order.indexOf(spec.unit);
      const [left, right] = spec.place ?? [0, 1];
      Object.assign(strip.style, { left: percent(left), width: percent(right - left) });
      drawVectors(canvas, [spec.order.map((unit) => spec.strip[unit])], limit, dark);
      drawVectors(few, [spec.few.map((unit) => spec.strip[unit])], limit, dark);
      mark.hidden = spec.unit === undefined || rank < 0;
      Object.assign(mark.style, { left: percent(rank / length), width: percent(1 / length) });
      split.hidden = !spec.split;
      split.style.left = percent(spec.split / length);
    }
    bar.hidden = !spec.bar;
    if (spec.bar) {
      const [from, to] = spec.bar;
      bar.className = `bar ${spec.kind}`;
      Object.assign(bar.style, { left: percent(Math.min(from, to)), width: percent(Math.abs(to - from)) });
    }
    zero.hidden = spec.zero === undefined;
    zero.style.left = percent(spec.zero);
  }

  // The source word of this row, and the unit under a pointer.
  function locate(event) {
    const pointed = event.target === few ? spec.few[columnAt(event, few, spec.few.length)]
      : strip.contains(event.target) ? spec.order[columnAt(event, strip, spec.order.length)] : -1;
    return {
      ...(spec.source !== undefined && { source: spec.source }),
      ...(pointed >= 0 && { unit: spec.split && pointed >= spec.split ? pointed - spec.split : pointed }),
    };
  }
  return { root, paint, locate };
}

// What the head of the figure says of strips, if there are any; the lines make room for what the rows have.
function headOfStrips(rows, lines) {
  const strips = rows.filter(({ strip }) => strip);
  lines.classList.toggle("narrow", rows.every(({ before }) => !before));
  lines.classList.toggle("bars", !strips.length);
  const most = Math.max(...strips.map(({ few }) => few.length));
  const [few, all] = strips.length ? [`${most} units`, "all units, by the word where each is highest"] : ["", ""];
  return [element("div", {}, few), element("div", {}, all)];
}
