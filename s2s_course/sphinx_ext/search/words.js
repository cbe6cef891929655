// The words of a text, as search compares them: without case and accents, with the parts of a name in code.

const WORD = /\d+(?:\.\d+)+|[\p{L}\p{M}\p{N}]+/gu;
const LIGATURES = { "œ": "oe", "æ": "ae", "ß": "ss" };

// A word without case and accents: "Étés" and "etes" are the same.
export function fold(word) {
  const plain = word.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "");
  if (/^[a-z0-9.]*$/.test(plain)) return plain;
  return plain.replace(/[œæß]/g, (letter) => LIGATURES[letter]);
}

// The words of `text` in order, each with where it stands: [{ word, start, end, parts }].
// `parts` are those of a name such as MultiHeadAttention, and empty for other words.
export function wordsOf(text) {
  const found = [];
  for (const match of text.matchAll(WORD)) {
    const [word] = match;
    const parts = /\p{Ll}\p{Lu}/u.test(word) ? partsOf(word) : [];
    found.push({ word: fold(word), start: match.index, end: match.index + word.length, parts });
  }
  return found;
}

// MultiHeadAttention → multi, head, attention
function partsOf(word) {
  return word.match(/\p{Lu}?[\p{Ll}\p{N}]+|\p{Lu}+(?!\p{Ll})/gu).map(fold);
}

// The folded words of `text` alone.
export function foldedWords(text) {
  return wordsOf(text).map(({ word }) => word);
}
