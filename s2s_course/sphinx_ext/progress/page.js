// What every page does: it marks what was read, and keeps what is ticked and chosen.

import { canKeep, changeProgress, readProgress, today } from "./store.js";

const CHAPTER = /\/(\d\d-[a-z-]+)\.html$/;

const chapterOf = (address) => new URL(address, location.href).pathname.match(CHAPTER)?.[1];

// A sign behind links to chapters that were read, in the contents and on the first page.
export function markRead() {
  const { chapters } = readProgress();
  for (const sign of document.querySelectorAll(".s2s-read")) sign.remove();
  const links = document.querySelectorAll(".bd-links a, #pst-primary-sidebar nav a, article td a, article .s2s-map a");
  for (const link of links) {
    const chapter = link.hash ? null : chapterOf(link.href);
    const first = chapter && link.closest("nav, tr, li, .s2s-map");
    if (!chapter || !chapters[chapter] || first?.querySelector(":scope > .s2s-read, a > .s2s-read")) continue;
    const sign = document.createElement("span");
    sign.className = "s2s-read";
    sign.title = "You have read this chapter.";
    sign.innerHTML = ' <span aria-hidden="true">✓</span><span class="visually-hidden">read</span>';
    link.append(sign);
  }
}

function box(text, checked, onChange) {
  const label = document.createElement("label");
  label.className = "s2s-tick";
  const input = document.createElement("input");
  input.type = "checkbox";
  input.checked = checked;
  input.addEventListener("change", () => onChange(input.checked));
  label.append(input, ` ${text}`);
  return { label, input };
}

// At the end of a chapter: whether it was read. Whoever comes to the end by reading need not tick it.
function tickChapter(chapter, article) {
  const keep = (read) => {
    changeProgress(({ chapters }) => (read ? (chapters[chapter] = today()) : delete chapters[chapter]));
    markRead();
  };
  const { label, input } = box("I have read this chapter", Boolean(readProgress().chapters[chapter]), keep);
  const line = document.createElement("p");
  line.className = "s2s-tick-line d-print-none";
  const link = document.createElement("a");
  link.href = new URL("progress.html", location.href).href;
  link.textContent = "Your progress";
  line.append(label, " · ", link);
  article.append(line);
  let scrolled = 0;
  addEventListener("scroll", () => (scrolled += 1), { passive: true });
  new IntersectionObserver(([entry], observer) => {
    if (!entry.isIntersecting || scrolled === 0) return;
    observer.disconnect();
    if (input.checked || readProgress().chapters[chapter]) return;
    input.checked = true;
    keep(true);
  }).observe(line);
}

// Beside the heading of each exercise: whether it is done.
function tickExercises(article) {
  const { exercises } = readProgress();
  for (const section of article.querySelectorAll("section[id^='exercise-']")) {
    const id = section.id.match(/^exercise-(\d+)-(\d+)$/)?.slice(1).join(".");
    const heading = section.querySelector(":scope > h2, :scope > h3");
    if (!id || !heading) continue;
    const keep = (passed) => changeProgress((progress) => {
      progress.exercises[id] = { ...progress.exercises[id], passed };
    });
    const { label, input } = box("done", Boolean(exercises[id]?.passed), keep);
    label.classList.add("d-print-none");
    input.setAttribute("aria-label", `Exercise ${id} is done`);
    heading.after(label);
  }
}

// Keep the choices of the page's quiz, and choose them again when the page is opened later.
function keepQuiz(article) {
  const numberOf = (quiz) => quiz.getAttribute("aria-label")?.match(/\d+$/)?.[0];
  article.addEventListener("change", ({ target }) => {
    const quiz = target.closest?.(".s2s-quiz"), chapter = quiz && numberOf(quiz);
    if (!chapter || target.type !== "radio") return;
    const right = target.closest("label")?.dataset.verdict === "right";
    changeProgress(({ quizzes }) => {
      quizzes[chapter] = { ...quizzes[chapter], [target.name]: { choice: target.value, right } };
    });
  });
  const again = () => {
    for (const quiz of article.querySelectorAll(".s2s-quiz:not([data-kept])")) {
      quiz.dataset.kept = "";
      for (const [name, { choice }] of Object.entries(readProgress().quizzes[numberOf(quiz)] ?? {})) {
        const input = quiz.querySelector(`input[name="${CSS.escape(name)}"][value="${CSS.escape(choice)}"]`);
        input?.click();
      }
    }
  };
  new MutationObserver(again).observe(article, { childList: true, subtree: true });
  again();
}

export function begin() {
  if (!canKeep()) return;
  markRead();
  const chapter = chapterOf(location.href), article = document.querySelector("article.bd-article");
  if (!chapter || !article) return;
  tickChapter(chapter, article);
  tickExercises(article);
  keepQuiz(article);
}

begin();
