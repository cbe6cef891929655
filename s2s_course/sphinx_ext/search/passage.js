// The passage that a search has found, on its page: brought into view, marked, and unmarked again.

import { wordsOf } from "./words.js";

// As in search_index.py: what a passage is, what is none, and what passages belong to.
const BLOCKS = "p, pre, tr, figcaption, dt";
const NO_BLOCK = ".s2s-widget, .s2s-view, .s2s-place, .tag_setup, .admonition-title, nav, td p, th p";
const OWNERS = "section[id], tr[id], [id^='fig-'], :not([id^='fig-']) > figure[id], [id^='claim-']:not(span)";
const TITLE = ":scope > h1, :scope > h2, :scope > h3, :scope > h4, :scope > figcaption";
const UNMARKED = "script, style, svg, math, .math";

// Mark what the address of the page names: ?mark=words&at=number#anchor.
export function markPassage() {
  const asked = new URLSearchParams(location.search);
  const words = (asked.get("mark") ?? "").split(" ").filter(Boolean);
  const anchor = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (words.length === 0 || !anchor) return;
  const owner = anchor.localName === "span" ? (anchor.closest(OWNERS) ?? anchor) : anchor;
  const passage = passageOf(owner, Number(asked.get("at")), words);
  const marks = markWords(passage, words);
  passage.classList.add("s2s-found");
  for (let node = passage; node; node = node.parentElement) if (node.localName === "details") node.open = true;
  keepInView(marks[0] ?? passage);
  addClearing(passage, marks, words);
}

// Passage number `at` of its owner (0 is the title), or the one that has the most of the words.
function passageOf(owner, at, words) {
  const numbered = owner.id.startsWith("fig-");
  const caption = numbered ? (owner.querySelector("figcaption") ?? owner.querySelector(".s2s-number")) : null;
  const title = caption ?? owner.querySelector(TITLE) ?? owner;
  const all = [...document.querySelectorAll(BLOCKS)]
    .filter((block) => !block.closest(NO_BLOCK) && block.closest("article, [role=main]") && ownerOf(block) === owner);
  const passages = [title, ...all.filter((block) => block !== title)];
  const counts = passages.map((passage) => wordsIn(passage.textContent, words));
  const most = Math.max(...counts);
  return counts[at] > 0 || most === 0 ? (passages[at] ?? title) : passages[counts.indexOf(most)];
}

// What a passage belongs to: its section, row or figure, or the first of the terms that it explains.
function ownerOf(block) {
  for (let node = block; node; node = node.parentElement) {
    if (node.matches(OWNERS)) return node;
    const term = node.localName === "dd" || node.localName === "dt" ? firstTerm(node) : null;
    if (term?.id) return term;
  }
  return null;
}

function firstTerm(node) {
  let term = node;
  while (term && term.localName === "dd") term = term.previousElementSibling;
  while (term?.previousElementSibling?.localName === "dt") term = term.previousElementSibling;
  return term;
}

function wordsIn(text, words) {
  const wanted = new Set(words), found = new Set();
  for (const { word, parts } of wordsOf(text)) for (const one of [word, ...parts]) if (wanted.has(one)) found.add(one);
  return found.size;
}

// Put a <mark> around each of `words` in the text of `passage`; formulas stay as they are.
function markWords(passage, words) {
  const wanted = new Set(words), marks = [], texts = [];
  const walker = document.createTreeWalker(passage, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) if (!walker.currentNode.parentElement.closest(UNMARKED)) texts.push(walker.currentNode);
  for (const text of texts) {
    const found = wordsOf(text.data).filter(({ word, parts }) => [word, ...parts].some((one) => wanted.has(one)));
    for (const { start, end } of found.reverse()) { // from the end, so that what is before keeps its place
      const mark = document.createElement("mark");
      mark.className = "s2s-mark";
      const word = text.splitText(start);
      word.splitText(end - start);
      word.replaceWith(mark);
      mark.append(word);
      marks.unshift(mark);
    }
  }
  return marks.sort((a, b) => (a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1));
}

// Scroll there now, and again when images have found their size, unless the reader has moved.
function keepInView(target) {
  let moved = false;
  const show = () => moved || target.scrollIntoView({ block: "center", behavior: "instant" });
  for (const kind of ["wheel", "touchstart", "keydown", "pointerdown"]) {
    addEventListener(kind, () => (moved = true), { once: true, passive: true });
  }
  show();
  const later = () => {
    show();
    setTimeout(show, 300);
  };
  if (document.readyState === "complete") later();
  else addEventListener("load", later, { once: true });
}

// A line with a button that takes the marks away; Escape does the same.
function addClearing(passage, marks, words) {
  const bar = document.createElement("div");
  bar.className = "s2s-marked-bar d-print-none";
  bar.setAttribute("role", "region");
  bar.setAttribute("aria-label", "Marked by the search");
  const text = document.createElement("span");
  text.textContent = `Marked: ${words.join(", ")}`;
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Clear the marks";
  bar.append(text, button);
  document.body.append(bar);
  const clear = () => {
    for (const mark of marks) mark.replaceWith(...mark.childNodes);
    passage.normalize();
    passage.classList.remove("s2s-found");
    bar.remove();
    removeEventListener("keydown", onKey);
    history.replaceState(null, "", location.pathname + location.hash);
  };
  const onKey = (event) => event.key === "Escape" && !document.querySelector("dialog[open]") && clear();
  button.addEventListener("click", clear);
  addEventListener("keydown", onKey);
}
