"""``run_project``: check the learner's functions, put them into the model, train it, and ask for a BLEU."""

import json
import time
from contextlib import redirect_stdout
from dataclasses import dataclass, replace
from pathlib import Path

from s2s_course.data.batch import BucketedBatches, encode_pairs
from s2s_course.data.grammar import grammar_corpus
from s2s_course.data.pairs import ParallelCorpus
from s2s_course.evaluation.evaluate import evaluate
from s2s_course.exercises.engine.checker import diagnose
from s2s_course.exercises.engine.crash import describe_crash
from s2s_course.exercises.engine.exercise import Exercise
from s2s_course.exercises.engine.limits import ShortMemory
from s2s_course.exercises.engine.record import record
from s2s_course.exercises.engine.result import Result
from s2s_course.exercises.projects.masked_attention import PROJECT as MASKED_ATTENTION
from s2s_course.exercises.projects.own_cell import PROJECT as OWN_CELL
from s2s_course.exercises.projects.own_transformer import PROJECT as OWN_TRANSFORMER
from s2s_course.exercises.projects.project import Function, Parts, Project
from s2s_course.models.translator import Translator
from s2s_course.seeds import seed_everything
from s2s_course.training.loop import fit

PROJECTS = {project.number: project for project in (OWN_CELL, MASKED_ATTENTION, OWN_TRANSFORMER)}
MEASURED = Path(__file__).with_name("measured.json")  # written by measure.py


@dataclass(frozen=True, repr=False)
class ProjectResult(Result):
    """The verdict on a project: as for an exercise, with the ``bleu`` that was reached, if it was trained."""

    bleu: float | None = None

    @property
    def _heading(self) -> str:
        return super()._heading.replace("Exercise", "Project", 1)


@dataclass(frozen=True)
class Run:
    """What a training gave: ``bleu`` on the test split, after ``steps`` and ``seconds``."""

    bleu: float
    steps: int
    seconds: float


def run_project(number: int, *functions: Function, hint: int = 0) -> ProjectResult:
    """Train the model of project 1, 2 or 3 with your functions in it: at most two minutes on two cores.

    A function is known by its name. What is not given or still empty is taken from us, and the result says
    so; as long as none of the main functions is yours nothing is trained. ``hint``, from 1 to 3, shows so
    many hints to each of the functions that only the project has. Raises ValueError for a number, a function
    or a hint that there is not.
    """
    if number not in PROJECTS:
        raise ValueError(f"number must be one of {', '.join(map(str, PROJECTS))}, got {number!r}")
    if hint not in range(4):
        raise ValueError(f"hint must be 0, 1, 2 or 3, got {hint!r}")
    project = PROJECTS[number]
    result = own = attempted(project, functions)
    if isinstance(own, dict) and not own.keys() & set(project.core):
        result = _unattempted(project)
    elif isinstance(own, dict):
        result = attempt(project, own, grammar_corpus(max_length=project.scale.max_length))
    own_pieces = (piece for piece in project.pieces if piece.id.startswith("P"))
    hints = [f"{piece.function_name}: {text}" for piece in own_pieces for text in piece.hints[:hint]]
    note = record(project.id, functions, result.status, len(hints))
    return replace(result, hints=tuple(hints), note=note)


def attempted(project: Project, functions: tuple[Function, ...]) -> dict[str, Function] | ProjectResult:
    """Those of ``functions`` that are written and right, by name; the verdict on the first that is wrong."""
    pieces = {piece.function_name: piece for piece in project.pieces}
    own = {}
    for function in functions:
        name = getattr(function, "__name__", repr(function))
        if name not in pieces:
            raise ValueError(f"functions of project {project.number} must be {', '.join(pieces)}, got {name}")
        found = diagnose(pieces[name], function)
        if found.status == "failed":
            message = f"{name} is not right yet, so nothing was trained. {found.message}"
            return replace(
                _result(project, "failed", message),
                fault=found.fault,
                misconception=found.misconception,
                details=found.details,
                printed=found.printed,
                next_step=_way_to_hints(project, pieces[name]),
            )
        if found.passed:
            own[name] = function
    return own


def attempt(project: Project, own: dict[str, Function], corpus: ParallelCorpus) -> ProjectResult:
    """The verdict on the functions ``own`` after training on ``corpus``."""
    parts, printed = Parts(project.pieces, own), ShortMemory()
    try:
        with redirect_stdout(printed):  # what a function prints at every call would bury the rest
            run = train(project, parts, corpus)
    except FloatingPointError as error:
        return _broken_off(project, parts, "nan", f"{error}.")
    except Exception as error:  # in a function that passed its check, and meets other sizes here
        return _broken_off(project, parts, "crash", describe_crash(error))
    enough = run.bleu >= project.scale.bleu
    message = (
        f"BLEU {run.bleu:.1f} on {len(corpus['test'])} sentences that were not in training; "
        f"{project.scale.bleu:.0f} is asked for. {run.steps:,} steps took {run.seconds:.0f} seconds. "
        f"{stored(project)}"
    )
    result = _result(project, "passed" if enough else "failed", message)
    fault = None if enough else "bleu"
    return replace(result, fault=fault, details=parts.described(), bleu=run.bleu, printed=str(printed))


def train(project: Project, parts: Parts, corpus: ParallelCorpus) -> Run:
    """Assemble the model from ``parts``, train it on ``corpus`` and translate the test split."""
    src_codec, tgt_codec = corpus.codecs()
    scale = project.scale
    seed_everything(0)
    model, loss_of = project.assemble(parts, len(src_codec.vocab), len(tgt_codec.vocab), scale.width)
    start = time.monotonic()
    history = fit(
        model,
        BucketedBatches(encode_pairs(corpus["train"], src_codec, tgt_codec), max_tokens=800),
        steps=scale.steps,
        minutes=scale.minutes,
        learning_rate=scale.learning_rate,
        schedule=scale.schedule(),
        loss_of=loss_of,
    )
    seconds = time.monotonic() - start
    translator = Translator(f"project {project.number}", model, src_codec, tgt_codec)
    return Run(evaluate(translator, corpus["test"]).bleu, len(history.losses), seconds)


def stored(project: Project) -> str:
    """What was measured of this project, in a sentence."""
    measured = json.loads(MEASURED.read_text(encoding="utf-8"))[str(project.number)]
    return (
        f"With our own functions the same training gives {measured['ours']:.1f}, and with "
        f"{project.wrong_in_words} {measured['wrong']:.1f}."
    )


def _unattempted(project: Project) -> ProjectResult:
    more = [piece.function_name for piece in project.pieces if piece.function_name not in project.core]
    message = (
        f"{project.goal} BLEU {project.scale.bleu:.0f} is asked for, after at most two minutes of training "
        f"on two cores. {stored(project)}"
    )
    result = _result(project, "unattempted", message)
    return replace(
        result,
        next_step=f"Write {' or '.join(project.core)}, one at least, then run this cell again; "
        f"{' and '.join(more)} may be yours too. What you leave out is ours.",
    )


def _way_to_hints(project: Project, piece: Exercise) -> str:
    if piece.id.startswith("P"):
        return f"For hints run `run_project({project.number}, …, hint=1)`."
    return f'For hints run `check("{piece.id}", {piece.function_name}, hint=1)`.'


def _broken_off(project: Project, parts: Parts, fault: str, why: str) -> ProjectResult:
    result = _result(project, "failed", f"Training broke off. {why}")
    return replace(result, fault=fault, details=parts.described())


def _result(project: Project, status: str, message: str) -> ProjectResult:
    effort = "" if status == "passed" else project.effort
    return ProjectResult(str(project.number), project.title, status, message, effort=effort)
