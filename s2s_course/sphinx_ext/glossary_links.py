"""Links to terms of the glossary in plain Markdown: ``[text](glossary.md#term-mask)``.

MyST takes headings as targets of such links, and nothing else. Here it is told of the terms too. So a link
reads well in Jupyter, where a role would show its raw text, and one to a term that does not exist is a
warning.
"""

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment


def take_terms_as_targets(app: Sphinx, env: BuildEnvironment) -> None:
    for name, _, kind, page, anchor, _ in env.get_domain("std").get_objects():
        if kind == "term":
            env.metadata[page].setdefault("myst_slugs", {})[anchor] = (None, anchor, name)


def connect(app: Sphinx) -> None:
    app.connect("env-updated", take_terms_as_targets)
