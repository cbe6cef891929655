// Where the reader's own model is dropped: a run folder of `s2s train`, or its two files (see live/own_model.js).

// The files of a drop; of a folder those that lie directly in it.
async function filesOfDrop({ items, files }) {
  const entries = [...items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean); // before the first await
  const given = [...files];
  const found = await Promise.all(entries.map((entry) => (entry.isDirectory ? filesOfFolder(entry) : [])));
  return [...given, ...found.flat()];
}

async function filesOfFolder(folder) {
  const reader = folder.createReader();
  const entries = [];
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject)); // at most 100 at once
    if (!some.length) break;
    entries.push(...some);
  }
  return Promise.all(entries.filter((entry) => entry.isFile)
    .map((entry) => new Promise((resolve, reject) => entry.file(resolve, reject))));
}

// Closed until it is asked for. `whole` is the element that takes a drop anywhere.
function createOwnModelField(model, { whole, signal }) {
  const input = element("input", { type: "file", multiple: "", "aria-label": "files of a run folder" });
  const status = element("p", { "aria-live": "polite" });
  const root = element("details", { class: "own-model" }, element("summary", {}, "a model of your own"),
    element("p", {}, "Drop a run folder of ", element("code", {}, "s2s train"), " here, or choose its ",
      element("code", {}, "checkpoint.json"), " and the file of weights that it names, up to 20 MB. Nothing leaves this page. "
      + "The other widgets of the page that fit it offer it, too."), input, status);

  async function open(files) {
    if (!files.length) return;
    root.open = true;
    status.textContent = "Opening …";
    try {
      const { name } = await openOwnModel(model, files);
      status.textContent = `Your model (${name}) is open.`;
    } catch (error) {
      status.textContent = `This cannot be opened: ${error.message}.`;
    }
  }

  input.addEventListener("change", () => open(input.files), { signal });
  for (const kind of ["dragenter", "dragover"]) {
    whole.addEventListener(kind, (event) => {
      if (event.dataTransfer.types.includes("Files")) event.preventDefault(); // else the browser leaves the page
    }, { signal });
  }
  whole.addEventListener("drop", async (event) => {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    open(await filesOfDrop(event.dataTransfer));
  }, { signal });
  return { root };
}
