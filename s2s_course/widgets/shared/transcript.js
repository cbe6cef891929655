// A widget's present state in words, for whoever cannot see the picture, and for whoever wants to quote it.

// A native details, closed until a reader asks. `linesOf` gives what is shown now, a line for each thing that there is
// to say (a text, or nodes); it is called when the reader opens it and, while it is open, at each `paint`. It is no
// live region: what has just changed the readout says, and this says the whole.
function createTranscript(linesOf, signal) {
  const text = element("div");
  const root = element("details", { class: "in-words" }, element("summary", {}, "In words"), text);
  function paint() {
    if (!root.open) return;
    const lines = linesOf().filter(Boolean).map((line) => element("p", {}, ...[line].flat()));
    const fresh = element("div", {}, ...lines);
    if (fresh.innerHTML !== text.innerHTML) text.replaceChildren(...lines); // else a screen reader would lose its place
  }
  root.addEventListener("toggle", paint, { signal });
  return { root, paint };
}

// "a", "a and b", "a, b and c"; "nothing" of nothing.
const listed = (texts) =>
  [texts.slice(0, -1).join(", "), ...texts.slice(-1)].filter(Boolean).join(" and ") || "nothing";

// The text with a capital letter first.
const capital = (text) => text[0].toUpperCase() + text.slice(1);
