// A search field with its list of results: a combobox that opens a listbox, by the pattern of ARIA.

import { find } from "./matching.js";
import { snippet } from "./snippet.js";

const MOST = 40; // results that are listed
const KIND = {
  chapter: "page", exercise: "exercise", term: "term", letter: "letter", claim: "claim", figure: "figure", section: "",
};

// Fill `place` with the field and the list. `index` is a promise; `root` is the address of the book's folder.
export function createSearch(place, { index, root, id, onEscape = () => {} }) {
  const label = element("label", { for: `${id}-input`, class: "s2s-search-label" }, "Search the course");
  const input = element("input", {
    id: `${id}-input`, type: "search", name: "q", role: "combobox", "aria-autocomplete": "list",
    "aria-expanded": "false", "aria-controls": `${id}-list`, autocomplete: "off", autocorrect: "off",
    autocapitalize: "off", spellcheck: "false", enterkeyhint: "go",
  });
  const status = element("p", { class: "s2s-search-status", role: "status", "aria-live": "polite" });
  const list = element("ul", { id: `${id}-list`, class: "s2s-search-list", role: "listbox", "aria-label": "Results" });
  place.replaceChildren(label, input, status, list);
  const view = { input, status, list, root, id, results: [], active: -1 };
  let asked = 0;
  const update = async () => {
    const turn = ++asked;
    if (view.input.value.trim() === "") return show(view, [], "");
    let ready;
    try {
      ready = await index;
    } catch (error) {
      return show(view, [], error.message);
    }
    if (turn === asked) showResults(view, find(ready, input.value));
  };
  input.addEventListener("input", update);
  input.addEventListener("keydown", (event) => onKey(event, view, onEscape));
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) open(view, Number(option.dataset.number), event.ctrlKey || event.metaKey);
  });
  list.addEventListener("mousemove", (event) => {
    const option = event.target.closest("[role=option]");
    if (option && Number(option.dataset.number) !== view.active) activate(view, Number(option.dataset.number), false);
  });
  return { input, update };
}

function onKey(event, view, onEscape) {
  const last = view.results.length - 1;
  if (event.key === "ArrowDown") activate(view, view.active >= last ? 0 : view.active + 1);
  else if (event.key === "ArrowUp") activate(view, view.active <= 0 ? last : view.active - 1);
  else if (event.key === "Enter") open(view, Math.max(0, view.active), event.ctrlKey || event.metaKey);
  else if (event.key === "Escape") onEscape();
  else return;
  event.preventDefault();
}

function showResults(view, found) {
  const listed = found.slice(0, MOST);
  const count = found.length === 1 ? "1 result" : `${found.length} results`;
  const more = found.length > MOST ? `; the best ${MOST} are listed` : "";
  show(view, listed, found.length ? count + more : "Nothing was found. Fewer words may find more.");
}

function show(view, results, said) {
  view.results = results;
  view.active = -1;
  view.status.textContent = said;
  view.list.replaceChildren(...results.map((result, number) => option(view, result, number)));
  view.input.setAttribute("aria-expanded", String(results.length > 0));
  view.input.removeAttribute("aria-activedescendant");
  view.list.scrollTop = 0;
}

// One result: its title with what it is, the page that it stands on, and the passage.
function option(view, { section, passage, words }, number) {
  const [, pageTitle] = section.page;
  const item = element("li", {
    id: `${view.id}-option-${number}`, role: "option", "aria-selected": "false", "data-number": number,
  });
  const head = element("span", { class: "s2s-search-title" });
  head.append(...marked(section.title, words));
  const where = [KIND[section.kind], section.title === pageTitle ? "" : pageTitle].filter(Boolean).join(" · ");
  item.append(head, element("span", { class: "s2s-search-where" }, where));
  const text = passage.at === 0 ? section.begin : passage.text;
  if (text) {
    const shown = element("span", { class: "s2s-search-passage" });
    shown.append(...marked(text, words, passage.at === 0));
    item.append(shown);
  }
  return item;
}

function marked(text, words, begin = false) {
  return snippet(text, words, begin).map((piece) => (piece.marked ? element("mark", {}, piece.text) : piece.text));
}

function activate(view, number, scroll = true) {
  view.list.querySelector("[aria-selected=true]")?.setAttribute("aria-selected", "false");
  const option = view.list.children[number];
  if (!option) return;
  view.active = number;
  option.setAttribute("aria-selected", "true");
  view.input.setAttribute("aria-activedescendant", option.id);
  if (scroll) option.scrollIntoView({ block: "nearest" });
}

function open(view, number, elsewhere) {
  const result = view.results[number];
  if (!result) return;
  const address = addressOf(view.root, result);
  if (elsewhere) window.open(address);
  else if (address === location.href) location.reload(); // else only the place after # would be looked for
  else location.assign(address);
}

// The address of a passage, with the words to mark there.
export function addressOf(root, { section, passage, words }) {
  const address = new URL(section.page[0], root);
  address.searchParams.set("mark", words.join(" "));
  address.searchParams.set("at", passage.at);
  address.hash = section.anchor;
  return address.href;
}

function element(name, attributes = {}, text = "") {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  if (text) node.textContent = text;
  return node;
}
