// A second window for whoever speaks: notes, the next slide, a clock, and the minutes planned so far. This page
// writes into it, so that it works with a deck that is opened as a file.
"use strict";
(() => {
  const STYLE = `
    :root { font-size: 16px; --scale: 1; }
    body { height: auto; padding: 20px; overflow: auto; font-size: 18px; line-height: 1.45; }
    header { display: flex; gap: 2rem; align-items: baseline; justify-content: space-between; }
    header b { font-size: 2.4rem; font-variant-numeric: tabular-nums; }
    .beside { display: grid; grid-template-columns: 3fr 2fr; gap: 24px; margin-top: 12px; }
    .deck-notes { display: block; }
    .next { width: 400px; height: 225px; overflow: hidden; border: 1px solid var(--line); }
    .next .deck-slide { transform: scale(0.3125); transform-origin: 0 0; }
    .deck-live { min-height: 10rem; background: var(--panel); }
  `;
  let speaker = null;
  let begun = 0;

  const minutesOf = (frame) => Number(frame.dataset.minutes);
  const planned = (count) => deck.frames.slice(0, count).reduce((sum, frame) => sum + minutesOf(frame), 0);
  const isOpen = () => speaker !== null && !speaker.closed;

  // m:ss since the window was opened, or since the clock was set to zero
  function elapsed() {
    const seconds = Math.floor((Date.now() - begun) / 1000);
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  }

  // A slide without what runs in it
  function still(frame) {
    const copy = frame.querySelector(".deck-slide").cloneNode(true);
    for (const live of copy.querySelectorAll(".deck-live")) live.textContent = live.parentElement.dataset.says;
    return copy;
  }

  function open() {
    speaker = window.open("", `${document.body.dataset.deck}-speaker`, "width=1100,height=760");
    if (!speaker) return document.documentElement.classList.add("with-notes"); // a browser that opens no windows
    begun = Date.now();
    const { head, body, documentElement } = speaker.document;
    documentElement.lang = "en";
    documentElement.dataset.theme = document.documentElement.dataset.theme;
    head.replaceChildren();
    speaker.document.title = `Notes: ${document.title}`;
    for (const sheet of document.querySelectorAll('link[rel="stylesheet"], style')) {
      const copy = speaker.document.importNode(sheet, true);
      if (sheet.href) copy.href = sheet.href;
      else if (sheet.sheet) copy.textContent = Array.from(sheet.sheet.cssRules, (rule) => rule.cssText).join("\n");
      head.append(copy);
    }
    head.append(Object.assign(speaker.document.createElement("style"), { textContent: STYLE }));
    body.className = "speaker";
    body.innerHTML = `<header><b role="timer" aria-label="time spoken"></b><span class="plan"></span>
      <button type="button">clock to zero</button></header><h1></h1>
      <div class="beside"><div class="deck-notes"></div><div><p>next</p><div class="next"></div></div></div>`;
    body.querySelector("button").onclick = () => { begun = Date.now(); tick(); };
    speaker.addEventListener("keydown", deck.onKey);
    draw();
    return tick();
  }

  function draw() {
    if (!isOpen()) return;
    const [frame, next] = [deck.frames[deck.current], deck.frames[deck.current + 1]];
    const find = (selector) => speaker.document.querySelector(selector);
    const until = planned(deck.current + 1);
    find("h1").textContent = frame.getAttribute("aria-label");
    find(".deck-notes").innerHTML = frame.querySelector(".deck-notes").innerHTML;
    const all = document.body.dataset.minutes;
    find(".plan").textContent = `this slide ${minutesOf(frame)} min, planned until its end ${until} of ${all} min`;
    find(".next").replaceChildren(...(next ? [speaker.document.importNode(still(next), true)] : ["the end"]));
  }

  function tick() {
    if (isOpen()) speaker.document.querySelector("header b").textContent = elapsed();
  }

  setInterval(tick, 500);
  deck.onShow(draw);
  deck.openSpeaker = open;
})();
