// A tokenizer with its vocabulary, as in text/codec.py: everything between a text and the indices that a model reads.

import { WordTokenizer, createTokenizer } from "./tokenize.js";
import { EOS_INDEX, SPECIALS, Vocab } from "./vocab.js";

// Encodes the texts of one language to indices and decodes them back.
export class TextCodec {
  constructor(tokenizer, vocab) {
    Object.assign(this, { tokenizer, vocab });
  }

  encode(text) {
    return this.vocab.encode(this.tokenizer.tokenize(text));
  }

  // The text of indices up to <eos>, without special tokens other than <unk>.
  decode(indices) {
    return this.tokenizer.detokenize(this.written(indices));
  }

  // The words of the same text, in lower case: what scores count. An unknown one is <unk>.
  words(indices) {
    if (this.tokenizer instanceof WordTokenizer) {
      return this.written(indices).map((token) => token.toLowerCase());
    }
    return new WordTokenizer(this.tokenizer.language).tokenize(this.decode(indices));
  }

  written(indices) {
    return this.tokens(indices).filter((token) => !SPECIALS.slice(0, 3).includes(token));
  }

  // The tokens of indices up to and including the first <eos>.
  tokens(indices) {
    const end = indices.indexOf(EOS_INDEX);
    return this.vocab.decode(end < 0 ? indices : indices.slice(0, end + 1));
  }
}

// The codec whose to_json in Python gave this.
export function createCodec({ tokenizer, tokens }) {
  return new TextCodec(createTokenizer(tokenizer), new Vocab(tokens));
}
