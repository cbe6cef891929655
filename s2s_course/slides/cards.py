"""Cards on slides: a claim with its verdict and numbers, and an exercise with the mistakes that it knows."""

import ast
import inspect
import re
import textwrap
from html import escape

from s2s_course.claim_cards.card import SIGNS, amount, outcomes, verdict_words
from s2s_course.claim_cards.figure import claim_figure as draw_claim_figure
from s2s_course.claim_cards.figure import measured_claim
from s2s_course.claim_cards.style import STYLE
from s2s_course.claims.claim import Claim, Measured
from s2s_course.claims.registry import find_claim
from s2s_course.claims.verdict import Verdict
from s2s_course.exercises.engine.exercise import Exercise
from s2s_course.exercises.engine.misconception import Misconception
from s2s_course.exercises.engine.registry import find_exercise
from s2s_course.exercises.engine.result import with_code
from s2s_course.slides.excerpt import without_docstrings

MOST_CLAUSES = 3  # of which a slide shows the numbers


def claim_card(claim_id: str, index: int = 0) -> str:
    """Statement, source, verdict, numbers clause by clause, and a figure of a measured claim."""
    claim, measured = find_claim(claim_id), measured_claim(claim_id)
    long = " long" if len(claim.statement) > 170 else ""
    return (
        '<div class="claim"><div>'
        f'<p class="statement{long}">{escape(claim.statement, quote=False)}</p>'
        f'<p class="source">{escape(claim.source, quote=False)}.</p>'
        f'<p class="outcome">{verdict_html(claim_id, verdict_words(claim, measured))}</p>'
        f"{_clauses(claim, measured)}</div>"
        f"{_figure(claim_id, index)}</div>"
    )


def claim_figure(claim_id: str, index: int = 0) -> str:
    """The figure alone, with the verdict below it."""
    words = verdict_words(find_claim(claim_id), measured_claim(claim_id))
    return f'{_figure(claim_id, index)}<p class="outcome">{verdict_html(claim_id, words)}</p>'


def verdict_html(claim_id: str, words: str = "") -> str:
    """The verdict, told apart by a sign and not by color alone."""
    verdict = measured_claim(claim_id).verdict
    sign = f'<span aria-hidden="true">{SIGNS[verdict]}</span>'
    return f'<strong class="verdict {verdict}">{sign} {words or verdict}</strong>'


def figure_html(svg: str) -> str:
    """A figure of the book, without the ids that matplotlib gives to groups of every figure alike."""
    without_ids = re.sub(r'<g id="[^"]*"', "<g", svg)
    return f'<figure class="drawn">{without_ids}</figure>'


def _figure(claim_id: str, index: int) -> str:
    figure = draw_claim_figure(claim_id, index)
    return f'<div class="drawn s2s-claim s2s-alone"><style>{STYLE}</style>\n{figure.html}</div>'


def _clauses(claim: Claim, measured: Measured) -> str:
    """What came out for each clause; of a claim with many the verdict has to do."""
    found = outcomes(claim, measured)
    if len(found) > MOST_CLAUSES:
        return ""
    items = "".join(
        f"<li>{_sign(clause.verdict(measured.values)) if len(found) > 1 else ''}"
        f"{escape(outcome.label, quote=False)}: <b>{amount(clause, outcome)}</b></li>"
        for clause, outcome in found
    )
    return f'<ul class="clauses">{items}</ul>'


def _sign(verdict: Verdict) -> str:
    sign = f'<span role="img" aria-label="{verdict}">{SIGNS[verdict]}</span>'
    return f'<span class="verdict {verdict}">{sign}</span> '


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
