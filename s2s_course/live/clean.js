// One way to write the same text, as in text/clean.py. Python and browser agree on every character that the Unicode of
// both knows (14 in Python 3.11, 15 or later in browsers), but that a capital sigma beside ʕ or U+1171E may be lowered
// in another way; a character that only one of them knows may be a letter there and a punctuation mark here.

// What a reader does not see: Default_Ignorable_Code_Point (which Python lists), and controls that are no white space.
const INVISIBLE = /[\p{DI}\0-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]/gu;
// Python's white space: four separators and "next line" besides. \ufeff, which only JavaScript counts, is invisible.
const SPACES = /[\s\x1c-\x1f\x85]+/u;
const LONE_SURROGATE = /\p{Surrogate}/u; // with "u" a whole pair is one character, of another category

// The visible characters of a text, each run of white space one space, none at either end.
export function clean(text) {
  return visible(text).split(SPACES).filter(Boolean).join(" ");
}

// A text in Unicode's form NFC, without invisible characters; white space stays as it is.
export function visible(text) {
  const lone = text.search(LONE_SURROGATE);
  if (lone >= 0) {
    const place = [...text.slice(0, lone)].length; // in characters, as Python counts
    throw new Error(`text must be Unicode, got half a surrogate pair at character ${place}`);
  }
  return text.replace(INVISIBLE, "").normalize("NFC");
}
