"""How a stored chapter names the front end of a widget instead of carrying it.

What is stored in place of a widget's module and style sheet is a module of a few lines whose first line names
the real one and the version of the stored state's format. So an edit of a front end changes no chapter. The
published page has the real ones in files of its own (sphinx_ext, static-host.js); JupyterLab and Colab get
them from the package when the cell runs. Without a kernel the stand-in says so.
"""

import json
import re
from collections.abc import Iterable

from s2s_course.widgets.shared.base import SHARED, CourseWidget

_STATE = "application/vnd.jupyter.widget-state+json"
_VIEW = "application/vnd.jupyter.widget-view+json"
_STAND_IN = """\
// s2s_course widget: {name} {version}
export default {{
  render({{ el }}) {{
    el.append("Run this cell to see the widget: its code comes from the package s2s_course.");
  }},
}};
"""
_NAMED = re.compile(r'"_esm": "// s2s_course widget: (\w+) (\d+)\\n')  # in JSON; static-host.js has the same


def stand_in(widget: type[CourseWidget]) -> str:
    """The module that is stored instead of the widget's own."""
    return _STAND_IN.format(name=widget.module_name(), version=widget.state_version)


def name_front_ends(models: dict[str, dict], widgets: Iterable[type[CourseWidget]]) -> None:
    """Replace the front ends of ``widgets`` in a notebook's stored ``models`` by their names."""
    by_class = {widget.__name__: widget for widget in widgets}
    for model in models.values():
        package, _, rest = model["state"].get("_anywidget_id", "").partition(".widgets.")
        widget = by_class.get(rest.rpartition(".")[2])
        if package == "s2s_course" and widget is not None:
            model["state"] |= {"_esm": stand_in(widget), "_css": ""}


def named_front_ends(state: str) -> list[tuple[str, int]]:
    """Name and version of each front end that a stored ``state``, as JSON, asks for, in order, each once."""
    return list(dict.fromkeys((name, int(version)) for name, version in _NAMED.findall(state)))


def scripts(widgets: Iterable[type[CourseWidget]]) -> dict[str, str]:
    """Scripts, by name, that tell a page of the code: ``shared`` of what all share, the others of their own.

    Plain scripts, because a page that is opened as a file may neither fetch nor import.
    """
    codes = {"shared": {"module": SHARED[".js"], "style": SHARED[".css"]}}
    for widget in widgets:
        codes[widget.module_name()] = {
            "version": widget.state_version,
            "module": widget._esm.removeprefix(SHARED[".js"]),
            "style": widget._css.removeprefix(SHARED[".css"]),
        }
    return {
        name: f"(window.s2sWidgets ??= {{}}).{name} = {json.dumps(code, ensure_ascii=False)};\n"
        for name, code in codes.items()
    }


def from_stored(state: dict, widgets: Iterable[type[CourseWidget]]) -> CourseWidget | None:
    """The widget that a notebook stored as ``state``; None for a state that is of none of ``widgets``."""
    by_class = {f"{widget.__module__}.{widget.__qualname__}": widget for widget in widgets}
    widget = by_class.get(state.get("_anywidget_id", ""))
    if widget is None:
        return None
    own = set(widget.class_trait_names()) - set(CourseWidget.class_trait_names())
    made = widget()
    with made.hold_trait_notifications():  # the limits of the view are those of all data
        for name in own & state.keys():
            setattr(made, name, state[name])
    return made


def renew_figures(notebook: dict, widgets: Iterable[type[CourseWidget]]) -> None:
    """Put today's figure beside each view that ``notebook`` stores, made of the state that it stores."""
    widgets = tuple(widgets)
    models = notebook["metadata"].get("widgets", {}).get(_STATE, {}).get("state", {})
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            model = models.get(data.get(_VIEW, {}).get("model_id", ""))
            if model and (widget := from_stored(model["state"], widgets)):
                data["text/html"] = widget.figure().html()
