"""What axe-core finds wrong on a page, by the rules of WCAG 2.2 AA and by what it calls best practice."""

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Rules of the same standard that axe-core runs only for those who name them.
NAMED = ["css-orientation-lock", "table-fake-caption", "td-has-header"]
# These alone depend on colors. All others are the same in light and in dark.
OF_COLORS = ["color-contrast", "link-in-text-block"]
RUN = """async ({ within, only, named }) => {
  const context = { include: within };
  const rules = Object.fromEntries(named.map((name) => [name, { enabled: true }]));
  const options = { runOnly: only, rules, resultTypes: ["violations"], preload: false };
  const { violations } = await axe.run(context, options);
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target, any, all, none }) =>
    `${id}: ${target.join(" ")}: ${[...any, ...all, ...none].map(({ message }) => message).join("; ")}`));
}"""

# WCAG 2.5.3: what is seen on a control is part of what it is called. The rule of axe-core for it draws every
# word to find fonts of icons, for half a minute a chapter.
MISNAMED = """(within) => {
  const words = (text) => text.toLowerCase().match(/[\\p{L}\\p{N}]+/gu) ?? [];
  const seen = (node) => node.nodeType === Node.TEXT_NODE ? node.data
    : node.ariaHidden === "true" || !node.checkVisibility?.({ visibilityProperty: true }) ? ""
      : [...node.childNodes].map(seen).join(" ");
  const controls = "a, button, summary, [role=button], [role$=cell], [role$=header]";
  return [...document.querySelectorAll(within)].flatMap((part) => [...part.querySelectorAll(controls)])
    .filter((node) => node.ariaLabel && node.checkVisibility({ visibilityProperty: true }))
    .filter((node) => !words(seen(node)).every((word) => words(node.ariaLabel).includes(word)))
    .map((node) => `misnamed: “${seen(node).trim()}” is called “${node.ariaLabel}”`);
}"""

# Down the page and up again, so that what begins when it comes near has begun, and what is laid out then
# stays so.
WAKE = """async () => {
  const near = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 20)));
  for (let y = 0; y < document.body.scrollHeight; y += innerHeight) {
    scrollTo({ top: y, behavior: "instant" });
    await near();
  }
  const views = document.querySelectorAll('script[type="application/vnd.jupyter.widget-view+json"]').length;
  for (let n = 0; n < 500 && document.querySelectorAll(".s2s-view > *").length < views; n++) await near();
  scrollTo({ top: 0, behavior: "instant" });
  // Of 6,000 words of code on a page a dozen have a color of their own: one of each is enough, and faster.
  const kinds = new Set();
  for (const word of document.querySelectorAll(".highlight pre span")) {
    if (kinds.has(word.className) && !word.children.length) word.replaceWith(word.textContent);
    else kinds.add(word.className);
  }
  document.body.normalize();
  await new Promise((done) => setTimeout(done, 400)); // what scrolls becomes a stop of the Tab key
}"""

SET_THEME = """(theme) => {
  const node = document.documentElement;
  [node.dataset.mode, node.dataset.theme] = [theme, theme];
  return new Promise((done) => requestAnimationFrame(() => setTimeout(done, 60)));
}"""


def wake(page: Page) -> None:
    """Wait until the page has all that it shows to who reads it from top to bottom."""
    page.wait_for_load_state("networkidle")
    page.evaluate(WAKE)


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
    found = page.evaluate(MISNAMED, within) if rules is None else []
    return found + page.evaluate(RUN, {"within": within, "only": only, "named": named})
