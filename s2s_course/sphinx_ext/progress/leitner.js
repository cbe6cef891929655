// When a card comes again: the boxes of Sebastian Leitner (So lernt man lernen, Herder 1972). A card that was known
// moves up a box, one that was not goes back to the first; the higher the box, the longer until it comes again.

import { today } from "./store.js";

export const DAYS = [1, 2, 4, 8, 16, 32]; // until a card of box 1, 2, … comes again

// The card after an answer on `date`: { box, due }.
export function answered(card, known, date = new Date()) {
  const box = known ? Math.min((card?.box ?? 0) + 1, DAYS.length) : 1;
  const due = new Date(date.getFullYear(), date.getMonth(), date.getDate() + (known ? DAYS[box - 1] : 0));
  return { box, due: today(due) };
}

// The keys of cards that are due on `date`: those seen before, the longest due first, then `fresh` new ones.
export function dueCards(keys, cards, fresh, date = new Date()) {
  const day = today(date);
  const seen = keys.filter((key) => cards[key] && cards[key].due <= day);
  seen.sort((a, b) => cards[a].due.localeCompare(cards[b].due));
  return [...seen, ...keys.filter((key) => !cards[key]).slice(0, fresh)];
}
