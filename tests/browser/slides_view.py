"""What a deck shows, measured in the browser."""

from playwright.sync_api import Page

# For each slide what is not where it belongs. Rounding, and letters that hang below their line, are let pass.
_MISPLACED = """() => deck.frames.map((frame, i) => {
  const slide = frame.querySelector(".deck-slide");
  const foot = slide.querySelector(":scope > .foot");
  const [edge, floor] = [slide.getBoundingClientRect(), foot.getBoundingClientRect().top];
  const [few, found] = [2 * edge.height / 720, []];
  const nameOf = (node) => `${node.tagName} ${node.getAttribute("class") ?? ""}`;
  const say = (what, node) => found.push(`slide ${i + 1}: ${what}: ${nameOf(node)}`);
  const parts = Array.from(slide.querySelectorAll("*"))
    .filter((node) => !node.closest(".deck-live, .foot, annotation, defs"));
  for (const node of parts) {
    const { left, right, top, bottom, width, height } = node.getBoundingClientRect();
    if (!width || !height) continue;
    if (left < edge.left - few || right > edge.right + few || top < edge.top - few) say("outside", node);
    if (bottom > floor + few) say("in the foot line", node);
    const over = node.scrollWidth - node.clientWidth;
    if (node.matches("pre, .deck-widget") && over > 1) say("cut at the right", node);
    if (node.matches("p, li, .title") && over > 4 * few) say("too wide", node);
  }
  const blocks = Array.from(slide.querySelectorAll(".title, .column > *, .claim > div > *, .below > *"))
    .filter((node) => !node.closest(".deck-live")).map((node) => [node, node.getBoundingClientRect()]);
  for (const [a, one] of blocks) {
    for (const [b, other] of blocks) {
      if (a === b || a.contains(b) || b.contains(a) || one.top > other.top) continue;
      const beside = one.right < other.left + few || other.right < one.left + few;
      if (!beside && one.bottom > other.top + 4 * few) say("over another", a);
    }
  }
  for (const place of slide.querySelectorAll(".deck-widget")) {
    const box = place.getBoundingClientRect();
    if (!place.querySelector(".s2s-widget")) say("no widget", place);
    if (box.height < edge.height / 2) say("no room", place);
    const size = Number(place.querySelector(".deck-live").style.getPropertyValue("--fit"));
    const scrolls = place.scrollHeight > place.clientHeight + 2;
    if (scrolls && size > 0.86) say("scrolls, though it could be smaller", place);
  }
  return found;
}).flat()"""


def ready(page: Page) -> None:
    """Wait until formulas are set and widgets drawn and fitted."""
    page.wait_for_function("document.fonts.status === 'loaded'")
    page.wait_for_function(
        """() => Array.from(document.querySelectorAll(".deck-live"))
          .every((live) => live.querySelector(".s2s-widget") && live.style.getPropertyValue("--fit"))"""
    )
    settle(page)


def settle(page: Page) -> None:
    """Wait until sizes have been the same for some frames."""
    page.evaluate(
        """async () => {
          const sizes = () => Array.from(document.querySelectorAll(".deck-live"),
            (live) => `${live.style.getPropertyValue("--fit")} ${live.scrollHeight}`).join();
          for (let [same, before] = [0, ""]; same < 6; before = sizes()) {
            await new Promise(requestAnimationFrame);
            same = sizes() === before ? same + 1 : 0;
          }
        }"""
    )


def misplaced(page: Page) -> list[str]:
    """What overflows its slide, lies over something else or is cut off, on any slide."""
    return page.evaluate(_MISPLACED)


def shown(page: Page) -> int:
    """The number of the one slide that can be seen."""
    [number] = page.evaluate(
        """() => deck.frames.map((frame, i) => [getComputedStyle(frame).visibility, i + 1])
          .filter(([visibility]) => visibility === "visible").map(([, number]) => number)"""
    )
    return number


def letters(page: Page) -> dict[str, float]:
    """For each drawing that is laid out the size of its smallest letters, in pixels of the screen."""
    return dict(
        page.evaluate(
            """() => Array.from(document.querySelectorAll(".deck-slide .s2s-drawing svg"))
              .filter((svg) => svg.getBoundingClientRect().width)
              .map((svg) => [svg.closest("figure").dataset.name, Math.min(
                ...Array.from(svg.querySelectorAll("text, tspan"),
                  (run) => parseFloat(getComputedStyle(run).fontSize) * run.getScreenCTM().a))])"""
        )
    )


def hexadecimal(page: Page, selector: str, what: str) -> str:
    """The color ``what`` of the first that ``selector`` finds, like #1f262e."""
    color = page.locator(selector).first.evaluate("(one, what) => getComputedStyle(one)[what]", what)
    return "#" + "".join(f"{int(part):02x}" for part in color[4:-1].split(","))
