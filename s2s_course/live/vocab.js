// The numbered list of tokens that a model knows, as in text/vocab.py.

export const SPECIALS = ["<pad>", "<bos>", "<eos>", "<unk>"];
export const [PAD_INDEX, BOS_INDEX, EOS_INDEX, UNK_INDEX] = SPECIALS.keys();
export const [EOS, UNK] = [SPECIALS[EOS_INDEX], SPECIALS[UNK_INDEX]];

// Tokens and their indices, the special tokens first. `tokens` are those after them.
export class Vocab {
  constructor(tokens) {
    this.tokens = [...SPECIALS, ...tokens];
    this.index = new Map();
    for (const token of this.tokens) {
      if (this.index.has(token)) {
        throw new Error(`tokens must be distinct and none may be special, got '${token}' twice`);
      }
      this.index.set(token, this.index.size);
    }
  }

  // Indices of tokens; one that is not in the vocabulary becomes that of <unk>.
  encode(tokens) {
    return Array.from(tokens, (token) => this.index.get(token) ?? UNK_INDEX);
  }

  // Tokens of indices, special ones included.
  decode(indices) {
    return Array.from(indices, (index) => {
      if (!(index in this.tokens)) {
        throw new Error(`indices must lie in [0, ${this.tokens.length}), got ${index}`);
      }
      return this.tokens[index];
    });
  }
}
