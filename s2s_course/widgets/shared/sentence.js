// What there is to say about a sentence that a reader has typed.

const SENTENCE_END = /[.?!…]\s*$/;

// The same sentence with a full stop, which all that the models were trained on have.
const wholeSentence = (text) => (text.trim() && !SENTENCE_END.test(text) ? `${text.trim()} .` : text);

// `text` with the first `word`, which a tokenizer found in it, replaced.
function withReplaced(text, word, by) {
  const pattern = word.replace(/[^\p{L}\p{N}]/gu, "\\$&");
  return text.replace(new RegExp(`(?<!\\p{L})${pattern}(?!\\p{L})`, "iu"), () => by);
}

// What there is to say about what was typed: nodes, none if there is nothing. At most `longest` words were read.
function adviceOn({ unknown, cut }, { engine, words, replace, signal, longest = 60 }) {
  const advice = [];
  for (const word of new Set(unknown)) {
    const near = engine.nearest(word, words);
    const name = element("b", {}, `“${word}”`);
    advice.push(element("p", {}, "The models have never seen ", name, ": they read it as <unk>. ",
      ...(near.length ? ["Near it: ", ...near.flatMap((known) => [
        signButton(`replace ${word} by ${known}`, known, () => replace(word, known), signal), " "])] : [])));
  }
  if (advice.length > 3) advice.splice(3, Infinity, element("p", {}, `… and ${advice.length - 3} more words.`));
  if (cut) {
    const last = cut === 1 ? "The last word is" : `The last ${cut} words are`;
    advice.push(element("p", {},
      `${last} left out: at most ${longest} are read here, and no model was trained on more than 14.`));
  }
  return advice;
}
