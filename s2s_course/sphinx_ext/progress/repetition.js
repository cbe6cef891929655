// The cards of the page, one at a time: those that are due, with the keys Space, 1 and 2.

import { answered, dueCards } from "./leitner.js";
import { changeProgress, readProgress } from "./store.js";

const FRESH = 10; // new cards in a round

// Show the card that is due in place of the list.
export function showCards() {
  const list = document.querySelector(".s2s-cards");
  if (!list) return;
  const cards = new Map([...list.querySelectorAll(".s2s-card")].map((card) => [card.dataset.key, card]));
  const place = list.querySelector(".s2s-round") ?? list.insertBefore(createPlace(), list.firstChild);
  const round = { cards, place, queue: dueCards([...cards.keys()], readProgress().cards, FRESH), shown: null };
  place.onclick = ({ target }) => {
    const action = target.closest("button")?.dataset.do;
    if (action === "turn") turn(round);
    if (action === "known" || action === "again") answer(round, action === "known");
  };
  place.onkeydown = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !round.turned) return;
    if (event.key === "1" || event.key === "2") answer(round, event.key === "2");
  };
  next(round, false);
}

function createPlace() {
  const place = document.createElement("div");
  place.className = "s2s-round";
  place.innerHTML = `<p class="s2s-round-count" role="status" aria-live="polite"></p>
    <div class="s2s-round-card" hidden><p class="s2s-round-question" tabindex="-1"></p>
    <div class="s2s-round-answer" hidden></div>
    <p class="s2s-round-buttons"><button type="button" data-do="turn">Show the answer</button>
    <button type="button" data-do="again" hidden>Not known <kbd>1</kbd></button>
    <button type="button" data-do="known" hidden>Known <kbd>2</kbd></button></p></div>`;
  return place;
}

// Show the next card of the round, or how it stands where none is due.
function next(round, focus = true) {
  const { place, queue, cards } = round;
  const [key] = queue;
  const boxes = Object.values(readProgress().cards);
  const learned = boxes.filter(({ box }) => box > 1).length;
  place.querySelector(".s2s-round-count").textContent = key
    ? `${queue.length} ${queue.length === 1 ? "card is" : "cards are"} due; ${learned} of ${cards.size} are known.`
    : `No card is due today; ${learned} of ${cards.size} are known.`;
  place.querySelector(".s2s-round-card").hidden = !key;
  round.turned = false;
  if (!key) return;
  place.querySelector(".s2s-round-question").textContent = cards.get(key).querySelector("summary").textContent;
  place.querySelector(".s2s-round-answer").hidden = true;
  for (const button of place.querySelectorAll("button")) button.hidden = button.dataset.do !== "turn";
  if (focus) place.querySelector("[data-do=turn]").focus();
}

function turn(round) {
  const card = round.cards.get(round.queue[0]).cloneNode(true);
  card.querySelector("summary").remove();
  const answer = round.place.querySelector(".s2s-round-answer");
  answer.replaceChildren(...card.childNodes);
  answer.hidden = false;
  round.turned = true;
  for (const button of round.place.querySelectorAll("button")) button.hidden = button.dataset.do === "turn";
  round.place.querySelector("[data-do=known]").focus();
}

// Keep the answer. A card that was not known comes once more at the end of the round.
function answer(round, known) {
  const key = round.queue.shift();
  changeProgress(({ cards }) => (cards[key] = answered(cards[key], known)));
  if (!known) round.queue.push(key);
  next(round);
}
