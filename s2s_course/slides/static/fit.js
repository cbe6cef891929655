// Widgets have sizes of their own. Each is drawn as large as its place on the slide lets it be.
"use strict";
(() => {
  const LARGEST = 1.5;
  const SMALLEST = 0.8; // smaller letters cannot be read from the last row: the place scrolls
  const ON_PAPER = 0.4; // where nothing scrolls
  const STEP = 0.05;

  // How many times larger a slide is than 1280 × 720.
  const scale = () => parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;

  // The largest size at which nothing of the widget is cut off, tried from above.
  function fit(place, smallest = SMALLEST) {
    const live = place.querySelector(".deck-live");
    if (!live.querySelector(".s2s-view *")) return;
    for (let size = LARGEST; ; size -= STEP) {
      live.style.setProperty("--fit", size.toFixed(2));
      const fits = place.scrollHeight <= place.clientHeight + 1 && place.scrollWidth <= place.clientWidth + 1;
      if (fits || size - STEP < smallest) return;
    }
  }

  const fitAll = (smallest) => {
    document.documentElement.style.setProperty("--scale", scale());
    document.querySelectorAll(".deck-widget").forEach((place) => fit(place, smallest));
  };

  // Widgets come when their code has loaded, and grow while they are drawn. Once somebody uses one it stays as it is.
  const grown = new ResizeObserver((entries) => {
    const places = new Set(entries.map(({ target }) => target.closest(".deck-widget")));
    requestAnimationFrame(() => places.forEach((place) => place.dataset.used || fit(place)));
  });
  for (const place of document.querySelectorAll(".deck-widget")) {
    grown.observe(place.querySelector(".deck-live"));
    for (const kind of ["pointerdown", "keydown"]) place.addEventListener(kind, () => { place.dataset.used = "yes"; });
  }
  addEventListener("resize", () => fitAll());
  addEventListener("beforeprint", () => fitAll(ON_PAPER));
  addEventListener("afterprint", () => fitAll());
  deck.fitWidgets = fitAll;
  fitAll();
})();
