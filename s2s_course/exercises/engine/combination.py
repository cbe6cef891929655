"""What explains a wrong answer in parts: two known mistakes, a mistake and a slip, or slips alone."""

import itertools
import types
import warnings
from collections.abc import Callable, Iterator, Sequence

import torch
from torch import Tensor

from s2s_course.exercises.engine.close import find_wrong, is_close
from s2s_course.exercises.engine.exercise import Exercise
from s2s_course.exercises.engine.misconception import Answer, Misconception
from s2s_course.exercises.engine.outcome import Outcome
from s2s_course.exercises.engine.recognition import Draws, Recognized, each_way, outcome_of
from s2s_course.exercises.engine.slips import Slip, both_of, slips_of

_MOST_SLIPS = 40
_MOST_GUESSES = 3000


def recognize_parts(
    exercise: Exercise, answers: Sequence[Outcome], draws: Draws, wrong_draws: Sequence[int]
) -> Recognized | None:
    """Known mistakes and small slips that together explain wrong numbers, where no single mistake does."""
    known = _Known(exercise, answers, draws, wrong_draws)
    if not known.tell_enough():
        return None
    return known.by_input() or known.by_output() or known.added_up() or known.guessed()


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
            for mistake, wrong in each_way(exercise)
        ]

    @torch.no_grad()
    def _output(self, function: Callable, inputs: tuple) -> tuple[Tensor, ...] | None:
        fresh = [
            value.clone() if isinstance(value, Tensor) else list(value) if isinstance(value, list) else value
            for value in inputs
        ]
        try:
            with warnings.catch_warnings(action="ignore"):
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
        wrong = sum(
            int((find_wrong(mine, right) & mine.isfinite()).sum())
            for mine, right in pairs
            if mine.dtype == right.dtype
        )
        return wrong >= (2 if all(right.is_floating_point() for _, right in pairs) else 3)

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

    def guessed(self) -> Recognized | None:
        """The first guess that gives the same numbers, among so many as take about a second."""
        for function, recognized in itertools.islice(self._guesses(), _MOST_GUESSES):
            if function and self._is_like(function):
                return recognized
        return None

    def _guesses(self) -> Iterator[tuple[Callable | None, Recognized]]:
        """Wrong functions with what would be said of them, the likelier ones first."""
        reference, name = self.exercise.reference, self.exercise.function_name
        telling, ways = [], list(each_way(self.exercise))
        start = "Your numbers are those of our solution with"
        for slip in slips_of(reference):
            yield slip.function, Recognized(None, f"{start} one thing changed: {slip.text}.")
            if len(telling) < _MOST_SLIPS and self._is_telling(slip, telling):
                telling.append(slip)
        for (one, outer), (other, inner) in itertools.product(ways, ways):
            if one is not other:
                yield _put_inside(outer, name, inner), _two(one, other)
        for one, outer in ways:
            for slip in telling:
                yield _put_inside(outer, name, slip.function), _mistake_and_slip(one, slip)
        for one in self.exercise.misconceptions:
            for slip in slips_of(one.wrong) if _is_plain(one.wrong) else ():
                yield slip.function, _mistake_and_slip(one, slip)
        for one in self.exercise.misconceptions:
            for helper in _helpers(one.wrong, name) if _is_plain(one.wrong) else ():
                for slip in slips_of(one.wrong.__globals__[helper]):
                    yield _put_inside(one.wrong, helper, slip.function), _mistake_and_slip(one, slip)
        for one, other in itertools.combinations(telling, 2):
            if one.place != other.place:
                text = f"{start} two things changed: {one.text}; {other.text}."
                yield both_of(reference, one, other), Recognized(None, text)

    def _is_telling(self, slip: Slip, others: Sequence[Slip]) -> bool:
        """Whether a slip gives wrong numbers of the right form, and other ones than the slips before."""
        output = self._output(slip.function, self.inputs[0])
        if output is None or not _has_form(output, self.right[0]) or _same(output, self.right[0]):
            return False
        return not any(_same(output, self._output(other.function, self.inputs[0])) for other in others[-8:])


def _mistake_and_slip(mistake: Misconception, slip: Slip) -> Recognized:
    text = f"This looks like two mistakes. First: {mistake.message} Second: {slip.text}."
    return Recognized(mistake.name, text)


def _is_plain(function: Callable) -> bool:
    """Whether the source of a function is all that there is to it."""
    return isinstance(function, types.FunctionType) and not function.__closure__


def _helpers(function: types.FunctionType, reference: str) -> list[str]:
    """The functions of the exercise that a mistake calls, but for the right answer."""
    called = {name: function.__globals__.get(name) for name in function.__code__.co_names}
    return [
        name for name, value in called.items() if name != reference and isinstance(value, types.FunctionType)
    ]


def _put_inside(outer: Answer, name: str, inner: Callable) -> Callable | None:
    """``outer``, with ``inner`` where it calls the function ``name``."""
    if not isinstance(outer, types.FunctionType) or name not in outer.__code__.co_names:
        return None
    around = {**outer.__globals__, name: inner}
    return types.FunctionType(outer.__code__, around, name, outer.__defaults__, outer.__closure__)


def _has_form(output: tuple[Tensor, ...], other: tuple[Tensor, ...]) -> bool:
    return [(t.shape, t.dtype) for t in output] == [(t.shape, t.dtype) for t in other]


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
