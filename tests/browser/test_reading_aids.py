"""Pages of each kind enlarged, with wider letters, by keyboard alone and without motion.

WCAG 1.4.4, 1.4.10, 1.4.12, 2.1.1, 2.1.2, 2.3.3, 2.4.1, 2.4.7 and 2.4.11.
"""

import pytest
from playwright.sync_api import Page, expect

from .accessibility import wake
from .crawl import serve

KINDS = ["index", "05-bahdanau-attention", "claims-ledger", "references", "teaching/course-plans"]

# What WCAG 1.4.12 lets a reader set.
SPACING = """* {
  line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important;
}
p { margin-bottom: 2em !important; }"""
# Text that cannot be reached: cut off by its box. Where a word has a title, that says it in full.
CUT = """() => [...document.querySelectorAll(
    "main :is(p, li, dt, dd, td, th, label, legend, button, summary, h1, h2, h3, h4, figcaption, output)")]
  .filter((node) => node.checkVisibility({ visibilityProperty: true }) && !node.closest("[title], .unseen"))
  .filter((node) => /hidden|clip/.test(getComputedStyle(node).overflow)
    && (node.scrollWidth > node.clientWidth + 1 || node.scrollHeight > node.clientHeight + 1))
  .map((node) => `${node.tagName} ${node.className}: ${node.textContent.trim().slice(0, 60)}`)"""
# Text that leaves its button.
OUT = """() => [...document.querySelectorAll("main button")]
  .filter((node) => node.checkVisibility({ visibilityProperty: true }))
  .filter((node) => node.scrollWidth > node.clientWidth + 1)
  .map((node) => node.ariaLabel ?? node.textContent)"""
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def address(site):
    with serve(site) as address:
        yield address


@pytest.fixture
def show(open_page, address):
    def show(kind: str, width: int = 1280, **options) -> Page:
        page = open_page(f"{address}/book/{kind}.html", viewport={"width": width, "height": 900}, **options)
        wake(page)
        return page

    return show


def check_readable(page: Page) -> None:
    page.evaluate("() => new Promise((done) => setTimeout(done, 300))")
    assert page.evaluate(SIDEWAYS) <= 0, "the page scrolls sideways"
    assert page.evaluate(CUT) == []
    assert page.evaluate(OUT) == []


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_lost_when_enlarged_or_spaced(show, kind):
    page = show(kind, width=640)  # 1280 at 200 %
    check_readable(page)
    page.set_viewport_size({"width": 1280, "height": 900})
    page.add_style_tag(content="html { font-size: 200% !important; }")
    check_readable(page)
    page.add_style_tag(content=f"html {{ font-size: 100% !important; }} {SPACING}")
    check_readable(page)
    page.set_viewport_size({"width": 360, "height": 900})
    check_readable(page)


# What a control is called here: its kind, its classes, and how its name begins.
NAME = """({ tagName, className, ariaLabel, textContent }) =>
  `${tagName} ${className} ${(ariaLabel ?? textContent).trim().slice(0, 40)}`"""
# Where the focus is: what it is, whether it can be seen there, and whether an outline or the like shows it.
FOCUS = (
    f"() => {{ const nameOf = {NAME};"
    + """
  const node = document.activeElement;
  if (node === document.body) return null;
  node.dataset.visits = 1 + Number(node.dataset.visits ?? 0);
  const { left, top, right, bottom } = node.getBoundingClientRect();
  const middle = (from, to, size) => (Math.max(from, 0) + Math.min(to, size)) / 2;
  const center = [middle(left, right, innerWidth), middle(top, bottom, innerHeight)];
  const points = [center, [left + 3, top + 3], [right - 3, bottom - 3]];
  const seen = points.some(([px, py]) => {
    const there = document.elementFromPoint(px, py);
    const label = node.labels?.[0];
    return there && (node.contains(there) || there.contains(node) || label?.contains(there));
  });
  const style = getComputedStyle(node);
  const parts = [style, getComputedStyle(node.parentElement)];
  const outlined = ({ outlineStyle, outlineWidth }) => outlineStyle !== "none" && outlineWidth !== "0px";
  const shown = parts.some(outlined) || style.boxShadow !== "none";
  return { name: nameOf(node), seen, shown, visits: Number(node.dataset.visits) };
}"""
)
REACHABLE = (
    f"() => {{ const nameOf = {NAME};"
    + """return [...document.querySelectorAll(
    "a[href], button, input, select, summary, [tabindex='0']")]
  .filter((node) => node.tabIndex >= 0 && !node.disabled && node.checkVisibility({ visibilityProperty: true })
    && node.getClientRects().length && !(node.type === "radio") && !node.closest("dialog"))
  .filter((node) => !node.dataset.visits)
  .map(nameOf); }"""
)


@pytest.mark.parametrize("kind", ["index", "05-bahdanau-attention", "claims-ledger"])
def test_the_tab_key_leads_through_the_page_and_out_of_it(show, kind):
    page = show(kind, reduced_motion="reduce")
    page.evaluate("window.scrollTo(0, 0)")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent.trim()") == "Skip to main content"
    hidden, unmarked = [], []
    for _ in range(1500):
        now = page.evaluate(FOCUS)
        if now is None or now["visits"] > 1:
            break
        hidden += [] if now["seen"] else [now["name"]]
        unmarked += [] if now["shown"] else [now["name"]]
        page.keyboard.press("Tab")
    else:
        pytest.fail("the focus does not leave the page")
    assert hidden == [] and unmarked == []
    assert page.evaluate(REACHABLE) == []


def test_the_skip_link_leads_to_the_text(show):
    page = show("05-bahdanau-attention")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#main-content")).to_be_in_viewport()
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


MOVING = """() => [...document.querySelectorAll("*")].filter((node) => {
  const { animationName, transitionDuration, scrollBehavior } = getComputedStyle(node);
  return animationName !== "none" || scrollBehavior === "smooth" || /[1-9]/.test(transitionDuration);
}).map((node) => `${node.tagName} ${node.className}`)"""


@pytest.mark.parametrize("kind", ["index", "05-bahdanau-attention"])
def test_nothing_moves_for_who_wants_less_motion(show, kind):
    page = show(kind, reduced_motion="reduce")
    assert page.evaluate(MOVING) == []
    page.locator(".theme-switch-button").first.click()
    assert page.evaluate("document.getAnimations().length") == 0
