// Greedy search: always take the most probable next token. decoding/greedy.py and decoding/generate.py.

// One sentence, token by token: each with the logits that it was chosen from and the states around the step. Along the
// tokens `forced`, if they are given.
export function* greedySteps(model, src, { maxLength, bosIndex, eosIndex, srcMask = null, forced = null }) {
  let [state, token] = [model.initState([src], srcMask), bosIndex];
  for (let length = 1; length <= (forced?.length ?? maxLength); length++) {
    const before = state;
    const [logits, after] = model.step([token], before);
    state = after;
    token = forced ? forced[length - 1] : argmax(logits.values);
    yield { token, logits: logits.values, before, after };
    if (token === eosIndex) return;
  }
}

// At most `maxLength` tokens, with <eos> last if it was reached.
export const greedy = (model, src, options) => Array.from(greedySteps(model, src, options), ({ token }) => token);

// The first of the greatest.
export function argmax(values) {
  let best = 0;
  for (let n = 1; n < values.length; n++) if (values[n] > values[best]) best = n;
  return best;
}

// The places of the `count` greatest values, greatest first.
export function largest(values, count) {
  const places = [];
  for (let n = 0; n < values.length; n++) {
    if (places.length === count && values[n] <= values[places[count - 1]]) continue;
    let place = places.length;
    while (place > 0 && values[places[place - 1]] < values[n]) place--;
    places.splice(place, 0, n);
    if (places.length > count) places.pop();
  }
  return places;
}
