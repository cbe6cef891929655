// Keys, buttons and swipes. In a widget or a field keys are its own; Escape leads back to the slides.
"use strict";
(() => {
  const OWN = ".deck-live, input, select, textarea, button, a[href], summary, [contenteditable], dialog";
  const help = document.querySelector("dialog.help");
  let digits = "";

  const DO = {
    back: () => deck.move(-1),
    on: () => deck.move(1),
    overview: () => deck.overview.toggle(),
    notes: () => {
      document.documentElement.classList.toggle("with-notes");
      deck.fitWidgets();
    },
    speaker: () => deck.openSpeaker(),
    help: () => (help.open ? help.close() : help.showModal()),
    close: () => help.close(),
    print: () => {
      help.close();
      deck.print(false);
    },
    "print-notes": () => {
      help.close();
      deck.print(true);
    },
    fullscreen: () => {
      if (document.fullscreenElement) document.exitFullscreen();
      else document.documentElement.requestFullscreen();
    },
    theme: () => deck.toggleTheme(),
    first: () => deck.show(0),
    last: () => deck.show(deck.frames.length - 1),
  };
  const KEYS = {
    ArrowRight: "on", ArrowDown: "on", PageDown: "on", " ": "on",
    ArrowLeft: "back", ArrowUp: "back", PageUp: "back",
    Home: "first", End: "last",
    o: "overview", n: "notes", w: "speaker", d: "theme", f: "fullscreen", "?": "help",
  };

  // Keys of the overview; gives whether the key was one.
  function inOverview(key) {
    const { overview } = deck;
    const moves = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: overview.perRow, ArrowUp: -overview.perRow };
    if (moves[key]) overview.move(moves[key]);
    else if (key === "Enter" || key === " ") overview.pick();
    else if (key === "Escape") overview.leave();
    else return false;
    return true;
  }

  // A number and Enter; gives whether the key was part of one.
  function number(key) {
    if (/^\d$/.test(key)) {
      digits += key;
      return true;
    }
    const slide = Number(digits);
    digits = "";
    if (key !== "Enter" || !slide) return false;
    deck.show(slide - 1);
    return true;
  }

  function onKey(event) {
    const { key, target, shiftKey } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (target.closest?.(OWN)) return;
    const name = key === " " && shiftKey ? "back" : KEYS[key.length === 1 ? key.toLowerCase() : key];
    if ((deck.overview.isOpen() && inOverview(key)) || number(key)) event.preventDefault();
    else if (name) {
      event.preventDefault();
      DO[name]();
    }
  }

  // Before a widget sees it: some keep all keys to themselves.
  function leave({ key, target }) {
    if (key === "Escape" && target.closest?.(OWN) && !target.closest("dialog")) target.blur();
  }

  document.addEventListener("keydown", leave, true);
  document.addEventListener("keydown", onKey);
  deck.onKey = onKey; // the speaker's window turns slides too
  for (const button of document.querySelectorAll("button[data-do]")) {
    button.addEventListener("click", (event) => {
      DO[button.dataset.do]();
      if (event.detail) button.blur(); // after a click keys turn slides; after Enter the button keeps its place
    });
  }

  // A swipe of a finger, not within a widget.
  let from = null;
  document.addEventListener("touchstart", (event) => {
    const [touch] = event.touches;
    from = event.touches.length === 1 && !event.target.closest(OWN) ? [touch.clientX, touch.clientY] : null;
  }, { passive: true });
  document.addEventListener("touchend", (event) => {
    if (!from || deck.overview.isOpen()) return;
    const [touch] = event.changedTouches;
    const [x, y] = [touch.clientX - from[0], touch.clientY - from[1]];
    if (Math.abs(x) > 50 && Math.abs(x) > 2 * Math.abs(y)) deck.move(x < 0 ? 1 : -1);
  }, { passive: true });

  deck.start();
})();
