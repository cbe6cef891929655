// What is wrong with the drawings that a page shows now: a list of sentences.
() => {
  const found = [];
  const overlap = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  const within = (a, b, slack) =>
    a.left >= b.left - slack && a.right <= b.right + slack && a.top >= b.top - slack && a.bottom <= b.bottom + slack;

  // The place of an element in the units of its drawing.
  function place(element, svg) {
    const scale = svg.viewBox.baseVal.width / svg.getBoundingClientRect().width;
    const [outer, inner] = [svg.getBoundingClientRect(), element.getBoundingClientRect()];
    const at = { left: inner.left - outer.left, right: inner.right - outer.left };
    Object.assign(at, { top: inner.top - outer.top, bottom: inner.bottom - outer.top });
    return Object.fromEntries(Object.entries(at).map(([side, value]) => [side, value * scale]));
  }

  // The same for words, without the empty strips above and below their letters.
  function inked(text, svg) {
    const at = place(text, svg);
    if (text.hasAttribute("transform")) return { ...at, left: at.left + 4, right: at.right - 4 };
    return { ...at, top: at.top + 4, bottom: at.bottom - 4 };
  }

  for (const svg of document.querySelectorAll(".s2s-drawing svg")) {
    if (!svg.getBoundingClientRect().width) continue;
    const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
    const name = `${svg.closest("figure").id} ${svg.getAttribute("class")}`;
    const sheet = { left: 0, top: 0, right: svg.viewBox.baseVal.width, bottom: svg.viewBox.baseVal.height };
    const texts = [...svg.querySelectorAll("text")].map((text) => ({ words: text.textContent, at: inked(text, svg) }));
    const least = svg.classList.contains("s2s-wide") ? 12 : 11;
    for (const run of svg.querySelectorAll("text, tspan")) {
      const size = parseFloat(getComputedStyle(run).fontSize) * scale;
      if (size < least - 0.05) found.push(`${name}: "${run.textContent}" has ${size} px`);
    }
    const forms = [...svg.querySelectorAll("rect")].map((rect) => place(rect, svg));
    texts.forEach(({ words, at }, number) => {
      if (!within(at, sheet, 1)) found.push(`${name}: "${words}" leaves the sheet`);
      for (const other of texts.slice(number + 1))
        if (overlap(at, other.at)) found.push(`${name}: "${words}" lies on "${other.words}"`);
      for (const form of forms) {
        const smaller = { left: form.left + 1, right: form.right - 1, top: form.top + 1, bottom: form.bottom - 1 };
        if (overlap(at, smaller) && !within(at, form, 2)) found.push(`${name}: an edge runs through "${words}"`);
      }
    });
    for (const line of svg.querySelectorAll('path[fill="none"]')) {
      for (let length = 0; length <= line.getTotalLength(); length += 2) {
        const { x, y } = line.getPointAtLength(length);
        const hit = texts.find(({ at }) => within({ left: x, right: x, top: y, bottom: y }, at, -1));
        if (hit) {
          found.push(`${name}: a line runs through "${hit.words}"`);
          break;
        }
      }
    }
  }
  return found;
}
