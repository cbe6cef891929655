// Words and punctuation marks become a line again, written as their language writes it: the rules of text/join.py.

const ENDINGS = "s t re ve ll d m clock am all".split(" "); // behind an apostrophe in a word: don't, wie geht's
const BEGINNINGS = ["o", "d", "l"]; // before one: o'clock
const SHORTENED = "em cause til bout tis twas".split(" "); // words that begin with an apostrophe
const BESIDE_A_PART = "und oder sowie bzw bis".split(" "); // German, next to a hyphen for the rest of a word

const APOSTROPHES = [..."'’‘`"];
const HYPHENS = [..."-‐‑/_"];
const CLOSING = [...".,;:!?)]}…”»›%°"];
const CLOSING_QUOTES = [..."\"”“»"];
const OPENING = [..."([{¿¡„‚“«‹#@"];
const CURRENCIES = [..."$£€"];
const FRENCH_SPACED = [...";:!?«»"];
const SENTENCE_ENDS = [...".!?…"];

// What Python's isdigit() says: decimal digits, and others that stand for one.
const DIGIT = "[\\p{Nd}²³¹፩-፱᧚⁰⁴-⁹₀-₉①-⑨⑴-⑼⒈-⒐⓪⓵-⓽⓿❶-❾➀-➈➊-➒\\u{10a40}-\\u{10a43}\\u{10e60}-\\u{10e68}𑁒-𑁚🄀-🄊]";
const BEGINS_WITH_DIGIT = new RegExp(`^${DIGIT}`, "u");
const ENDS_WITH_DIGIT = new RegExp(`${DIGIT}$`, "u");

const isWord = (token) => /^[\p{L}\p{N}]/u.test(token) || token === "<unk>";
const isLetter = (token) => /^\p{L}$/u.test(token); // one alone

// The text of tokens in a language.
export function joinWords(tokens, language) {
  const opened = new Set();
  let [text, stuck] = ["", true];
  tokens.forEach((token, n) => {
    const [left, right] = sidesAt(tokens, n, language, opened);
    text += (left || stuck ? "" : " ") + token;
    stuck = right;
  });
  return text;
}

// Whether the token at n stands right behind the one before, and right in front of the next.
function sidesAt(tokens, n, language, opened) {
  const [token, before, after] = [tokens[n], tokens[n - 1] ?? "", tokens[n + 1] ?? ""];
  if (APOSTROPHES.includes(token) && isInsideAWord(before, after)) {
    return [true, true];
  }
  if (token === "'" && SHORTENED.includes(after)) {
    return [false, true];
  }
  if (token === "\"" || (token === "'" && (opened.has(token) || isQuote(tokens, n)))) {
    const closes = opened.delete(token);
    if (!closes) {
      opened.add(token);
    }
    return [closes, !closes];
  }
  if (token === "“" && opened.delete("„")) { // what opens elsewhere closes in German
    return [true, false];
  }
  if (APOSTROPHES.includes(token)) {
    return sidesAlone(before, after);
  }
  if (token === "„") {
    opened.add(token);
  }
  return sidesOfOther(token, before, after, language);
}

// Is an apostrophe here part of a word?
function isInsideAWord(before, after) {
  return isWord(before) && (ENDINGS.includes(after) || (BEGINNINGS.includes(before) && isWord(after)));
}

// Does the apostrophe at n open a quotation? Then another one closes it.
function isQuote(tokens, n) {
  for (let k = tokens.indexOf("'", n + 1); k > 0; k = tokens.indexOf("'", k + 1)) {
    if (!isInsideAWord(tokens[k - 1], tokens[k + 1] ?? "")) {
      return true;
    }
  }
  return false;
}

// An apostrophe without a partner: the dogs' bones, get 'em, Jun'ichi.
function sidesAlone(before, after) {
  return isWord(before) ? [true, isWord(after) && !before.endsWith("s")] : [false, true];
}

// Of any other token.
function sidesOfOther(token, before, after, language) {
  const [behindDigit, beforeDigit] = [ENDS_WITH_DIGIT.test(before), BEGINS_WITH_DIGIT.test(after)];
  if (isWord(token)) {
    return [false, language === "fr" && APOSTROPHES.includes(token.at(-1))];
  }
  if (".,:".includes(token) && behindDigit && beforeDigit) {
    const date = token === "," && language === "en" && [...after].length !== 3; // may 4, 2026
    return [true, !date]; // 3.5, 1,000, 10:30
  }
  if (".&".includes(token) && isLetter(before) && isLetter(after)) {
    return [true, true]; // a.m., r&b
  }
  if (CURRENCIES.includes(token)) {
    return [false, beforeDigit && !behindDigit]; // $20, but 20 $
  }
  if (HYPHENS.includes(token)) {
    return sidesOfHyphen(token, before, after, language);
  }
  if (language === "fr" && FRENCH_SPACED.includes(token)) {
    return [SENTENCE_ENDS.includes(before) && "?!".includes(token), false];
  }
  if (language === "de" && token === "%") {
    return [false, false];
  }
  return [CLOSING.includes(token), OPENING.includes(token)];
}

function sidesOfHyphen(token, before, after, language) {
  if (token === before || token === after) { // two of them are a dash
    return [token === before, token === after];
  }
  if (language === "fr" && isWord(before) && isWord(after)) {
    return [false, false]; // without spaces it would be one word
  }
  if (language === "de" && BESIDE_A_PART.includes(before)) {
    return [false, true]; // helm und -handschuhe
  }
  if (CLOSING_QUOTES.includes(before)) {
    return [true, true]; // „stop“-schild
  }
  if (!isWord(before)) {
    return [false, BEGINS_WITH_DIGIT.test(after)]; // -5
  }
  return [true, isWord(after) && !(language === "de" && BESIDE_A_PART.includes(after))]; // kajak- und kanugeschäft
}
