// What each way does, in numbers, as layers/positions.py computes it. Stands before positions.js.
//
// A way, given its settings, returns what to show:
//   says       what it is, in words
//   sliders    the settings that it depends on
//   units      how many columns its table has; `unitName` names one of them
//   table      { title, rows, at(row, unit), row(place), goTo(row, place) }: what a position gets, or null
//   pairs      { title, at(p, q, unit) }: what the pair of a query's position p and a key's position q gets, or null
//   sentences  (place) => what is said of the chosen places, each a list of texts and nodes
// Colors are symmetric about zero, up to the largest number or `limit`, or run from `low` to `high`.

const [BUCKETS, FARTHEST] = [32, 128]; // of the relative bias

const range = (count) => Array.from({ length: count }, (_, i) => i);
const number = (value) => formatNumber(value, 3);
const fine = (value) => (value === 0 ? "0" : formatSize(Math.log10(value), 3)); // of what may be tiny
const bold = (text) => element("b", {}, text);

// size / 2 angles a step; one more for half of a pair
const frequencies = (size, base) => range(Math.ceil(size / 2)).map((i) => base ** ((-2 * i) / size));

// Sine and cosine in turns: a row of `size` numbers for each position
const sinusoids = (count, size, base) => range(count).map((position) =>
  frequencies(size, base).flatMap((frequency) => [Math.sin(position * frequency), Math.cos(position * frequency)])
    .slice(0, size));

// sin(10 · 10000^−2/32) = sin(10 · 0.562) = −0.613, with a raised exponent
function waveWritten(position, unit, size, base) {
  const [wave, speed] = [unit % 2 ? "cos" : "sin", frequencies(size, base)[Math.floor(unit / 2)]];
  const value = (unit % 2 ? Math.cos : Math.sin)(position * speed);
  return [`${wave}(${position} · ${base}`, element("sup", {}, `−${unit - (unit % 2)}/${size}`),
    `) = ${wave}(${position} · ${fine(speed)}) = `, bold(number(value))];
}

const dot = (a, b) => a.reduce((sum, value, i) => sum + value * b[i], 0);
const cosine = (a, b) => dot(a, b) / (Math.sqrt(dot(a, a) * dot(b, b)) || 1);

// Pairs of numbers, turned by the angles of a position.
function rotate(vector, position, speeds) {
  return speeds.flatMap((speed, i) => {
    const [even, odd, angle] = [vector[2 * i], vector[2 * i + 1], position * speed];
    return [even * Math.cos(angle) - odd * Math.sin(angle), even * Math.sin(angle) + odd * Math.cos(angle)];
  });
}

// The bucket of a distance, key minus query: half of them look back, half ahead.
function bucketOf(distance) {
  const half = BUCKETS / 2;
  const exact = half / 2; // as many near distances have a bucket of their own
  const size = Math.abs(distance);
  const share = Math.log(Math.max(size, 1) / exact) / Math.log(FARTHEST / exact);
  const far = Math.min(Math.trunc(exact + share * (half - exact) + 1e-9), half - 1);
  return (size < exact ? size : far) + (distance > 0 ? half : 0);
}

// The distances in a bucket: "0", "+8 … +11", "−128 and farther"
function distancesIn(bucket) {
  const inside = range(2 * FARTHEST + 1).map((i) => i - FARTHEST).filter((distance) => bucketOf(distance) === bucket);
  if (!inside.length) return "none";
  const signed = (distance) => `${distance > 0 ? "+" : distance < 0 ? "−" : ""}${Math.abs(distance)}`;
  const [near, far] = [inside[0], inside.at(-1)].sort((a, b) => Math.abs(a) - Math.abs(b));
  if (near === far) return signed(near);
  return Math.abs(far) === FARTHEST ? `${signed(near)} and farther` : `${signed(near)} … ${signed(far)}`;
}

const slopeOf = (head, heads) => 2 ** ((-8 * (head + 1)) / heads);

const atPosition = { row: ({ position }) => position, goTo: (row) => ({ position: row }) };
const distanceOf = ({ position, other }) => `${Math.abs(other - position)}`;

const WAYS = {
  none: () => ({
    says: "Nothing is added and nothing is turned. Attention then sees a set: whatever the order of the words, each of "
      + "them gets the same sum.",
    sliders: [], units: 1, unitName: "dimension", table: null, pairs: null,
    sentences: () => [["Swap two words, and what comes out for them is swapped, too: nothing else changes."]],
  }),

  sinusoidal({ size, count, base }) {
    const rows = sinusoids(count, size, base);
    const similarity = (p, q) => dot(rows[p], rows[q]) / (size / 2);
    return {
      says: "Added to each embedding: sines and cosines of D / 2 frequencies, fast ones first. The dot product of two "
        + "positions depends on nothing but their distance.",
      sliders: ["size", "count", "base"], sizeName: "model size D", units: size, unitName: "dimension",
      table: {
        title: "what is added to each position", rows: count, at: (p, unit) => rows[p][unit], limit: 1, ...atPosition,
      },
      pairs: { title: "similarity of two positions", at: similarity, limit: 1 },
      sentences: ({ position, other, unit }) => [
        [`Position ${position}, dimension ${unit}: `, ...waveWritten(position, unit, size, base)],
        [`Positions ${position} and ${other}: similarity `, bold(number(similarity(position, other))),
          `, the mean of cos(${distanceOf({ position, other })} · frequency) over ${size / 2} frequencies`],
      ],
    };
  },

  concatenated({ size, count, base }) {
    const own = Math.floor(size / 4); // numbers for the position
    const [word, rows] = [size - own, sinusoids(count, own, base)];
    const similarity = (p, q) => cosine(rows[p], rows[q]);
    return {
      says: "The same sines and cosines, fewer of them, stand behind a shorter word embedding: three quarters of the "
        + "numbers are the word’s, a quarter is the position’s. Nothing is added to the word.",
      sliders: ["size", "count", "base"], sizeName: "model size D", units: size, unitName: "dimension",
      table: {
        title: "what stands behind each word", rows: count, limit: 1,
        at: (p, unit) => (unit < word ? 0 : rows[p][unit - word]), ...atPosition,
      },
      pairs: { title: "similarity of two positions", at: similarity, limit: 1 },
      sentences: ({ position, other, unit }) => [
        [`Position ${position}, dimension ${unit}: `,
          ...(unit < word ? ["the word’s own"] : waveWritten(position, unit - word, own, base))],
        [`Positions ${position} and ${other}: similarity `, bold(number(similarity(position, other))),
          `, the cosine of the angle between their ${own} numbers`],
      ],
    };
  },

  learned(_, { learned }) {
    const says = "A vector for each position, learned like a word’s and added to it. Nothing makes near positions alike, "
      + "and after the last row there is no vector.";
    if (!learned) {
      return { says, sliders: [], units: 1, unitName: "dimension", table: null, pairs: null,
        sentences: () => [["Nothing has been learned: this widget was given no table."]] };
    }
    const [count, units] = learned.shape;
    const rows = range(count).map((p) => Array.from(learned.values.slice(p * units, (p + 1) * units)));
    const similarity = (p, q) => cosine(rows[p], rows[q]);
    // What learning has made of distance, beside what the sines have by their making.
    const waves = sinusoids(count, units, 10_000);
    const meanAt = (distance, of) => range(Math.max(0, count - distance))
      .reduce((total, p) => total + of(p, p + distance), 0) / Math.max(1, count - distance);
    const beside = [1, 4].filter((distance) => distance < count).map((distance) =>
      `${distance} apart ${number(meanAt(distance, similarity))} (sinusoidal of this size `
        + `${number(meanAt(distance, (p, q) => cosine(waves[p], waves[q])))})`);
    return {
      says, sliders: [], count, units, unitName: "dimension",
      table: { title: "what is added to each position", rows: count, at: (p, unit) => rows[p][unit], ...atPosition },
      pairs: { title: "similarity of two positions", at: similarity, limit: 1 },
      sentences: ({ position, other, unit }) => [
        [`Position ${position}, dimension ${unit}: `, bold(number(rows[position][unit])), ", as it was learned"],
        [`Positions ${position} and ${other}: similarity `, bold(number(similarity(position, other))),
          ", the cosine of the angle between their vectors"],
        ...(beside.length ? [[`Mean similarity of positions ${beside.join(", ")}`]] : []),
      ],
    };
  },

  relative({ count }, { relative }) {
    const heads = relative?.shape[1] ?? 1;
    const bias = (bucket, head) => relative.values[bucket * heads + head];
    const bucket = ({ position, other }) => bucketOf(other - position);
    return {
      says: "Added to each score: a learned number for the head and the bucket of the distance, key minus query. Near "
        + "distances have a bucket of their own, far ones share one.",
      sliders: ["count"], units: heads, unitName: "head",
      table: relative && {
        title: "the learned number of each bucket and head", rows: BUCKETS, at: bias, row: bucket,
        goTo: () => ({}), // many pairs have this bucket
      },
      pairs: relative
        ? { title: "what is added to the score", at: (p, q, head) => bias(bucketOf(q - p), head), byUnit: true }
        : { title: "the bucket of each pair", at: (p, q) => bucketOf(q - p), low: 0, high: BUCKETS - 1, digits: 0 },
      sentences: (place) => [
        [`Query at ${place.position}, key at ${place.other}: distance ${formatNumber(place.other - place.position, 0)}, `,
          bold(`bucket ${bucket(place)}`), ` of 0 … ${BUCKETS - 1}, for distances ${distancesIn(bucket(place))}`],
        relative ? [`Head ${place.unit} adds `, bold(number(bias(bucket(place), place.unit))), " to the score"]
          : ["Nothing has been learned: this widget was given no table of numbers for the buckets."],
      ],
    };
  },

  alibi({ count, heads }) {
    const bias = (p, q, head) => -slopeOf(head, heads) * Math.abs(q - p);
    return {
      says: "Added to each score: a penalty that grows with the distance, at a fixed rate for each head. Nothing is "
        + "learned.",
      sliders: ["count", "heads"], units: heads, unitName: "head",
      table: {
        title: "the penalty by distance, for each head", rows: count, at: (distance, head) => bias(0, distance, head),
        row: ({ position, other }) => Math.abs(other - position), isNegative: true,
        goTo: (row, { position }) => ({ other: position + row < count ? position + row : Math.max(position - row, 0) }),
      },
      pairs: { title: "what is added to the score", at: bias, byUnit: true, isNegative: true },
      sentences: ({ position, other, unit }) => {
        const slope = slopeOf(unit, heads);
        return [
          [`Head ${unit} of ${heads}: slope 2`, element("sup", {}, `−8 · (${unit} + 1)/${heads}`), " = ",
            bold(fine(slope))],
          [`Query at ${position}, key at ${other}: −${fine(slope)} · ${distanceOf({ position, other })} = `,
            bold(number(bias(position, other, unit))), ", which multiplies the weight by ",
            bold(fine(Math.exp(bias(position, other, unit)))), " before all are scaled to a sum of 1"],
        ];
      },
    };
  },

  rotary({ size, count, base }, { content }) {
    const speeds = frequencies(size, base);
    const [query, key] = range(2).map((i) => Array.from(content.values.slice(i * content.shape[1]).slice(0, size)));
    const [queries, turned] = [query, key].map((vector) => range(count).map((p) => rotate(vector, p, speeds)));
    const score = (p, q) => dot(queries[p], turned[q]) / Math.sqrt(size);
    return {
      says: "Nothing is added. Queries and keys are turned, each pair of their numbers at its own speed. The score of one "
        + "query with one key then depends on nothing but their distance.",
      sliders: ["size", "count", "base"], sizeName: "head size d", units: size / 2, unitName: "pair", dial: true,
      table: {
        title: "cosine of each pair’s angle", rows: count, at: (p, pair) => Math.cos(p * speeds[pair]), limit: 1,
        ...atPosition,
      },
      pairs: { title: "score of one query with one key", at: score },
      angles: ({ position, other, unit }) => [position, other].map((p) => p * speeds[unit]),
      sentences: ({ position, other, unit }) => [
        [`Pair ${unit} of ${size / 2}: ${base}`, element("sup", {}, `−${2 * unit}/${size}`),
          ` = ${fine(speeds[unit])} radians a step. At position ${position} it is turned by `, bold(fine(position * speeds[unit]))],
        [`Query at ${position}, key at ${other}: `, bold(fine(Math.abs(other - position) * speeds[unit])),
          " radians between them in this pair, score of all pairs ", bold(number(score(position, other)))],
      ],
    };
  },
};
