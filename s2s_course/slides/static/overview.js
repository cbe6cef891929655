// All slides at once, to choose one with arrows and Enter or by pointing.
"use strict";
(() => {
  const root = document.documentElement;
  let chosen = 0;

  const choose = (index) => {
    chosen = Math.min(Math.max(index, 0), deck.frames.length - 1);
    for (const [i, frame] of deck.frames.entries()) frame.classList.toggle("chosen", i === chosen);
    deck.frames[chosen].scrollIntoView({ block: "nearest" });
    document.querySelector(".deck-where").textContent = deck.frames[chosen].getAttribute("aria-label");
  };

  function open() {
    root.classList.add("overview");
    deck.show(deck.current);
    choose(deck.current);
  }

  function close(index) {
    root.classList.remove("overview");
    for (const frame of deck.frames) frame.classList.remove("chosen");
    deck.show(index);
  }

  deck.overview = {
    isOpen: () => root.classList.contains("overview"),
    toggle: () => (deck.overview.isOpen() ? close(deck.current) : open()),
    pick: () => close(chosen),
    leave: () => close(deck.current),
    move: (by) => choose(chosen + by),
    perRow: 4, // as slides.css has it
  };
  document.querySelector("main").addEventListener("click", (event) => {
    const index = deck.frames.indexOf(event.target.closest(".deck-frame"));
    if (deck.overview.isOpen() && index >= 0) close(index);
  });
})();
