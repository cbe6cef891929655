// The page "Your progress": what was done, its files, and the cards that are due.

import { exported, imported, merged } from "./exchange.js";
import { showCards } from "./repetition.js";
import { EMPTY, canKeep, changeProgress, clearProgress, readProgress, today } from "./store.js";

const page = document.querySelector("[data-s2s-progress]");
const said = page.querySelector(".s2s-progress-said");

// Write what is stored into the table, and count it.
function showProgress() {
  const { chapters, quizzes, exercises } = readProgress();
  for (const input of page.querySelectorAll("[data-read]")) input.checked = Boolean(chapters[input.dataset.read]);
  for (const input of page.querySelectorAll("[data-exercise]")) {
    input.checked = Boolean(exercises[input.dataset.exercise]?.passed);
  }
  for (const line of page.querySelectorAll("[data-quiz]")) {
    const answers = Object.values(quizzes[line.dataset.quiz] ?? {});
    const right = answers.filter((answer) => answer.right).length;
    line.textContent = answers.length ? `Quiz: ${right} of ${line.dataset.of} right` : "Quiz: not begun";
  }
  for (const chapter of page.querySelectorAll("[data-chapter]")) {
    const boxes = [...chapter.querySelectorAll("[data-exercise]")];
    const done = boxes.filter((input) => input.checked).length;
    chapter.querySelector("[data-count]").textContent = `${done} of ${boxes.length} done`;
  }
}

function onTick({ target }) {
  const { read, exercise } = target.dataset;
  changeProgress(({ chapters, exercises }) => {
    if (read && target.checked) chapters[read] = today();
    else if (read) delete chapters[read];
    if (exercise) exercises[exercise] = { ...exercises[exercise], passed: target.checked };
  });
  showProgress();
}

// Give the reader `text` as a file.
function save(text, name, type) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

async function onFile(input) {
  const [file] = input.files;
  if (!file) return;
  try {
    const taken = imported(await file.text(), file.name);
    changeProgress((progress) => Object.assign(progress, merged(progress, taken.progress)));
    said.textContent = taken.said;
    refresh();
  } catch (error) {
    said.textContent = error.message;
  }
  input.value = "";
}

// Clearing cannot be undone, so it takes two clicks.
function onClear(button) {
  if (!button.dataset.sure) {
    button.dataset.sure = "yes";
    button.textContent = "Really clear all?";
    setTimeout(() => {
      delete button.dataset.sure;
      button.textContent = "Clear all";
    }, 6_000);
    return;
  }
  clearProgress();
  said.textContent = "All of your progress has been cleared.";
  refresh();
}

function refresh() {
  showProgress();
  showCards();
}

function begin() {
  page.querySelector(".s2s-no-script").remove();
  if (!canKeep()) {
    said.textContent = "This browser keeps nothing for this page, so no progress can be shown: its storage is "
      + "switched off, or it has none for pages that are opened as files.";
  }
  for (const input of page.querySelectorAll("input[disabled]")) input.disabled = !canKeep();
  page.querySelector(".s2s-progress-data").hidden = false;
  page.addEventListener("change", (event) => {
    if (event.target.type === "file") onFile(event.target);
    else onTick(event);
  });
  page.querySelector("[data-do=export]").addEventListener("click", () => {
    save(exported({ ...EMPTY, ...readProgress() }), "s2s-course-progress.json", "application/json");
  });
  page.querySelector("[data-do=clear]").addEventListener("click", (event) => onClear(event.currentTarget));
  addEventListener("storage", refresh); // another page of the book has changed it
  refresh();
}

begin();
