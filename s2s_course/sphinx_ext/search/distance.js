// How many typing errors lie between two words: a letter too many, missing or wrong, or two swapped.
// This is the distance of Damerau and Levenshtein in its restricted form (optimal string alignment).

// The distance of `typed` from `word`, or `limit + 1` where it is more than `limit`.
// With `begun`, from the beginning of `word` that is nearest to `typed`: the reader still types.
export function editDistance(typed, word, limit, begun = false) {
  const beyond = limit + 1;
  if (typed.length - word.length > limit || (!begun && word.length - typed.length > limit)) return beyond;
  const end = Math.min(word.length, typed.length + limit);
  let before = [], above = Array.from({ length: end + 1 }, (_, n) => n);
  for (let i = 1; i <= typed.length; i++) {
    const row = [i];
    let least = i;
    for (let j = 1; j <= end; j++) {
      const changed = above[j - 1] + (typed[i - 1] === word[j - 1] ? 0 : 1);
      let cost = Math.min(changed, above[j] + 1, row[j - 1] + 1);
      const swapped = i > 1 && j > 1 && typed[i - 1] === word[j - 2] && typed[i - 2] === word[j - 1];
      if (swapped) cost = Math.min(cost, before[j - 2] + 1);
      row.push(cost);
      if (cost < least) least = cost;
    }
    if (least > limit) return beyond;
    before = above;
    above = row;
  }
  return Math.min(beyond, begun ? Math.min(...above) : above[end] + word.length - end);
}

// The letters of a word, one bit each. Words that differ in many letters need no look at their order.
export function lettersOf(word) {
  let letters = 0;
  for (let n = 0; n < word.length; n++) letters |= 1 << (word.charCodeAt(n) & 31);
  return letters;
}

// Whether words with these letters may be within `limit` errors: each changes at most two letters.
export function mayBeNear(letters, others, limit) {
  let different = letters ^ others, count = 0;
  for (; different !== 0 && count <= 2 * limit; count++) different &= different - 1;
  return count <= 2 * limit;
}

// How many errors a word of `length` letters may have: short ones would be taken for too many others.
export function errorsAllowed(length) {
  return length < 4 ? 0 : length < 8 ? 1 : 2;
}
