"""Cards on slides: a claim with its verdict and numbers, and an exercise with the mistakes that it knows."""

import ast
import inspect
import re
import textwrap
from html import escape
from statistics import mean

from s2s_course import plots
from s2s_course.claims import ledger
from s2s_course.claims.claim import Measured
from s2s_course.claims.figures import Bars, Curves
from s2s_course.claims.registry import find_claim
from s2s_course.exercises.engine.exercise import Exercise
from s2s_course.exercises.engine.misconception import Misconception
from s2s_course.exercises.engine.registry import find_exercise
from s2s_course.exercises.engine.result import with_code
from s2s_course.slides.excerpt import without_docstrings

SIGNS = {"holds": "✓", "contradicted": "✗", "inconclusive": "?"}


def claim_card(claim_id: str, index: int = 0) -> str:
    """Statement, source, verdict, numbers and a figure of a claim, from its stored result."""
    claim, measured = find_claim(claim_id), stored(claim_id)
    figure = plots.claim_figure(claim_id, index)
    long = " long" if len(claim.statement) > 170 else ""
    return (
        '<div class="claim"><div>'
        f'<p class="statement{long}">{escape(claim.statement)}</p>'
        f'<p class="source">{escape(claim.source)}.</p>'
        f'<p class="outcome">{verdict_html(claim_id)} <span>{len(measured.seeds)} seeds</span></p>'
        f"{_ends(measured, claim.figures[index])}</div>"
        f"{figure_html(figure.svg)}</div>"
    )


def claim_figure(claim_id: str, index: int = 0) -> str:
    """The figure alone, with the verdict below it."""
    figure = figure_html(plots.claim_figure(claim_id, index).svg)
    return f'{figure}<p class="outcome">{verdict_html(claim_id)}</p>'


def stored(claim_id: str) -> Measured:
    """What was measured. Raises ``ValueError`` for an unknown claim, and one that was not measured."""
    find_claim(claim_id)
    measured = ledger.stored(claim_id)
    if measured is None:
        raise ValueError(f"claim must be measured, {claim_id!r} is not: s2s claims run {claim_id}")
    return measured


def verdict_html(claim_id: str) -> str:
    """The verdict, told apart by a sign and not by color alone."""
    verdict = stored(claim_id).verdict
    sign = f'<span aria-hidden="true">{SIGNS[verdict]}</span>'
    return f'<strong class="verdict {verdict}">{sign} {verdict}</strong>'


def figure_html(svg: str) -> str:
    """A figure of the book, without the ids that matplotlib gives to groups of every figure alike."""
    without_ids = re.sub(r'<g id="[^"]*"', "<g", svg)
    return f'<figure class="drawn">{without_ids}</figure>'


def _ends(measured: Measured, figure: Bars | Curves) -> str:
    """Where up to five curves begin and end, as a table: bars have their numbers in the figure."""
    if isinstance(figure, Bars) or len(figure.values) > 5:
        return ""
    rows, points = [], []
    for beginning, label in figure.values.items():
        points = [int(name.removeprefix(beginning)) for name in measured.values if _of(beginning, name)]
        first, last = (mean(measured.values[f"{beginning}{point}"]) for point in (points[0], points[-1]))
        rows.append(f"<tr><th>{escape(label)}</th><td>{_number(first)}</td><td>{_number(last)}</td></tr>")
    head = f"<tr><th></th><th>at {points[0]}</th><th>at {points[-1]}</th></tr>"
    return f'<table class="ends"><thead>{head}</thead><tbody>{"".join(rows)}</tbody></table>'


def _of(beginning: str, name: str) -> bool:
    return re.fullmatch(re.escape(beginning) + r"\d+", name) is not None


def _number(x: float) -> str:
    """Three significant digits, or a whole number with separators."""
    return (f"{x:,.0f}" if abs(x) >= 100 else f"{x:.3g}").replace("-", "−")


def exercise_card(exercise_id: str) -> str:
    """What is asked, and what it takes."""
    exercise = find_exercise(exercise_id)
    long = ' class="long"' if len(exercise.goal) > 220 else ""
    return (
        f'<div class="exercise"><p class="which">Exercise {exercise.id}</p>'
        f"<p{long}><strong>{escape(exercise.title)}.</strong> {with_code(exercise.goal)}</p>"
        f'<p class="effort">{escape(exercise.effort)}</p></div>'
    )


def mistake_code(named: str) -> str:
    """The wrong answer of ``5.2: no mask``."""
    return _definition(_mistake(named).wrong)


def mistake_message(named: str) -> str:
    """What a learner is told who makes the mistake ``5.2: no mask``."""
    return f"<p>{with_code(_mistake(named).message)}</p>"


def solution_code(exercise_id: str) -> str:
    """The reference answer."""
    return _definition(find_exercise(exercise_id).reference)


def _mistake(named: str) -> Misconception:
    exercise_id, _, name = (part.strip() for part in named.partition(":"))
    exercise: Exercise = find_exercise(exercise_id)
    for misconception in exercise.misconceptions:
        if misconception.name == name:
            return misconception
    known = ", ".join(repr(one.name) for one in exercise.misconceptions)
    raise ValueError(f"exercise {exercise_id} knows the mistakes {known}, got {name!r}")


def _definition(function: object) -> str:
    """The source of a function without decorators and docstring."""
    code = textwrap.dedent(inspect.getsource(inspect.unwrap(function)))
    node = ast.parse(code).body[0]
    return without_docstrings("\n".join(code.splitlines()[getattr(node, "lineno", 1) - 1 :]))
