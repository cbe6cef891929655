// Files of progress: the page's own, and s2s-progress.json, which check() writes beside a notebook.

import { EMPTY, checked, isObject } from "./store.js";

const MARK = "s2s-course progress 1";
const RECORD = { passed: "boolean", attempts: "number", hints: "number", answer: "string" }; // engine/record.py

export function exported(progress) {
  return `${JSON.stringify({ about: MARK, ...progress }, null, 1)}\n`;
}

// What the file `text` holds, as a progress of which parts may be empty, with a sentence on what came.
// Throws an Error whose message is one sentence for the reader.
export function imported(text, name) {
  const bad = (why) => new Error(`The file ${name} was not taken: ${why}.`);
  let data;
  try {
    data = JSON.parse(text);
  } catch {
    throw bad("it is no JSON, as s2s-progress.json and a file saved here are");
  }
  if (isObject(data) && data.about === MARK) return own(data, bad);
  if (isObject(data) && isObject(data.exercises)) return records(data.exercises, bad);
  throw bad("it is neither a file saved here nor the s2s-progress.json that check() writes");
}

function own(data, bad) {
  let parts;
  try {
    parts = checked(data);
  } catch {
    throw bad("it is damaged");
  }
  const fits = [
    ...Object.values(parts.chapters ?? {}).map((day) => typeof day === "string"),
    ...Object.values(parts.quizzes ?? {}).map(isObject),
    ...Object.values(parts.exercises ?? {}).map((one) => isObject(one) && typeof one.passed === "boolean"),
    ...Object.values(parts.cards ?? {}).map((card) => isObject(card) && Number.isInteger(card.box)
      && typeof card.due === "string"),
  ];
  if (fits.includes(false)) throw bad("it is damaged");
  return { progress: { ...structuredClone(EMPTY), ...parts }, said: "What was saved has been taken." };
}

// The records of check(): { "5.1": { passed, attempts, hints, answer } }, exactly these fields.
function records(entries, bad) {
  const exercises = {};
  for (const [id, record] of Object.entries(entries)) {
    const fields = isObject(record) ? Object.keys(record) : [];
    const whole = fields.length === Object.keys(RECORD).length
      && Object.entries(RECORD).every(([field, kind]) => typeof record[field] === kind);
    if (!whole) throw bad(`its record of exercise ${id} is damaged`);
    const { passed, attempts, hints } = record;
    exercises[id] = { passed, attempts, hints };
  }
  const passed = Object.values(exercises).filter((one) => one.passed).length;
  const tried = Object.keys(exercises).length;
  const said = `Of ${tried} ${tried === 1 ? "exercise that was" : "exercises that were"} tried, ${passed} `
    + `${passed === 1 ? "has" : "have"} passed; what has passed is ticked.`;
  return { progress: { ...structuredClone(EMPTY), exercises }, said };
}

// `progress` with what `other` holds besides: what was passed stays passed, and the later day of a card counts.
export function merged(progress, other) {
  const result = structuredClone(progress);
  for (const part of ["chapters", "quizzes"]) Object.assign(result[part], other[part]);
  for (const [id, one] of Object.entries(other.exercises)) {
    const passed = one.passed || Boolean(result.exercises[id]?.passed);
    result.exercises[id] = { ...result.exercises[id], ...one, passed };
  }
  for (const [key, card] of Object.entries(other.cards)) {
    if (!(result.cards[key]?.due > card.due)) result.cards[key] = card;
  }
  return result;
}
