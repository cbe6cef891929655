// What a mask means: who may know of what after n layers, and what is wrong with it. Stands before masks.js.

const range = (count) => Array.from({ length: count }, (_, i) => i);
const quoted = (word) => `“${word}”`;

// Between the encoder's rows and the decoder's columns there is no attention.
const isLocked = ({ kind, first_target: first }, row, column) => kind === "towers" && row < first && column >= first;

// The mask as rows of booleans: with its changes, if they are for a mask of this size.
function maskOf(preset, cells) {
  const { key, columns, rows, bits } = preset;
  const own = cells[key]?.length === bits.length ? cells[key] : bits;
  return rows.map((_, i) => columns.map((__, j) => own[i * columns.length + j] === "1" && !isLocked(preset, i, j)));
}

// The change that turns one cell around.
function toggled(preset, { row, column, cells }) {
  if (isLocked(preset, row, column)) return {};
  const at = row * preset.columns.length + column;
  const now = maskOf(preset, cells).flat().map((cell, i) => (cell !== (i === at) ? "1" : "0")).join("");
  return { cells: { ...cells, [preset.key]: now } };
}

// One layer: a row gets what the rows knew that it attends to, and keeps what it had.
const through = (mask, known) => mask.map((may, i) =>
  known[i].map((has, k) => has || may.some((yes, j) => yes && known[j][k])));

// Which columns each row may know of after so many layers.
function knownAfter({ kind, first_target: first, rows }, mask, layers) {
  if (kind === "cross") return mask;
  let known = rows.map((_, i) => rows.map((__, k) => i === k));
  const part = (within) => mask.map((may, i) => may.map((yes, j) => yes && within(i, j)));
  const stages = kind === "self" ? [[mask]] : [ // all layers of the encoder, then those of the decoder
    [part((i) => i < first)],
    [part((i, j) => i >= first && j >= first), part((i, j) => i >= first && j < first)],
  ];
  for (const stage of stages) {
    for (let layer = 0; layer < layers; layer++) for (const step of stage) known = through(step, known);
  }
  return known;
}

// “a”, “b”, “c” and 2 more
function namesOf(rows, tokens) {
  const shown = rows.slice(0, 3).map((i) => quoted(tokens[i])).join(", ");
  return rows.length > 3 ? `${shown} and ${rows.length - 3} more` : shown;
}

// What is wrong with a mask: { rows, text } for each kind of trouble that there is.
function troublesOf(preset, mask, known, layers) {
  const { kind, rows, columns, first_target: first, padding } = preset;
  const which = (guilty) => range(rows.length).filter(guilty);
  const found = [];
  function report(guilty, one, many) {
    const text = guilty.length > 1 ? many : one;
    if (guilty.length) found.push({ rows: guilty, text: `${namesOf(guilty, rows)} ${text}.` });
  }

  function reportEmpty(where, from, to, isAsking) {
    const text = `may attend to nothing${where}: softmax over nothing is NaN`;
    report(which((i) => isAsking(i) && !mask[i].slice(from, to).includes(true)), text, text);
  }
  const isTarget = (i) => i >= first;
  if (kind === "towers") {
    reportEmpty("", 0, first, (i) => !isTarget(i));
    reportEmpty(" in the source", 0, first, isTarget);
    reportEmpty(" in the target", first, columns.length, isTarget);
  } else reportEmpty("", 0, columns.length, () => true);

  // What a position reads is what the one before it must predict. Each row is reported once, for the worst.
  const told = new Set();
  const reportOnce = (sees, one, many) => {
    const guilty = which((i) => kind !== "cross" && isTarget(i) && !told.has(i) && sees(i));
    for (const i of guilty) told.add(i);
    report(guilty, one(guilty[0]), many);
  };
  const later = `after ${layers} layers, by way of others`; // with one layer there are no others
  const answer = (i) => `sees its own answer, ${quoted(columns[i + 1])}`;
  const ahead = (seen) => (i) => seen[i].some((has, j) => has && j > i);
  reportOnce((i) => mask[i][i + 1], (i) => `${answer(i)}: it would learn to copy it`,
    "see their own answers: they would learn to copy them");
  reportOnce((i) => known[i][i + 1], (i) => `${answer(i)}, ${later}`, `see their own answers, ${later}`);
  reportOnce(ahead(mask), () => "sees a word that is written later", "see words that are written later");
  reportOnce(ahead(known), () => `sees a word that is written later, ${later}`,
    `see words that are written later, ${later}`);

  const isWord = (i) => kind === "cross" || !padding.includes(i);
  report(which((i) => isWord(i) && padding.some((j) => mask[i][j])),
    "attends to padding, which says nothing", "attend to padding, which says nothing");
  return found;
}
