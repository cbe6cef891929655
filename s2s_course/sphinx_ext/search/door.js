// The little of the search that every page has: it loads the rest when a reader searches, or comes from a search.
// Scripts, since a page that is opened as a file may neither fetch nor import.

{
  const folder = new URL(".", document.currentScript.src);
  const root = new URL("../../", folder);
  const loaded = {};

  // A promise of what the script `file` puts into window.s2sSearch under `name`.
  const load = (file, name) => (loaded[name] ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = new URL(file, folder);
    script.onload = () => resolve(window.s2sSearch[name]);
    script.onerror = () => reject(new Error("The search could not be loaded: a file of the book is missing."));
    document.head.append(script);
  }));
  const engine = () => load("search.js", "engine");
  const index = () => load("search-index.js", "index");

  // Fill `place` with the search, and focus its field.
  const fill = async (place, id, onEscape) => {
    const { putSearch } = await engine();
    return putSearch(place, { root, load: index, id, onEscape });
  };

  let dialog, inDialog;
  const openDialog = async () => {
    if (!dialog) {
      dialog = document.createElement("dialog");
      dialog.className = "s2s-search s2s-search-dialog";
      dialog.setAttribute("aria-label", "Search");
      dialog.innerHTML = "<p role='status'>The search is being loaded.</p>";
      dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
      document.body.append(dialog);
      inDialog = fill(dialog, "s2s-dialog", () => dialog.close());
      inDialog.catch((error) => (dialog.firstElementChild.textContent = error.message));
    }
    if (!dialog.open) dialog.showModal();
    const { input } = await inDialog;
    input.focus();
    input.select();
  };

  const place = document.querySelector("[data-s2s-search]"); // on the page of the search
  let inPage;
  const open = () => (inPage ? inPage.then(({ input }) => input.focus()) : openDialog());
  if (place) {
    inPage = fill(place, "s2s-page").then((search) => {
      search.input.value = new URLSearchParams(location.search).get("q") ?? "";
      search.update();
      search.input.focus();
      return search;
    });
    inPage.catch((error) => (place.textContent = error.message));
  }

  if (/Mac|iPhone|iPad/.test(navigator.platform)) {
    for (const key of document.querySelectorAll(".kbd-shortcut__modifier")) key.textContent = "⌘";
  }
  addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey || !/^k$/i.test(event.key)) return;
    event.preventDefault();
    if (dialog?.open) dialog.close();
    else open();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest(".search-button__button")) open();
  });
  if (new URLSearchParams(location.search).has("mark")) engine().then(({ markPassage }) => markPassage());
}
