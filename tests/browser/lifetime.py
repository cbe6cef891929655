"""The life of one view in a host of ours: it listens while it lives, and to nothing after its end."""

from playwright.sync_api import Page

# Renders the page's own module with a model of ours, as another host would do it; then all is used once more.
_LIVE = r"""async ({ traits, use, withSignal }) => {
  const state = JSON.parse(document.querySelector('script[type$="widget-state+json"]').textContent).state;
  const own = Object.values(state).map((entry) => entry.state).find((candidate) =>
    "_esm" in candidate && Object.entries(traits).every(([name, value]) => candidate[name] === value));
  const named = /^\/\/ s2s_course widget: (\w+)/.exec(own._esm)?.[1]; // stored as chapters are
  const text = named ? s2sWidgets.shared.module + s2sWidgets[named].module : own._esm;
  const url = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  const { default: widget } = await import(url);
  const el = document.body.appendChild(document.createElement("div"));
  const listeners = new Map();
  let changes = 0;
  const model = {
    get: (name) => own[name],
    set: (name, value) => { own[name] = value; },
    save_changes() { changes += 1; },
    on: (name, listener) => listeners.set(listener, [...(listeners.get(listener) ?? []), name]),
    off: (name, listener) =>
      listeners.set(listener, listeners.get(listener).filter((other) => other !== name)),
  };
  const listened = () => [...listeners.values()].flat().sort();
  const controller = new AbortController();
  const end = await widget.render({ model, el, ...(withSignal && { signal: controller.signal }) });
  const root = el.firstChild;
  const act = eval(use);
  const during = { listened: listened(), said: act(root, own), changes };
  if (withSignal) controller.abort(); else end();
  const theme = root.dataset.theme;
  document.documentElement.dataset.theme = theme === "dark" ? "light" : "dark";
  const standing = root.classList.toggle("standing"); // who listens to its size takes this back
  el.style.width = "850px";
  await new Promise((resolve) => setTimeout(resolve, 100));
  const said = act(root, own);
  const followed = root.dataset.theme !== theme || root.classList.contains("standing") !== standing;
  return [during, { listened: listened(), said, changes: changes - during.changes, followed }];
}"""

# By mouse, button and key to the first step, the next one, and the next unit.
USE_MAP = """(root, own) => {
  root.querySelector(".plot").click(); // left of it: the first step
  root.querySelector("[aria-label='next step']").click();
  const map = root.querySelector("[role=application]");
  map.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown" }));
  return [own.step, own.unit];
}"""


def check_lifetime(page: Page, use: str, said: object, listened: list[str], **traits) -> None:
    """Render a stored widget with these ``traits`` again; anywidget ends a view with the signal, or, before
    0.10 as in Colab, by calling what render returned.

    ``use`` is JavaScript, a function of the root element and the model's state that uses the view as a reader
    does and returns what it ``said``.
    """
    for with_signal in (True, False):
        during, after = page.evaluate(_LIVE, {"traits": traits, "use": use, "withSignal": with_signal})
        assert (during["listened"], during["said"]) == (listened, said)
        assert (during["changes"] > 0) == (listened != [])
        assert after == {"listened": [], "said": said, "changes": 0, "followed": False}
