// What a query finds, best first. A name that is meant goes before a text that holds the words.

import { editDistance, errorsAllowed, lettersOf, mayBeNear } from "./distance.js";
import { digitsOf } from "./index.js";
import { foldedWords } from "./words.js";

const KINDS = { chapter: 6, exercise: 5, term: 5, letter: 5, claim: 4, figure: 4, section: 3 };
const IN_NAME = 0.5, IN_PAGE_TITLE = 0.2; // against 1 in the passage itself
const DEFINED = 40; // a name that the passage defines: class Encoder, def forward
const WHOLE = 0.5; // of 1: above it the name as a whole was meant, not some words of it
const NAMED = 200; // a whole name weighs more than any text

// The results for `query`: [{ section, passage, words, score }], one for each section. `words` are the words
// of the book that were meant, also where the query has a typing error.
export function find(index, query) {
  const typed = foldedWords(query);
  if (typed.length === 0) return [];
  const meant = typed.map((word, n) => candidates(index, word, n === typed.length - 1));
  const best = new Map();
  for (const hit of textHits(index, meant)) best.set(hit.section, hit);
  for (const hit of nameHits(index, query, typed, meant)) {
    const text = best.get(hit.section);
    best.set(hit.section, text ? joinHits(text, hit) : hit);
  }
  return [...best.values()].sort((a, b) => b.score - a.score || a.section - b.section).map((hit) => ({
    section: index.sections[hit.section],
    passage: index.passages[hit.passage],
    words: [...hit.words],
    score: hit.score,
  }));
}

// One result of two for a section: a name that was meant leads to the title, else the text that fits best.
function joinHits(text, name) {
  const passage = name.whole ? name.passage : text.passage;
  return { ...text, passage, score: text.score + name.score, words: new Set([...name.words, ...text.words]) };
}

// The words of the book that `typed` may stand for, with a weight each: Map of word → weight.
// The last word of a query may be only begun. Where the word itself is there, what is like it counts little.
function candidates(index, typed, last) {
  const found = new Map(), alike = new Map();
  const number = /^\d/.test(typed);
  const allowed = number ? 0 : errorsAllowed(typed.length);
  const letters = lettersOf(typed);
  for (let n = 0; n < index.words.length; n++) {
    const word = index.words[n];
    if (word === typed) found.set(word, 1);
    else if (word.startsWith(typed) && (last ? typed.length > 1 || number : typed.length > 3)) {
      found.set(word, number ? 0.5 : 0.45 + 0.4 * (typed.length / word.length));
    } else if (allowed > 0 && mayBeNear(letters, index.letters[n], allowed)) {
      const distance = editDistance(typed, word, allowed);
      if (distance <= allowed) alike.set(word, 0.6 - 0.2 * (distance - 1));
    }
  }
  const less = found.has(typed) ? 0.3 : found.size ? 0.6 : 1;
  for (const [word, weight] of alike) found.set(word, weight * less);
  if (found.size === 0 && last && typed.length > 4) {
    for (const word of index.words) if (editDistance(typed, word, 1, true) <= 1) found.set(word, 0.3);
  }
  return found;
}

// Passages that hold the words, with all that is known of where they stand.
function textHits(index, meant) {
  const scores = new Map();
  meant.forEach((words, n) => {
    for (const [word, weight] of words) {
      const value = weight * rarity(index, word);
      for (const passage of index.postings.get(word) ?? []) note(scores, passage, n, value, word);
    }
  });
  return [...bestOfSections(index, scores, meant).values()];
}

// What it counts that a word is there, whose passages are few: about 8 for a word that stands once in the book.
function rarity(index, word) {
  return Math.log(1 + index.passages.length / (1 + (index.postings.get(word)?.length ?? 0)));
}

// Keep for word number `n` of the query the best word that `passage` holds for it.
function note(scores, passage, n, value, word) {
  let entry = scores.get(passage);
  if (!entry) scores.set(passage, (entry = { values: [], words: [] }));
  if (value > (entry.values[n] ?? 0)) {
    entry.values[n] = value;
    entry.words[n] = word;
  }
}

// The best passage of each section; where some have all words, only those.
function bestOfSections(index, scores, meant) {
  const best = new Map(), weights = new Map();
  let most = 0;
  for (const [passage, { values, words }] of scores) {
    const { section, defined, length } = index.passages[passage];
    let around = weights.get(section);
    if (!around) weights.set(section, (around = aroundWeights(index, index.sections[section], meant)));
    let sum = 0, matched = 0;
    for (let n = 0; n < meant.length; n++) {
      const value = values[n] ?? 0;
      if (value + around[n] > 0) matched += 1;
      sum += value + around[n] + (defined.has(words[n]) ? DEFINED : 0);
    }
    const score = sum / (1 + 0.1 * Math.log(1 + length / 40));
    const other = best.get(section);
    most = Math.max(most, matched);
    if (!other || matched > other.matched || (matched === other.matched && score > other.score)) {
      best.set(section, { section, passage, score, matched, words: new Set(words.filter(Boolean)) });
    }
  }
  return new Map([...best].filter(([, { matched }]) => matched === most));
}

// For each word of the query, what it counts that it stands in a name of the section, or in its page's title.
function aroundWeights(index, { names, page }, meant) {
  return meant.map((candidates) => {
    const value = (word) => (candidates.get(word) ?? 0) && candidates.get(word) * rarity(index, word);
    const most = (words) => words.reduce((best, word) => Math.max(best, value(word)), 0);
    return Math.max(IN_NAME * most(names.flatMap(({ words }) => words)), IN_PAGE_TITLE * most(page.words));
  });
}

// Sections whose name the query is, or begins, or nearly is, or whose name has all its words.
function nameHits(index, query, typed, meant) {
  const piece = typed.join("");
  const whole = {
    joined: typed.join(" "), piece, letters: lettersOf(piece), digits: digitsOf(query), raw: query.trim(),
  };
  const first = new Map(); // the number of a section's own first passage, its title
  index.passages.forEach(({ section, at }, n) => at === 0 && first.set(section, n));
  const hits = [];
  index.sections.forEach(({ names, kind }, section) => {
    let score = 0, words = [];
    for (const name of names) {
      const [value, which] = nameScore(whole, name, meant);
      if (value > score) [score, words] = [value, which];
    }
    if (score === 0) return;
    const same = names.some(({ text }) => text === whole.raw) ? 3 : 0; // H is not h
    hits.push({
      section, passage: first.get(section), score: NAMED * score + KINDS[kind] + same,
      words: new Set(words), whole: score > WHOLE,
    });
  });
  return hits;
}

// Between 0 and 1, how well a query fits a name, and which words of the name are meant.
function nameScore(query, name, meant) {
  if (query.joined === name.joined) return [1, name.words];
  const byWords = wordsScore(name, meant);
  if (name.joined.startsWith(query.joined) && query.piece.length > 1) {
    return [0.75 + 0.1 * (query.piece.length / name.piece.length), byWords[1]];
  }
  if (query.digits === name.digits) {
    const allowed = errorsAllowed(query.piece.length);
    const near = allowed > 0 && mayBeNear(query.letters, name.letters, allowed);
    const distance = near ? editDistance(query.piece, name.piece, allowed) : allowed + 1;
    if (distance <= allowed) return [0.95 - 0.1 * distance, name.words];
    const begun = query.piece.length > 5 && mayBeNear(query.letters & ~name.letters, 0, 1);
    if (begun && editDistance(query.piece, name.piece, 1, true) <= 1) return [0.6, byWords[1]];
  }
  return byWords;
}

// All words of the query stand in the name, whatever their order: at most WHOLE, less for a long name.
function wordsScore(name, meant) {
  const used = new Set();
  let sum = 0;
  for (const candidates of meant) {
    let best = 0, which = "";
    for (const word of [...name.words, ...name.parts]) {
      const weight = used.has(word) ? 0 : (candidates.get(word) ?? 0);
      if (weight > best) [best, which] = [weight, word];
    }
    if (best === 0) return [0, []];
    used.add(which);
    sum += best;
  }
  return [(WHOLE * sum) / Math.max(meant.length, 0.5 * (meant.length + name.words.length)), [...used]];
}
