// What the reader has done, in the browser's own storage. Nothing is sent anywhere.

const KEY = "s2s-course-progress";
export const EMPTY = { chapters: {}, quizzes: {}, exercises: {}, cards: {} };

// What is stored, or an empty one where there is nothing, or nothing that can be read.
export function readProgress() {
  try {
    return { ...structuredClone(EMPTY), ...checked(JSON.parse(localStorage.getItem(KEY) ?? "{}")) };
  } catch {
    return structuredClone(EMPTY);
  }
}

// Change what is stored with `change(progress)`; whether it could be kept.
export function changeProgress(change) {
  const progress = readProgress();
  change(progress);
  try {
    localStorage.setItem(KEY, JSON.stringify(progress));
    return true;
  } catch {
    return false;
  }
}

// Whether this browser keeps anything for this page: not in every mode, and not for every file.
export function canKeep() {
  try {
    localStorage.setItem(`${KEY}-test`, "1");
    localStorage.removeItem(`${KEY}-test`);
    return true;
  } catch {
    return false;
  }
}

export function clearProgress() {
  try {
    localStorage.removeItem(KEY);
  } catch {
    // Nothing is kept here, so there is nothing to clear.
  }
}

// Only the parts that are known, each an object. Throws for anything else.
export function checked(data) {
  if (!isObject(data)) throw new Error("no object");
  const parts = Object.keys(EMPTY).filter((part) => part in data);
  if (!parts.every((part) => isObject(data[part]))) throw new Error("a part is no object");
  return Object.fromEntries(parts.map((part) => [part, data[part]]));
}

export function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

// Today, as 2026-12-01, where the reader is.
export function today(date = new Date()) {
  const two = (number) => String(number).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
