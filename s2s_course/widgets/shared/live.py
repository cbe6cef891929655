"""A widget that can compute: in a notebook the kernel gives its front end the engine and the weights."""

from typing import Any

from s2s_course.live.assets import asset
from s2s_course.widgets.shared.base import CourseWidget


class LiveWidget(CourseWidget):
    """Answers what ``live.js`` asks for: a message ``{"asset": name}``.

    The answer has the asset's ``content``, or in ``refused`` the sentence that says why there is none.
    """

    def __init__(self, **traits):
        super().__init__(**traits)
        self.on_msg(self._answer)

    def asset(self, name: str) -> dict[str, Any]:
        """What is sent for ``name``. A subclass may have assets of its own."""
        return asset(name)

    def _answer(self, widget: CourseWidget, message: Any, buffers: list[memoryview]) -> None:
        if not isinstance(message, dict) or not isinstance(name := message.get("asset"), str):
            return
        try:
            answer = {"content": self.asset(name)}
        except (ValueError, OSError) as error:
            answer = {"content": None, "refused": str(error)}
        self.send({"asset": name, **answer})


def label_of(name: str) -> str:
    """The model ``name`` as the chapters write it: ``GRU``, ``Bahdanau``. own_sentence.js has the same."""
    return name.upper() if name in ("rnn", "lstm", "gru") else name[0].upper() + name[1:]
