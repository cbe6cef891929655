// The tokenizers of characters and of subwords, as in text/tokenize.py. Added to TOKENIZERS where this is loaded.
import { clean, visible } from "./clean.js";
import { TOKENIZERS } from "./tokenize.js";
import { UNK } from "./vocab.js";

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

  // The library finds <unk> as it is written first, and lowers letter by letter: a sigma is never a final one. It parts
  // a word at punctuation marks, too; as it did so when it learned, no pair would merge over one.
  tokenize(text) {
    return clean(text).split(/(<unk>)/).filter(Boolean).flatMap((part) => {
      if (part === UNK) {
        return part;
      }
      const lowered = this.lowercase ? Array.from(part, (letter) => letter.toLowerCase()).join("") : part;
      return `▁${lowered.replaceAll(" ", "▁").replace(/^▁/, "")}`.split(/(?=▁)/)
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

TOKENIZERS.character = ({ language }) => new CharacterTokenizer(language);
TOKENIZERS.bpe = ({ language, tokenizer }) => new BPETokenizer(language, tokenizer);
