// What the door of a page calls when a reader searches, or comes from a search.

import { readIndex } from "./index.js";
import { find } from "./matching.js";
import { markPassage } from "./passage.js";
import { createSearch } from "./results.js";

// Put the search into `place`, of the book at `root`; `load` gives a promise of the index as it was built.
export function putSearch(place, { root, load, id, onEscape }) {
  const index = load().then(readIndex);
  index.catch(() => {}); // the field says what is wrong when it is used
  return createSearch(place, { index, root, id, onEscape });
}

export { find, markPassage, readIndex };
