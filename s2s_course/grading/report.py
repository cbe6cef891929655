"""The pages: feedback for each student, and one report on the class for the instructor.

They are plain files: no script, no request to anywhere, and a policy in each that forbids both. Whatever is
put into them is made visible and then escaped, by the environment and not by the templates.
"""

import base64
import hashlib
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from s2s_course.atomic import write_atomically
from s2s_course.grading.assignment import Assignment
from s2s_course.grading.class_summary import ClassSummary, summarize
from s2s_course.grading.grade import Grade
from s2s_course.grading.harmless import number
from s2s_course.grading.likeness import Likeness, alike
from s2s_course.grading.visible import on_one_line, shortened, visible

# What a fault is called that is no known mistake.
FAULTS = {
    "arguments": "other arguments than asked for",
    "crash": "an error while it ran",
    "device": "a tensor on another device",
    "dtype": "another dtype",
    "gradient": "a gradient that is wrong or missing",
    "lost": "ended without an answer",
    "mask": "wrong where something is masked",
    "modified": "inputs changed in place",
    "nan": "NaN or infinity",
    "shape": "another shape",
    "time": "too slow, or an endless loop",
    "type": "another type",
    "value": "wrong numbers",
}
_BAR = (46, 120)  # width of a bar of the distribution with the gap behind it, and greatest height


def feedback_name(key: str) -> str:
    """The file of a student's page. ``ValueError`` for a key that could leave the folder."""
    if not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,150}", key):
        raise ValueError(f"key must be letters, digits, '-' and '_', got {on_one_line(key, 60)!r}")
    return f"{key}.html"


def feedback_page(grade: Grade, assignment: Assignment) -> str:
    """What one student is told, as a page."""
    return _render("feedback.html", grade=grade, assignment=assignment)


def class_page(grades: Sequence[Grade], assignment: Assignment) -> str:
    """What the instructor is told of the class, as a page."""
    summary = summarize(grades, assignment.exercises)
    pairs = alike(grades, assignment.exercises)
    return _render(
        "class.html",
        assignment=assignment,
        grades=sorted(grades, key=lambda grade: on_one_line(grade.student).casefold()),
        summary=summary,
        bars=_bars(summary),
        pairs=[_named(pair, {grade.key: grade for grade in grades}) for pair in pairs],
    )


def write_feedback(folder: Path, grade: Grade, assignment: Assignment) -> None:
    """Write a student's page into ``folder``, in one step. Raises OSError as any write does."""
    write_atomically(folder / feedback_name(grade.key), feedback_page(grade, assignment).encode())


def write_class_page(path: Path, grades: Sequence[Grade], assignment: Assignment) -> None:
    """Write the report on the class to ``path``, in one step. Raises OSError as any write does."""
    write_atomically(path, class_page(grades, assignment).encode())


def _bars(summary: ClassSummary) -> list[dict[str, int | float | str]]:
    """Each bar of the distribution of totals: where it stands, how high it is, and its two labels."""
    width, height = _BAR
    most, step = max(summary.bins, default=0) or 1, summary.out_of / len(summary.bins)
    return [
        {
            "x": width * i,
            "height": round(height * count / most, 1),
            "count": count,
            "low": number(step * i),
            "high": number(step * (i + 1)),
        }
        for i, count in enumerate(summary.bins)
    ]


def _named(pair: Likeness, by_key: dict[str, Grade]) -> dict[str, object]:
    return {"pair": pair, "students": [by_key[pair.first], by_key[pair.second]]}


def _render(name: str, **content: object) -> str:
    return _environment().get_template(name).render(**content)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("s2s_course.grading", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: visible(value) if type(value) is str else value,
    )
    environment.filters |= {
        "code": _with_code,
        "line": on_one_line,
        "number": number,
        "percent": lambda share: "–" if share is None else f"{share:.0%}",
        "shortened": shortened,
        "page": feedback_name,
    }
    style = environment.get_template("report.css").render()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    environment.globals |= {"faults": FAULTS, "style_hash": f"sha256-{digest}"}
    return environment


def _with_code(text: str) -> list[tuple[str, bool]]:
    """The pieces of ``text``, and whether each was `backquoted`."""
    pieces = re.split(r"`([^`]+)`", text)
    return [(piece, i % 2 == 1) for i, piece in enumerate(pieces) if piece]
