// What is copied from a page holds the TeX of its formulas.
(() => {
  "use strict";
  const sourceOf = (math) => math.querySelector("annotation")?.textContent ?? math.textContent;
  const around = (node) => (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement)?.closest("math");

  // What is selected, with whole formulas where it begins or ends inside one.
  function selectedRange(selection) {
    const range = selection.getRangeAt(0).cloneRange();
    const [first, last] = [around(range.startContainer), around(range.endContainer)];
    if (first) range.setStartBefore(first);
    if (last) range.setEndAfter(last);
    return range;
  }

  // The text of a piece of the page, with TeX between dollars where it has formulas.
  function textOf(fragment) {
    for (const math of fragment.querySelectorAll("math")) {
      const dollars = math.getAttribute("display") === "block" ? "$$" : "$";
      math.replaceWith(`${dollars}${sourceOf(math)}${dollars}`);
    }
    const box = document.createElement("div");
    box.style.cssText = "position: fixed; left: -100vw; width: 60em; white-space: pre-wrap";
    box.append(fragment);
    document.body.append(box);
    const text = box.innerText;
    box.remove();
    return text;
  }

  document.addEventListener("copy", (event) => {
    const selection = document.getSelection();
    if (!selection || selection.isCollapsed || !event.clipboardData) return;
    const fragment = selectedRange(selection).cloneContents();
    if (!fragment.querySelector("math")) return;
    event.clipboardData.setData("text/plain", textOf(fragment));
    event.preventDefault();
  });
})();
