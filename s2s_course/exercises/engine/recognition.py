"""Which known mistakes an answer behaves like: one, one in a part of it, or two at once."""

import functools
import itertools
import types
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from s2s_course.exercises.engine.close import find_wrong, is_close
from s2s_course.exercises.engine.compare import compare, compare_outputs
from s2s_course.exercises.engine.exercise import Case, Exercise
from s2s_course.exercises.engine.misconception import Answer, Misconception
from s2s_course.exercises.engine.outcome import Outcome, run
from s2s_course.exercises.engine.slips import slips_of

Draws = Sequence[tuple[Case, int]]


@dataclass(frozen=True)
class Recognized:
    """The names of the mistakes, joined by `` + ``, and what is said about them; no name for a mere slip."""

    name: str | None
    message: str


@functools.lru_cache(maxsize=4096)  # what our own functions give is the same for every answer
def outcome_of(function: Callable, case: Case, case_seed: int) -> Outcome:
    """What one of our own functions gives on an input."""
    outcome = run(function, case.make(case_seed))
    return outcome if case.gradient else outcome.without_gradient()


def recognize(exercise: Exercise, answers: Sequence[Outcome], draws: Draws) -> Recognized | None:
    """The one mistake that behaves like the answer on every input; the first where there are several.

    Where outputs are wrong they alone decide: a mistake is the same mistake in a detached answer.
    """
    names = {"outputs": exercise.outputs, "arguments": exercise.arguments}

    def same_output(mine: Outcome, theirs: Outcome) -> bool:
        if mine.fault or theirs.fault:
            return bool(mine.fault and theirs.fault)
        return compare_outputs(mine, theirs, exercise.outputs) is None

    def same(mine: Outcome, theirs: Outcome) -> bool:
        return same_output(mine, theirs) and (bool(mine.fault) or compare(mine, theirs, **names) is None)

    if all(answer.fault for answer in answers):
        return None
    expected = (outcome_of(exercise.reference, *draw) for draw in draws)
    alike = same if all(map(same_output, answers, expected)) else same_output
    for misconception, wrong in _each_way(exercise):
        theirs = (outcome_of(wrong, *draw) for draw in draws)
        if all(map(alike, answers, theirs)):
            return Recognized(misconception.name, misconception.message)
    return None


def recognize_parts(
    exercise: Exercise, answers: Sequence[Outcome], draws: Draws, wrong_draws: Sequence[int]
) -> Recognized | None:
    """Known mistakes and small slips that explain wrong values, where no single mistake explains everything."""
    known = _Known(exercise, answers, draws, wrong_draws)
    if not known.tell_enough():
        return None
    explanations = (
        known.by_input,
        known.by_output,
        known.by_a_slip,
        known.added_up,
        known.one_inside_another,
        known.slip_inside_a_mistake,
    )
    for explain in explanations:
        if found := explain():
            return found
    return None


def _each_way(exercise: Exercise) -> Iterator[tuple[Misconception, Answer]]:
    for misconception in exercise.misconceptions:
        for wrong in (misconception.wrong, *misconception.variants):
            yield misconception, wrong


class _Known:
    """The outputs of an answer beside those of all known mistakes, on the inputs where it is wrong."""

    def __init__(
        self, exercise: Exercise, answers: Sequence[Outcome], draws: Draws, wrong_draws: Sequence[int]
    ):
        self.exercise, self.draws = exercise, [draws[i] for i in wrong_draws]
        self.cases = [case.name for case, _ in self.draws]
        self.inputs = [case.make(case_seed) for case, case_seed in self.draws]
        self.mine = [_tensors(answers[i].output) for i in wrong_draws]
        self.right = [_tensors(outcome_of(exercise.reference, *draw).output) for draw in self.draws]
        self.ways = [
            (mistake, [self._output(wrong, inputs) for inputs in self.inputs])
            for mistake, wrong in _each_way(exercise)
        ]

    @torch.no_grad()
    def _output(self, function: Callable, inputs: tuple) -> tuple[Tensor, ...] | None:
        fresh = [
            value.clone() if isinstance(value, Tensor) else list(value) if isinstance(value, list) else value
            for value in inputs
        ]
        try:
            return _tensors(function(*fresh))
        except Exception:  # a known mistake need not run on every input
            return None

    def tell_enough(self) -> bool:
        """Whether so many numbers are wrong that two answers are not alike by chance."""
        pairs = [
            pair for both in zip(self.mine, self.right, strict=True) for pair in zip(*both, strict=False)
        ]
        if any(mine.shape != right.shape for mine, right in pairs):
            return True
        wrong = sum(int(find_wrong(mine, right).sum()) for mine, right in pairs if mine.dtype == right.dtype)
        return wrong >= (2 if all(right.is_floating_point() for _, right in pairs) else 3)

    def by_a_slip(self) -> Recognized | None:
        """Our own answer with one thing changed."""
        for slip in slips_of(self.exercise.reference):
            if self._is_like(slip.function):
                text = f"Your numbers are those of our solution with one thing changed: {slip.text}."
                return Recognized(None, text)
        return None

    def _is_like(self, function: Callable) -> bool:
        outputs = zip(self.mine, self.inputs, strict=True)
        return all(_same(mine, self._output(function, inputs)) for mine, inputs in outputs)

    def by_input(self) -> Recognized | None:
        """One mistake that explains every wrong input, or two that share them."""
        fits = [
            (mistake, {i for i, theirs in enumerate(outputs) if _same(self.mine[i], theirs)})
            for mistake, outputs in self.ways
        ]
        everywhere = set(range(len(self.mine)))
        if len(everywhere) < 2:
            return None
        for mistake, where in fits:
            if where == everywhere:
                return Recognized(mistake.name, f"On the inputs where it is wrong: {mistake.message}")
        for (one, here), (other, there) in itertools.combinations(fits, 2):
            both_needed = len(here - there) > 1 and len(there - here) > 1
            if one is not other and both_needed and here | there == everywhere:
                first, second = self.cases[min(here - there)], self.cases[min(there - here)]
                return _two(one, other, f"(as in: {first})", f"(as in: {second})")
        return None

    def by_output(self) -> Recognized | None:
        """Of several outputs each wrong one explained by itself."""
        outputs = self.exercise.outputs
        if len(outputs) < 2:
            return None
        found: dict[str, Misconception] = {}
        for k, name in enumerate(outputs):
            mine, right = ([values[k : k + 1] for values in side] for side in (self.mine, self.right))
            if all(map(_same, mine, right)):
                continue
            for mistake, theirs in self.ways:
                if all(them and _same(me, them[k : k + 1]) for me, them in zip(mine, theirs, strict=True)):
                    found[name] = mistake
                    break
            else:
                return None
        mistakes = list(dict.fromkeys(found.values()))
        if len(mistakes) == 1:
            return Recognized(mistakes[0].name, f"In {' and '.join(found)}: {mistakes[0].message}")
        if len(mistakes) == 2:
            parts = [
                "in " + " and ".join(name for name in found if found[name] is mistake) for mistake in mistakes
            ]
            return _two(*mistakes, *parts)
        return None

    def added_up(self) -> Recognized | None:
        """Two mistakes whose effects add up, as in a count: this many too few and that many too few."""
        of_masks = all(right.dtype == torch.bool for outputs in self.right for right in outputs)
        mine = _effect(self.mine, self.right)
        if mine is None or len(mine) < 4:
            return None
        effects = [
            (m, effect) for m, theirs in self.ways if (effect := _effect(theirs, self.right)) is not None
        ]
        for (one, here), (other, there) in itertools.combinations(effects, 2):
            both_needed = here.abs().max() > 1e-3 and there.abs().max() > 1e-3
            if one is not other and both_needed and is_close(mine, _together(here, there, of_masks)):
                return _two(one, other)
        return None

    def one_inside_another(self) -> Recognized | None:
        """Two mistakes, where one calls the right answer: the other takes its place there."""
        for one, outer in _each_way(self.exercise):
            for other, inner in _each_way(self.exercise):
                both = self._put_inside(outer, inner)
                if both and one is not other and self._is_like(both):
                    return _two(one, other)
        return None

    def slip_inside_a_mistake(self) -> Recognized | None:
        """A mistake that calls the right answer, where a slip in that takes its place."""
        for one, outer in _each_way(self.exercise):
            for slip in slips_of(self.exercise.reference):
                both = self._put_inside(outer, slip.function)
                if both and self._is_like(both):
                    text = f"This looks like two mistakes. First: {one.message} Second: {slip.text}."
                    return Recognized(one.name, text)
        return None

    def _put_inside(self, outer: Answer, inner: Callable) -> Callable | None:
        """``outer``, with ``inner`` where it calls the right answer by its name."""
        name = self.exercise.function_name
        if not isinstance(outer, types.FunctionType) or name not in outer.__code__.co_names:
            return None
        around = {**outer.__globals__, name: inner}
        return types.FunctionType(outer.__code__, around, name, outer.__defaults__, outer.__closure__)


def _two(one: Misconception, other: Misconception, first: str = "", second: str = "") -> Recognized:
    return Recognized(
        f"{one.name} + {other.name}",
        f"This looks like two mistakes. First{first and ' ' + first}: {one.message} "
        f"Second{second and ' ' + second}: {other.message}",
    )


def _tensors(output: object) -> tuple[Tensor, ...]:
    parts = output if isinstance(output, tuple | list) else (output,)
    return tuple(part.detach() for part in parts if isinstance(part, Tensor))


def _same(mine: tuple[Tensor, ...], theirs: tuple[Tensor, ...] | None) -> bool:
    return theirs is not None and (
        len(mine) == len(theirs)
        and all(a.shape == b.shape and a.dtype == b.dtype for a, b in zip(mine, theirs, strict=True))
        and all(map(is_close, mine, theirs))
    )


def _effect(
    outputs: Sequence[tuple[Tensor, ...] | None], right: Sequence[tuple[Tensor, ...]]
) -> Tensor | None:
    """By how much all numbers are wrong, in one long row; None where they cannot be compared."""
    if any(mine is None for mine in outputs):
        return None
    pairs = [
        pair for mine, ours in zip(outputs, right, strict=True) for pair in zip(mine, ours, strict=False)
    ]
    if any(a.shape != b.shape for a, b in pairs):
        return None
    effect = torch.cat([(a.double() - b.double()).flatten() for a, b in pairs])
    return effect if effect.isfinite().all() else None


def _together(here: Tensor, there: Tensor, of_masks: bool) -> Tensor:
    return (here + there).clamp(-1, 1) if of_masks else here + there
