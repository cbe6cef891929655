"""What every widget of the course shares: its front end, size limit, view and text alternative."""

import json
from pathlib import Path
from typing import Any, ClassVar

import anywidget
import traitlets

from s2s_course.widgets.shared.figure import StaticFigure, paragraph
from s2s_course.widgets.shared.view import ViewTrait

MAX_STATE_BYTES = 155_000  # the front end included, which no notebook stores: half of it is data


def _read(room: str, *names: str) -> str:
    return "\n".join((Path(room).parent / name).read_text(encoding="utf-8") for name in names)


_MODULES = ("common.js", "transcript.js", "color.js", "live.js", "sentence.js", "own_sentence.js")

# What stands before each widget's own text, by the kind of file.
SHARED = {
    ".js": _read(__file__, *_MODULES) + "\n",
    ".css": _read(__file__, "common.css", "transcript.css", "own_sentence.css") + "\n",
}


def front_end(room: str, *names: str) -> str:
    """The text of ``names`` (.js or .css) beside the file ``room``, preceded by the shared parts.

    A widget's module may not import, because on the published page it is loaded from a blob URL; so
    what several need, from common.js to own_sentence.js, is put in front of it.
    """
    return SHARED[Path(names[0]).suffix] + _read(room, *names)


class CourseWidget(anywidget.AnyWidget):
    """A widget that carries its data with it and needs no kernel.

    A subclass sets ``chapters`` (where it appears), ``_esm`` and ``_css`` (with ``front_end``), holds its
    data in traits made by ``encode_array``, its view in traits of ``view.py``, says in ``describe`` what
    there is to see, and shows it in ``figure`` where no widget can run.
    """

    chapters: ClassVar[tuple[int, ...]] = ()
    state_version: ClassVar[int] = 1  # of the format of what a notebook stores: raise it when that changes

    def __init__(self, **traits):
        size = len(json.dumps(traits, default=str)) + len(self._esm) + len(self._css)
        if size > MAX_STATE_BYTES:
            raise ValueError(
                f"{type(self).__name__} must carry at most {MAX_STATE_BYTES:,} bytes, got {size:,}; "
                "show a shorter example, fewer units or fewer examples"
            )
        super().__init__(**traits)
        self.observe(self._take_along, [trait.after.name for trait in self._view().values() if trait.after])

    @classmethod
    def module_name(cls) -> str:
        """What stored chapters and the published page call its front end: the name of its files."""
        return cls.__module__.rpartition(".")[2]

    @classmethod
    def _view(cls) -> dict[str, ViewTrait]:
        return {name: trait for name, trait in cls.class_traits().items() if isinstance(trait, ViewTrait)}

    def _take_along(self, change: traitlets.Bunch) -> None:
        """A trait of the view has changed; those whose limits depend on it stay within them."""
        for name, trait in self._view().items():
            if trait.after and trait.after.name == change["name"]:
                setattr(self, name, trait.nearest(self, getattr(self, name), change["new"]))

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """What the front end sends. The view is brought within what this widget has (view.py)."""
        state, view = dict(sync_data), self._view()
        sent = sorted(view.keys() & state.keys(), key=lambda name: view[name].after is not None)
        for name in sent:  # those that others depend on first
            after = view[name].after
            before = () if after is None else (state.get(after.name, getattr(self, after.name)),)
            state[name] = view[name].nearest(self, state[name], *before)
        super().set_state(state)

    def describe(self) -> str:
        """What there is to see, in one line without addresses or other accidents of a run."""
        raise NotImplementedError

    def figure(self) -> StaticFigure:
        """What this widget shows, for where it cannot run: made of nothing but its traits."""
        return StaticFigure(type(self).__name__, (paragraph(self.describe()),), "")

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict, dict]:
        """With ``figure`` as text/html: shown by front ends without widgets and in untrusted notebooks.

        Front ends with widgets prefer the view, as they do for figures of ipympl, which are stored alike.
        """
        data, metadata = super()._repr_mimebundle_(**kwargs)
        return data | {"text/html": self.figure().html()}, metadata

    def __repr__(self) -> str:
        """Stored as text/plain: what is left where there is nothing but text."""
        return f"{type(self).__name__}({self.describe()})"
