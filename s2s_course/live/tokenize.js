// Tokenizers, as in text/tokenize.py: a text becomes a list of tokens, and tokens become a text again.

import { clean, visible } from "./clean.js";
import { joinWords } from "./join.js";
import { UNK } from "./vocab.js";

const LANGUAGES = ["en", "fr", "de"];

// \w of Python is a letter or number of any script, or "_". Behind clean() a space is the only white space.
// Where case does not matter, Python takes "ı" and "İ" for "i" too, so letters stand here in place of the flag "i".
const WORD = "[\\p{L}\\p{N}_\\u0300-\\u036f]+";
const MARK = "[^\\p{L}\\p{N}_ ]";
const WORDS = new RegExp(`${UNK}|${WORD}|${MARK}`, "gu");
const FRENCH_WORDS = new RegExp(
  `<[Uu][Nn][Kk]>|[Aa][Uu][Jj][Oo][Uu][Rr][Dd]['’][Hh][Uu][Iiıİ]|${WORD}(?:-${WORD})*['’]?|${MARK}`, "gu");
const PUNCTUATION = /([!-/:-@[-`{-~\p{P}])/u; // of Unicode 8 in the tokenizers library: rare marks are newer here

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

// Every character is a token, spaces included.
export class CharacterTokenizer {
  constructor(language) {
    this.language = language;
  }

  tokenize(text) {
    return [...visible(text)];
  }

  detokenize(tokens) {
    return tokens.join("");
  }
}

// Subwords by byte-pair encoding (Sennrich et al. 2016), from what the tokenizers library stored.
export class BPETokenizer {
  constructor(language, { normalizer, model }) {
    this.language = language;
    this.lowercase = normalizer.normalizers.some(({ type }) => type === "Lowercase");
    this.pieces = new Set(Object.keys(model.vocab));
    this.ranks = new Map(model.merges.map((pair, rank) => [pair.join(" "), rank]));
  }

  // The library finds <unk> as it is written first, and lowers letter by letter: a sigma is never a final one.
  tokenize(text) {
    return clean(text).split(/(<unk>)/).flatMap((part) => {
      if (part === UNK || part === "") {
        return part || [];
      }
      const lowered = this.lowercase ? Array.from(part, (letter) => letter.toLowerCase()).join("") : part;
      return `▁${lowered.replaceAll(" ", "▁").replace(/^▁/, "")}`.split(/(?=▁)/)
        .flatMap((word) => word.split(PUNCTUATION).filter(Boolean))
        .flatMap((word) => this.merge([...word]))
        .map((piece) => (this.pieces.has(piece) ? piece : UNK));
    });
  }

  detokenize(tokens) {
    return tokens.join("").replaceAll("▁", " ").trim();
  }

  // The pieces of one word: the pair of neighbors that was learned first is merged, the leftmost of equals, until no
  // neighbors are a pair. A pass merges all equals, or those up to one whose merge makes a pair that goes first.
  merge(pieces) {
    const rankOf = (left = "", right = "") => this.ranks.get(`${left} ${right}`) ?? Infinity;
    for (;;) {
      const best = pieces.reduce((least, piece, n) => Math.min(least, rankOf(piece, pieces[n + 1])), Infinity);
      if (best === Infinity) {
        return pieces;
      }
      const merged = [];
      let n = 0;
      for (let goesFirst = Infinity; n < pieces.length && goesFirst >= best; n++) {
        const isPair = rankOf(pieces[n], pieces[n + 1]) === best;
        merged.push(isPair ? pieces[n] + pieces[++n] : pieces[n]);
        if (isPair) {
          goesFirst = Math.min(rankOf(merged.at(-2), merged.at(-1)), rankOf(merged.at(-1), pieces[n + 1]));
        }
      }
      pieces = [...merged, ...pieces.slice(n)];
    }
  }
}

// The tokenizer whose to_json in Python gave `state`.
export function createTokenizer({ kind, language, lowercase, tokenizer }) {
  switch (kind) {
    case "word": return new WordTokenizer(language, { lowercase });
    case "bpe": return new BPETokenizer(language, tokenizer);
    case "character": return new CharacterTokenizer(language);
    default: throw new Error(`kind of tokenizer must be 'word', 'bpe' or 'character', got '${kind}'`);
  }
}
