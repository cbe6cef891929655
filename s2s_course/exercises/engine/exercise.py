"""What an exercise is made of: a reference answer, random cases, and the mistakes that learners make."""

import functools
import inspect
import re
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from s2s_course.checks import check_at_least, check_one_of
from s2s_course.exercises.engine.attempt import Question
from s2s_course.exercises.engine.misconception import Answer, Misconception
from s2s_course.exercises.engine.template import broken_cell, empty_cell
from s2s_course.seeds import derive

DIFFICULTIES = ("easy", "medium", "hard")


@dataclass(frozen=True)
class Case:
    """One kind of input. ``make(seed)`` draws the positional arguments of a call, the same for one seed.

    ``gradient=False`` is for inputs with NaN where nothing may be read: there only values are compared,
    since a gradient goes back through what `torch.where` did not choose as well.
    """

    name: str
    make: Callable[[int], tuple]
    gradient: bool = True


@dataclass(frozen=True)
class Task:
    """What a learner is asked and told.

    ``id`` is chapter and number (``"4.1"``), and ``"P3.1"`` in project 3. ``points`` says how much it counts,
    ``difficulty`` is one of ``DIFFICULTIES``, and ``minutes`` is what a learner may need who has read the
    chapter up to here. ``outputs`` names what is returned: one tensor, or a tuple of tensors. The three hints
    are a nudge, the plan, and nearly the code.
    """

    id: str
    title: str
    goal: str
    points: int
    difficulty: str
    minutes: int
    outputs: tuple[str, ...]
    hints: tuple[str, str, str]

    def __post_init__(self):
        if not re.fullmatch(r"P?[1-9]\d*\.[1-9]\d*", self.id):
            raise ValueError(f"id must be chapter and number, such as '5.1', got {self.id!r}")
        check_at_least(1, points=self.points, minutes=self.minutes)
        check_one_of(DIFFICULTIES, difficulty=self.difficulty)

    @property
    def effort(self) -> str:
        """What the exercise is worth and asks for, as a page shows it."""
        points = "1 point" if self.points == 1 else f"{self.points} points"
        return f"{points}, {self.difficulty}, about {self.minutes} minutes."

    @property
    def chapter(self) -> int:
        """The number of the chapter, or of the project."""
        return int(self.id.removeprefix("P").split(".")[0])

    @property
    def number(self) -> int:
        """The place among the exercises of the chapter: 10 for ``"5.10"``."""
        return int(self.id.split(".")[1])


@dataclass(frozen=True)
class Exercise(Task):
    """A task with its answer. The learner's function has the name and the arguments of ``reference``.

    Among ``misconceptions`` the first that fits decides. With ``exact_zeros`` a 0 must be 0 exactly, not
    nearly. ``also_right`` are other answers that the text allows, where it leaves a choice. ``broken`` is
    the code that a learner is to repair, what is asked for last.
    """

    reference: Answer
    cases: tuple[Case, ...]
    misconceptions: tuple[Misconception, ...]
    exact_zeros: bool = False
    also_right: tuple[Answer, ...] = ()
    broken: tuple[Answer, ...] = ()

    DRAWS_PER_CASE = 3

    @classmethod
    def from_task(
        cls,
        task: Task,
        reference: Answer,
        cases: tuple[Case, ...],
        misconceptions: tuple[Misconception, ...],
        *,
        exact_zeros: bool = False,
        also_right: tuple[Answer, ...] = (),
        broken: tuple[Answer, ...] = (),
    ) -> "Exercise":
        """``task`` with its answer, the inputs and the known mistakes: how an exercise's file ends."""
        return cls(
            id=task.id,
            title=task.title,
            goal=task.goal,
            points=task.points,
            difficulty=task.difficulty,
            minutes=task.minutes,
            outputs=task.outputs,
            hints=task.hints,
            reference=reference,
            cases=cases,
            misconceptions=misconceptions,
            exact_zeros=exact_zeros,
            also_right=also_right,
            broken=broken,
        )

    @property
    def function_name(self) -> str:
        return self.reference.__name__

    @functools.cached_property
    def arguments(self) -> tuple[str, ...]:
        """The names of the arguments, in order."""
        return tuple(inspect.signature(self.reference).parameters)

    @property
    def solution_name(self) -> str:
        """The name of the function in the folded cell: another one, so that it never stands for an answer."""
        return f"{self.function_name}_solution"

    @property
    def solution(self) -> str:
        """Source of the reference under ``solution_name``: what stands in the folded cell of the chapter."""
        return self._source.replace(f"def {self.function_name}(", f"def {self.solution_name}(", 1)

    @property
    def template(self) -> str:
        """Source of the cell to begin with: the reference's signature and docstring, or the broken code."""
        return broken_cell(self._source, self.broken) if self.broken else empty_cell(self._source)

    @property
    def question(self) -> Question:
        """What may be known of it where answers run."""
        return Question(self.id, self.function_name, self.arguments, self.template, bool(self.broken))

    @property
    def _source(self) -> str:
        return textwrap.dedent(inspect.getsource(self.reference))

    def draws(self, seed: int) -> Iterator[tuple[Case, int]]:
        """Every case with the seeds of its inputs; ``case.make`` gives the inputs afresh."""
        for case in self.cases:
            for draw in range(self.DRAWS_PER_CASE):
                yield case, derive(seed, "exercise", self.id, case.name, draw)
