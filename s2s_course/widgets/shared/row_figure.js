// The figure of one stage of a widget that goes step by step: rows of numbers, their head and a formula below them.

// All rows of a stage. Their nodes stay, so that bars glide and a pointer keeps what is under it. `createRow` gives a
// row with `root`, `paint` and `locate`; `between(rows, lines)` gives what stands between the words of the head.
function createFigure(createRow, between) {
  const [head, formula] = [element("div", { class: "entry head" }), element("p", { class: "formula" })];
  const lines = element("div", { class: "lines" }, head);
  const root = element("div", { class: "figure" }, lines, formula);
  const entries = [];
  // `now` goes to the rows as it is.
  function paint({ rows, head: [left, right], formula: written = [] }, ...now) {
    while (entries.length < rows.length) {
      entries.push(createRow());
      lines.append(entries.at(-1).root);
    }
    entries.forEach((entry, i) => {
      entry.root.hidden = i >= rows.length;
      if (rows[i]) entry.paint(rows[i], ...now);
    });
    const [first, last] = [left, right].map((text) => element("span", {}, text));
    head.replaceChildren(element("span"), first, ...between(rows, lines), last);
    formula.replaceChildren(...written);
  }
  const locate = (event) => entries.find((entry) => entry.root.contains(event.target))?.locate(event) ?? null;
  return { root, paint, locate };
}
