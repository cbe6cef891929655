"""The directive ``translator``: the widget Translator on a page that is no notebook, such as the first one.

::

    ```{translator} rnn lstm gru bahdanau luong transformer
    the small cats sleep.
    ```

The models are named behind the directive, the sentence stands in it. What the page carries is made when the
book is built, and what runs it is what runs the widgets of chapters.
"""

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from s2s_course.widgets import Translator
from s2s_course.widgets.shared.figure import in_place
from s2s_course.widgets.shared.page import script_json, stored_state
from s2s_course.widgets.shared.stored import name_front_ends

_SCRIPT = '<script type="application/vnd.jupyter.widget-{}+json">{}</script>'


class TranslatorDirective(SphinxDirective):
    """Puts the widget where it stands."""

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec = {"title": str}  # noqa: RUF012 - docutils' way

    def run(self) -> list[nodes.Node]:
        text = " ".join(self.content)
        try:
            widget = Translator.of(self.arguments[0].split(), text=text, title=self.options.get("title", ""))
        except ValueError as error:
            raise self.error(str(error)) from error
        states = {f"translator-{self.env.new_serialno('translator')}": stored_state(widget)}
        name_front_ends(states, [Translator])
        [name] = states
        html = in_place(
            widget.figure().html(), _SCRIPT.format("view", script_json({"model_id": name}))
        ) + _SCRIPT.format("state", script_json({"state": states}))
        self.env.metadata[self.env.docname]["s2s_widgets"] = Translator.module_name()
        return [nodes.raw("", html, format="html")]


def connect(app: Sphinx) -> None:
    app.add_directive("translator", TranslatorDirective)
