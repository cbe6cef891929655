// Tokenizers, as in text/tokenize.py: a text becomes a list of tokens, and tokens become a text again.

import { clean } from "./clean.js";
import { joinWords } from "./join.js";
import { UNK } from "./vocab.js";

const LANGUAGES = ["en", "fr", "de"];

// \w of Python is a letter or number of any script, or "_". Where case does not matter, Python takes "ı" and "İ" for
// "i" too, so letters stand here in place of the flag "i".
const WORD = "[\\p{L}\\p{N}_\\u0300-\\u036f]+";
const WORDS = new RegExp(`${UNK}|${WORD}|\\S`, "gu");
const FRENCH_WORDS = new RegExp(
  `<[Uu][Nn][Kk]>|[Aa][Uu][Jj][Oo][Uu][Rr][Dd]['’][Hh][Uu][Iiıİ]|${WORD}(?:-${WORD})*['’]?|\\S`, "gu");

// Words and punctuation marks, found by one regular expression.
export class WordTokenizer {
  constructor(language, { lowercase = true } = {}) {
    if (!LANGUAGES.includes(language)) {
      throw new Error(`language must be one of ${LANGUAGES.join(", ")}, got '${language}'`);
    }
    Object.assign(this, { language, lowercase });
  }

  tokenize(text) {
    const pattern = this.language === "fr" ? FRENCH_WORDS : WORDS;
    return clean(this.lowercase ? text.toLowerCase() : text).match(pattern) ?? [];
  }

  detokenize(tokens) {
    return joinWords(tokens, this.language);
  }
}

// By kind, from what to_json in Python gave; more_tokenizers.js adds the others.
export const TOKENIZERS = { word: ({ language, lowercase }) => new WordTokenizer(language, { lowercase }) };

// The tokenizer whose to_json in Python gave `state`.
export function createTokenizer(state) {
  if (!Object.hasOwn(TOKENIZERS, state.kind)) {
    throw new Error(`kind of tokenizer must be 'word', 'bpe' or 'character', got '${state.kind}'`);
  }
  return TOKENIZERS[state.kind](state);
}
