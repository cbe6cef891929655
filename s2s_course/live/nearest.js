// Words of a vocabulary for a reader who types: those that begin alike, and those nearest to one that is not in it.
// No file of the Python side has this.

const MOST_NEAREST = 3;

// The first `limit` words that begin with `prefix`, in the order of `words`.
export function completions(prefix, words, limit) {
  return words.filter((word) => word.startsWith(prefix)).slice(0, limit);
}

// At most three of `words`, the nearest first, of equals the one that stands first in `words`. A third of the letters
// may differ, but not all: "teh" gives "the", and "x" nothing.
export function nearest(word, words) {
  const { length } = [...word];
  const most = Math.min(Math.ceil(length / 3), length - 1);
  return words
    .filter((known) => Math.abs([...known].length - length) <= most)
    .map((known) => [known, editDistance(word, known)])
    .filter(([, distance]) => distance <= most)
    .sort(([, one], [, other]) => one - other) // stable
    .slice(0, MOST_NEAREST)
    .map(([known]) => known);
}

// How many letters are put in, left out, replaced or swapped with their neighbor to make one word of the other, no
// letter twice (optimal string alignment).
export function editDistance(first, second) {
  const [a, b] = [[...first], [...second]];
  let [older, above] = [[], Array.from({ length: b.length + 1 }, (_, column) => column)];
  a.forEach((letter, row) => {
    const distances = [row + 1];
    b.forEach((other, column) => {
      const same = letter === other ? 0 : 1;
      const swapped = letter === b[column - 1] && a[row - 1] === other ? older[column - 1] + 1 : Infinity;
      distances.push(Math.min(above[column + 1] + 1, distances[column] + 1, above[column] + same, swapped));
    });
    [older, above] = [above, distances];
  });
  return above[b.length];
}
