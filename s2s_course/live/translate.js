// From text to text, word by word, with what else the model thought of: decoding/translate.py for one sentence.
import { greedySteps, largest } from "./greedy.js";
import { logSumExp, work } from "./tensor.js";
import { BOS_INDEX, EOS, EOS_INDEX, UNK_INDEX } from "./vocab.js";

export const LONGEST = 60; // source words: the models were trained on 14

// What the encoder reads of a text: its tokens, <eos> last, and which of them the model does not know.
export function readSource({ srcCodec }, text, longest = LONGEST) {
  const written = srcCodec.tokenizer.tokenize(text);
  const tokens = written.slice(0, longest);
  const indices = srcCodec.vocab.encode(tokens);
  return {
    tokens: [...tokens, EOS],
    indices: [...indices, EOS_INDEX],
    unknown: tokens.filter((token, n) => indices[n] === UNK_INDEX),
    cut: written.length - tokens.length,
  };
}

// Each written token with its probability and the `top` likeliest ones: { token, index, probability, choices }.
export function* translateSteps({ model, tgtCodec }, indices, { maxLength = 2 * LONGEST, top = 5 } = {}) {
  const ends = { bosIndex: BOS_INDEX, eosIndex: EOS_INDEX };
  for (const { token, logits } of greedySteps(model, indices, { maxLength, ...ends })) {
    const total = logSumExp(logits, 0, logits.length);
    const choice = (index) => ({ token: tgtCodec.vocab.tokens[index], probability: Math.exp(logits[index] - total) });
    yield { index: token, ...choice(token), choices: largest(logits, top).map(choice) };
  }
}

// A whole sentence: its words, the text, and what it cost.
export function translate(translator, text, options) {
  const source = readSource(translator, text);
  const [began, counted] = [performance.now(), work.multiplyAdds];
  const steps = source.tokens.length > 1 ? [...translateSteps(translator, source.indices, options)] : [];
  return {
    source, steps,
    text: translator.tgtCodec.decode(steps.map(({ index }) => index)),
    milliseconds: performance.now() - began,
    multiplyAdds: work.multiplyAdds - counted,
  };
}
