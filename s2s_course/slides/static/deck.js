// Which slide is shown. The other scripts of a deck ask and tell this one; the address keeps the number: #7.
"use strict";
const deck = (() => {
  const frames = Array.from(document.querySelectorAll(".deck-frame"));
  const listeners = [];
  let current = 0;

  // The index that the address names, or the first.
  const addressed = () => Math.min(Math.max((parseInt(location.hash.slice(1), 10) || 1) - 1, 0), frames.length - 1);

  // Shows the slide with this index, as near as there is one.
  function show(index) {
    current = Math.min(Math.max(index, 0), frames.length - 1);
    const pictures = document.documentElement.classList.contains("overview"); // to choose from, not to use
    for (const [i, frame] of frames.entries()) {
      frame.classList.toggle("shown", i === current);
      frame.querySelector(".deck-slide").inert = pictures || i !== current;
    }
    if (location.hash !== `#${current + 1}`) history.replaceState(null, "", `#${current + 1}`);
    document.querySelector(".deck-where").textContent = frames[current].getAttribute("aria-label");
    for (const listener of listeners) listener(current);
  }

  addEventListener("hashchange", () => show(addressed()));

  // The theme: what was chosen with d, else the system's.
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const setTheme = (isDark) => { document.documentElement.dataset.theme = isDark ? "dark" : "light"; };
  dark.addEventListener("change", () => setTheme(dark.matches));
  setTheme(dark.matches);

  return {
    frames,
    show,
    start: () => show(addressed()),
    move: (by) => show(current + by),
    get current() { return current; },
    onShow: (listener) => listeners.push(listener), // called with the index of each slide that is shown
    toggleTheme: () => setTheme(document.documentElement.dataset.theme !== "dark"),
  };
})();
