// Printing: one slide a page, or each above its notes. An address with ?notes prints with notes by itself.
"use strict";
(() => {
  const root = document.documentElement;
  const WITH_NOTES = "@page { size: A4 portrait; margin: 14mm 10mm; }";
  const paper = document.head.appendChild(document.createElement("style"));

  // What the next print is to be like.
  function prepare(withNotes) {
    root.classList.toggle("print-notes", withNotes);
    paper.textContent = withNotes ? WITH_NOTES : "";
  }

  // Figures follow the theme, and paper is white.
  let before = "light";
  addEventListener("beforeprint", () => {
    before = root.dataset.theme;
    root.dataset.theme = "light";
  });
  addEventListener("afterprint", () => { root.dataset.theme = before; });

  deck.print = (withNotes) => {
    prepare(withNotes);
    window.print();
  };
  prepare(new URLSearchParams(location.search).has("notes"));
})();
