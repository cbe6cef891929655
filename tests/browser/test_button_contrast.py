"""The label of every button keeps its contrast: at rest, under the mouse, focused, pressed and disabled."""

from playwright.sync_api import expect

from .every_widget import every_widget
from .static_page import stored, write_page

LEAST = 4.5  # WCAG 2.2, 1.4.3

# One button of each look, and for each text in it the contrast of its color with what lies behind it. Colors
# are painted on a canvas, so that the browser itself says what red, green and blue they are.
SCRIPT = """() => {
  const paint = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const channels = (color) => {
    paint.clearRect(0, 0, 1, 1);
    paint.fillStyle = color;
    paint.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = paint.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = ([r, g, b, a], ground) => [r, g, b].map((up, i) => a * up + (1 - a) * ground[i]);
  const behind = (node) => {
    if (!node) return [255, 255, 255];
    const color = channels(getComputedStyle(node).backgroundColor);
    return color[3] === 1 ? color.slice(0, 3) : over(color, behind(node.parentElement));
  };
  const luminance = (rgb) => rgb.map((c) => c / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((total, c, i) => total + c * [0.2126, 0.7152, 0.0722][i], 0);
  const opacity = (node) => (node ? Number(getComputedStyle(node).opacity) * opacity(node.parentElement) : 1);
  const textsIn = (node) => [...node.childNodes].flatMap((child) => (child.nodeType === Node.TEXT_NODE
    ? (child.data.trim() ? [node] : []) : child.nodeType === Node.ELEMENT_NODE ? textsIn(child) : []));
  const isSeen = (node) => getComputedStyle(node).visibility === "visible";
  window.contrasts = (button) => textsIn(button).filter(isSeen).map((node) => {
    const ground = behind(node);
    const [r, g, b, a] = channels(getComputedStyle(node).color);
    const ink = over([r, g, b, a * opacity(node)], ground);
    const [dark, light] = [luminance(ink), luminance(ground)].sort((one, other) => one - other);
    return (light + 0.05) / (dark + 0.05);
  });
  const looks = new Map();
  for (const button of document.querySelectorAll(".s2s-widget button")) {
    if (!button.checkVisibility() || !textsIn(button).length) continue;
    const parents = [];
    for (let node = button; !node.classList.contains("s2s-widget"); node = node.parentElement) {
      parents.push(node.tagName + node.className);
    }
    const root = button.closest(".s2s-widget").className;
    const key = [root, ...parents, button.getAttribute("aria-pressed") !== null].join(" ");
    if (!looks.has(key)) looks.set(key, button);
  }
  [...looks.values()].forEach((button, i) => button.setAttribute("data-look", i));
  return [...looks.keys()];
}"""
# The contrast of a button in a state, by theme and whether it is pressed; the test has put the mouse there.
MEASURE = """(button, state) => {
  button.blur();
  button.disabled = state === "disabled";
  if (state === "focus") button.focus();
  const kinds = button.getAttribute("aria-pressed") === null ? [null] : ["false", "true"];
  const found = {};
  for (const theme of ["light", "dark"]) for (const pressed of kinds) {
    button.closest(".s2s-widget").dataset.theme = theme;
    if (pressed) button.setAttribute("aria-pressed", pressed);
    found[`${theme} ${pressed}`] = Math.min(21, ...window.contrasts(button));
  }
  return found;
}"""


def test_every_button_keeps_its_contrast_in_every_state(open_page, tmp_path):
    shown = every_widget()
    address = write_page(tmp_path, {key: stored(each) for key, each in shown.items()}, list(shown))
    page = open_page(address, viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    expect(page.locator(".s2s-widget")).to_have_count(len(shown))
    page.evaluate("() => new Promise((done) => setTimeout(done, 200))")
    looks = page.evaluate(SCRIPT)
    assert len(looks) > 25
    measured, poor = 0, []
    for number, look in enumerate(looks):
        button = page.locator(f'[data-look="{number}"]')
        for state in ("rest", "focus", "disabled", "hover"):
            if state == "hover":
                button.hover(force=True)
                assert button.evaluate("(node) => node.matches(':hover')"), look
            contrasts = button.evaluate(MEASURE, state)
            measured += len(contrasts)
            poor += [(look, state, kind, value) for kind, value in contrasts.items() if value < LEAST]
        page.mouse.move(0, 0)
    assert measured > 200 and poor == []
