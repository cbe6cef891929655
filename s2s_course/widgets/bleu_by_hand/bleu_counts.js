// What BLEU counts in one output against one reference (Papineni et al. 2002), with the places where it is counted, and
// the score as sacrebleu computes it: where none of some length matches, a smoothed count (Chen and Cherry 2014, method 3).

const LONGEST = 4;

// All runs of `n` words, in order; upper and lower case are the same.
function runsOf(words, n) {
  const lower = words.map((word) => word.toLowerCase());
  return lower.map((_, i) => lower.slice(i, i + n).join(" ")).slice(0, Math.max(0, words.length - n + 1));
}

// For each run of `n` words in the output "match", "clipped" (the reference has it, but not as often) or "none"; how
// many match; and which runs of the reference are met, the first ones of each kind.
function countRuns(output, reference, n) {
  const left = new Map();
  const wanted = runsOf(reference, n);
  for (const run of wanted) left.set(run, (left.get(run) ?? 0) + 1);
  const verdicts = runsOf(output, n).map((run) => {
    if (!left.has(run)) return "none";
    left.set(run, left.get(run) - 1);
    return left.get(run) >= 0 ? "match" : "clipped";
  });
  const unmet = new Map([...left].map(([run, count]) => [run, Math.max(count, 0)]));
  const met = wanted.map((run, i) => wanted.slice(i).filter((other) => other === run).length > unmet.get(run));
  return { verdicts, met, matches: verdicts.filter((verdict) => verdict === "match").length, total: verdicts.length };
}

// Which words stand in a run for which `holds` is true, for runs of `n` words.
function wordsIn(length, n, holds) {
  return Array.from({ length }, (_, word) => Array.from({ length: n }, (__, k) => word - k).some((i) => i >= 0 && holds(i)));
}

// The score from 0 to 100, with all that it is made of: for each length the counts and the share, and the brevity penalty.
function scoreBleu(output, reference) {
  const counts = Array.from({ length: LONGEST }, (_, i) => countRuns(output, reference, i + 1));
  let smooth = 1;
  const shares = counts.map(({ matches, total }) => {
    if (total === 0) return 0;
    return matches ? matches / total : 1 / ((smooth *= 2) * total);
  });
  const brevity = output.length ? Math.exp(Math.min(0, 1 - reference.length / output.length)) : 0;
  const nothing = counts.every(({ matches }) => matches === 0) || shares.includes(0);
  const mean = nothing ? 0 : Math.exp(shares.reduce((sum, share) => sum + Math.log(share), 0) / LONGEST);
  return { counts, shares, brevity, score: 100 * brevity * mean };
}
