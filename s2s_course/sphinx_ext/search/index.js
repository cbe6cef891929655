// The index that the book's build writes, made ready for matching: which passages hold a word.

import { lettersOf } from "./distance.js";
import { fold, foldedWords, wordsOf } from "./words.js";

const DEFINITION = /\b(?:class|def) (\w+)/g;

// Of `data` (see search_index.py): { pages, sections, passages, postings, titles, words, letters }.
// `postings` and `titles` lead from a word to the numbers of passages, and of sections that have it in a name.
export function readIndex(data) {
  const index = { pages: data.pages, sections: [], passages: [], postings: new Map(), titles: new Map() };
  for (const [page, anchor, kind, title, names, passages] of data.sections) {
    const section = index.sections.length;
    const all = [title, ...names].map(nameOf).filter(({ words }) => words.length);
    index.sections.push({ page: data.pages[page], anchor, kind, title, names: all, begin: passages[0]?.[1] ?? "" });
    for (const { words, parts } of all) for (const word of [...words, ...parts]) post(index.titles, word, section);
    addPassage(index, section, 0, title, []);
    for (const [at, text] of passages) addPassage(index, section, at, text, wordsOf(text));
  }
  for (const page of index.pages) page.words = foldedWords(page[1]);
  index.words = [...new Set([...index.postings.keys(), ...index.titles.keys()])];
  index.letters = Int32Array.from(index.words, lettersOf);
  return index;
}

// A name with its words, with them in one piece, and with the digits that no typing error may change.
function nameOf(text) {
  const found = wordsOf(text);
  const words = found.map(({ word }) => word);
  const parts = found.flatMap((one) => one.parts);
  const piece = words.join("");
  return { text, words, parts, joined: words.join(" "), piece, letters: lettersOf(piece), digits: digitsOf(text) };
}

// The digits of a text and the points between them.
export function digitsOf(text) {
  return (fold(text).match(/\d[\d.]*\d|\d/g) ?? []).join(" ");
}

function addPassage(index, section, at, text, found) {
  const passage = index.passages.length;
  const defined = new Set([...text.matchAll(DEFINITION)].map(([, name]) => fold(name)));
  index.passages.push({ section, at, text, defined, length: found.length });
  for (const { word, parts } of found) {
    post(index.postings, word, passage);
    for (const part of parts) post(index.postings, part, passage);
  }
}

function post(postings, word, number) {
  const numbers = postings.get(word);
  if (!numbers) postings.set(word, [number]);
  else if (numbers[numbers.length - 1] !== number) numbers.push(number);
}
