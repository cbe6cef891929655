// The claims ledger: filter by chapter and verdict, sort, and mark the claim that an address names.
"use strict";
addEventListener("DOMContentLoaded", () => {
  const tools = document.querySelector("form.s2s-tools");
  const body = document.querySelector(".s2s-all tbody");
  if (!tools || !body) return;
  const count = document.querySelector(".s2s-count");
  const rows = Array.from(body.rows);
  const verdicts = Array.from(tools.elements.verdict.options, (option) => option.value).filter(Boolean);

  // The section of the entry of a claim.
  const entryOf = (id) => document.getElementById(`claim-${id}`).closest("section");

  // The order of two rows as the reader wants it; where that says nothing, the order of the book.
  function compare(a, b) {
    const place = a.dataset.place - b.dataset.place;
    if (tools.elements.order.value === "title") return a.cells[0].innerText.localeCompare(b.cells[0].innerText);
    if (tools.elements.order.value === "book") return place;
    return verdicts.indexOf(a.dataset.verdict) - verdicts.indexOf(b.dataset.verdict) || place;
  }

  // Is a row among what the reader asks for?
  function wanted({ dataset }) {
    return ["chapter", "verdict"].every((name) => ["", dataset[name]].includes(tools.elements[name].value));
  }

  // How many claims are shown, and how they came out.
  function told(shown) {
    const counts = verdicts.map((verdict) => [verdict, shown.filter((row) => row.dataset.verdict === verdict).length]);
    const found = counts.filter(([, number]) => number).map((pair) => pair.join(" ")).join(", ");
    const some = shown.length < rows.length ? `${shown.length} of ${rows.length}` : rows.length;
    return `${some} claims${found ? `: ${found}` : ""}.`;
  }

  // Show what is asked for, in the table and below it; a chapter without such a claim goes, too.
  function update() {
    body.append(...rows.sort(compare));
    for (const row of rows) row.hidden = entryOf(row.dataset.claim).hidden = !wanted(row);
    for (const chapter of new Set(rows.map((row) => entryOf(row.dataset.claim).parentElement))) {
      chapter.hidden = !chapter.querySelector(":scope > section:not([hidden])");
    }
    count.textContent = told(rows.filter((row) => !row.hidden));
  }

  // Mark the claim that the address names, and show it if a filter hides it.
  function mark() {
    document.querySelectorAll("section.s2s-marked").forEach((section) => section.classList.remove("s2s-marked"));
    const id = decodeURIComponent(location.hash.slice(1)).replace(/^claim-/, "");
    const row = rows.find(({ dataset }) => dataset.claim === id);
    if (!row) return;
    if (row.hidden) {
      tools.elements.chapter.value = tools.elements.verdict.value = "";
      update();
    }
    entryOf(id).classList.add("s2s-marked");
    entryOf(id).scrollIntoView();
  }

  tools.addEventListener("change", update);
  tools.addEventListener("submit", (event) => event.preventDefault());
  addEventListener("hashchange", mark);
  tools.hidden = false;
  update();
  mark();
});
