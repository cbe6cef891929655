// The reader's choices, and the worker that trains with them (see training.py).

const [LARGEST_SEED, SMALLEST_RATE, LARGEST_RATE] = [2 ** 32 - 1, 1e-6, 10]; // as training.py has them

// A field with its name. `read` makes of a text a value and, where it had to be changed, a sentence; without a value
// what was typed is taken back. `taken(value, sentence)` is told of it.
function createChoice(name, { read, taken, signal, wide = false }) {
  const input = element("input", {
    type: "text", inputmode: "decimal", autocomplete: "off", "aria-label": name, ...KEEP_ARROW_KEYS,
  });
  let value = null;
  input.classList.toggle("wide", wide);
  input.addEventListener("keydown", (event) => event.stopPropagation(), { signal }); // else a key may turn the page
  input.addEventListener("change", () => {
    const { value: chosen = value, sentence = "" } = read(input.value.trim().slice(0, 60));
    show(chosen);
    taken(chosen, sentence);
  }, { signal });
  function show(chosen) {
    value = chosen;
    input.value = String(chosen);
  }
  return { root: element("label", { class: "control" }, element("span", {}, name), input), input, show };
}

// The reader of whole numbers from `first` to `last`.
const wholeOf = (name, first, last) => (text) => {
  const value = Number(text);
  if (text === "" || !Number.isInteger(value)) {
    return { sentence: `The ${name} must be a whole number from ${first} to ${last}, got “${text}”.` };
  }
  return brought(name, value, first, last);
};

// A number brought within, with the sentence that says so.
function brought(name, value, first, last) {
  const within = clamp(value, first, last);
  const sentence = within === value ? "" : `The ${name} can be ${first} to ${last}: ${within} is taken.`;
  return { value: within, sentence };
}

function rateOf(text) {
  const value = Number(text.replace(",", "."));
  if (text === "" || !(value > 0)) return { sentence: `The learning rate must be a number above 0, got “${text}”.` };
  return brought("learning rate", value, SMALLEST_RATE, LARGEST_RATE);
}

// A worker that trains, made of the text of the script: a page that is opened as a file may load no other.
async function startWorker(model, run, { heard, failed }) {
  const { code } = await liveAsset(model, "training");
  const address = URL.createObjectURL(new Blob([`${code}.serve(self)`], { type: "text/javascript" }));
  const worker = new Worker(address);
  worker.onmessage = ({ data }) => (data.failed ? failed(data.failed) : heard(data));
  worker.onerror = ({ message }) => failed(message || "the browser does not let this page compute beside itself");
  worker.postMessage({ run });
  return {
    running: (running) => worker.postMessage({ running }),
    end() {
      worker.terminate();
      URL.revokeObjectURL(address);
    },
  };
}
