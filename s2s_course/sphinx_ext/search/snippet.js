// The part of a passage that a result shows, with the words that were found.

import { wordsOf } from "./words.js";

const LONGEST = 180; // characters

// Pieces of `text` around the most of `words`: [{ text, marked }], with … where it was cut.
// `begin`: from its beginning, wherever the words stand.
export function snippet(text, words, begin = false) {
  const wanted = new Set(words);
  const found = wordsOf(text).filter((one) => wanted.has(one.word) || one.parts.some((part) => wanted.has(part)));
  const [start, end] = shownPart(text, begin ? [] : found);
  const pieces = [];
  let done = start;
  for (const { start: from, end: to } of found) {
    if (from < done || to > end) continue;
    if (from > done) pieces.push({ text: text.slice(done, from), marked: false });
    pieces.push({ text: text.slice(from, to), marked: true });
    done = to;
  }
  if (done < end) pieces.push({ text: text.slice(done, end), marked: false });
  if (start > 0) pieces.unshift({ text: "… ", marked: false });
  if (end < text.length) pieces.push({ text: " …", marked: false });
  return pieces;
}

// Where the part begins and ends that holds the most of the words that were found, cut between words.
function shownPart(text, found) {
  if (text.length <= LONGEST) return [0, text.length];
  let best = 0, most = -1;
  for (const { start } of found.slice(0, 40)) {
    const from = Math.max(0, start - 40);
    const inside = found.filter((one) => one.start >= from && one.end <= from + LONGEST).length;
    if (inside > most) [best, most] = [from, inside];
  }
  const start = best === 0 ? 0 : text.indexOf(" ", best) + 1;
  if (text.length - start <= LONGEST) return [start, text.length];
  const end = text.lastIndexOf(" ", start + LONGEST);
  return [start, end > start ? end : start + LONGEST];
}
