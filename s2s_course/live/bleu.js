// BLEU of a corpus (Papineni et al. 2002), as sacrebleu counts it: up to four words in a row, and where none of some
// length is right a smoothed count (Chen and Cherry 2014, method 3). evaluation/bleu.py.

const LONGEST = 4;

// 0 to 100. `written` and `right` are lists of sentences, each a list of words.
export function bleu(written, right) {
  const [matches, totals] = [Array(LONGEST).fill(0), Array(LONGEST).fill(0)];
  written.forEach((words, i) => {
    for (let n = 1; n <= LONGEST; n++) {
      const there = counts(right[i], n);
      for (const [ngram, count] of counts(words, n)) {
        matches[n - 1] += Math.min(count, there.get(ngram) ?? 0);
        totals[n - 1] += count;
      }
    }
  });
  if (totals.includes(0) || matches.every((count) => count === 0)) return 0;
  let smooth = 1;
  const logs = matches.map((count, n) => Math.log(count ? count / totals[n] : 1 / ((smooth *= 2) * totals[n])));
  const [length, rightLength] = [written, right].map((sentences) => sentences.reduce((sum, { length: n }) => sum + n, 0));
  const brevity = Math.min(0, 1 - rightLength / length);
  return 100 * Math.exp(brevity + logs.reduce((sum, log) => sum + log, 0) / LONGEST);
}

// How often each run of `n` words occurs.
function counts(words, n) {
  const found = new Map();
  for (let i = 0; i + n <= words.length; i++) {
    const ngram = words.slice(i, i + n).join(" ").toLowerCase();
    found.set(ngram, (found.get(ngram) ?? 0) + 1);
  }
  return found;
}
