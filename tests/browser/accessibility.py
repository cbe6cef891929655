"""What axe-core finds wrong on a page, by the rules of WCAG 2.2 AA and by what it calls best practice."""

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Rules of the same standard that axe-core runs only for those who name them.
NAMED = ["label-content-name-mismatch", "css-orientation-lock", "p-as-heading", "table-fake-caption", "td-has-header"]
# These alone depend on colors. All others are the same in light and in dark.
OF_COLORS = ["color-contrast", "link-in-text-block"]
# A page has up to 6,000 words of code and letters of formulas, in a dozen looks: one of each look is enough.
ALIKE = ".highlight pre span, mjx-container *"

RUN = """async ({ within, only, alike, named }) => {
  const known = new Set();
  for (const node of document.querySelectorAll(alike)) {
    const { color, backgroundColor, fontSize, fontWeight } = getComputedStyle(node);
    const look = [color, backgroundColor, fontSize, fontWeight, node.closest("pre, li, td, p")?.tagName].join();
    node.toggleAttribute("data-like-another", known.has(look));
    known.add(look);
  }
  const context = { include: within, exclude: ["[data-like-another]"] };
  const rules = Object.fromEntries(named.map((name) => [name, { enabled: true }]));
  const options = { runOnly: only, rules, resultTypes: ["violations"], preload: false };
  const { violations } = await axe.run(context, options);
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target, any, all, none }) =>
    `${id}: ${target.join(" ")}: ${[...any, ...all, ...none].map(({ message }) => message).join("; ")}`));
}"""

SET_THEME = """(theme) => {
  const node = document.documentElement;
  [node.dataset.mode, node.dataset.theme] = [theme, theme];
  return new Promise((done) => requestAnimationFrame(() => setTimeout(done, 60)));
}"""


def set_theme(page: Page, theme: str) -> None:
    """As the page's own button does, without loading it again."""
    page.evaluate(SET_THEME, theme)


def violations(page: Page, *, within: str = "body", rules: list[str] | None = None) -> list[str]:
    """A line for each element that breaks a rule: the rule, where the element is, and what is wrong.

    ``rules`` are names of rules; without them all of ``TAGS`` are tried.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    only = {"type": "tag", "values": TAGS} if rules is None else {"type": "rule", "values": rules}
    named = NAMED if rules is None else []
    return page.evaluate(RUN, {"within": within, "only": only, "alike": ALIKE, "named": named})
