"""What explains a wrong answer in parts: two known mistakes, a mistake and a slip, or slips alone."""

import inspect
import itertools
import types
import warnings
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from s2s_course.exercises.engine.close import find_wrong, is_close
from s2s_course.exercises.engine.exercise import Exercise
from s2s_course.exercises.engine.misconception import Answer, Misconception
from s2s_course.exercises.engine.outcome import Outcome
from s2s_course.exercises.engine.recognition import Draws, Recognized, each_way, outcome_of
from s2s_course.exercises.engine.slips import Slip, both_of, slips_of

_MOST_SLIPS = 40  # pairs of slips are tried among so many: a second or less


def recognize_parts(
    exercise: Exercise, answers: Sequence[Outcome], draws: Draws, wrong_draws: Sequence[int]
) -> Recognized | None:
    """Known mistakes and small slips that together explain wrong numbers, where no single mistake does."""
    known = _Known(exercise, answers, draws, wrong_draws)
    if not known.tell_enough():
        return None
    explanations = (
        known.by_input,
        known.by_output,
        known.by_a_slip,
        known.added_up,
        known.one_inside_another,
        known.slip_beside_a_mistake,
        known.by_two_slips,
    )
    for explain in explanations:
        if found := explain():
            return found
    return None


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

    def by_two_slips(self) -> Recognized | None:
        """Our own answer with two things changed, of those changes that give wrong numbers by themselves."""
        reference, mine, inputs = self.exercise.reference, self.mine[0], self.inputs[0]
        telling: list[Slip] = []
        seen = [self.right[0]]
        for slip in slips_of(reference):
            output = self._output(slip.function, inputs)
            new = output and _has_form(output, mine) and not any(_same(output, other) for other in seen)
            if new and len(telling) < _MOST_SLIPS:
                telling.append(slip)
                seen.append(output)
        for one, other in itertools.combinations(telling, 2):
            both = both_of(reference, one, other) if one.place != other.place else None
            if both and self._is_like(both):
                start = "Your numbers are those of our solution with two things changed"
                return Recognized(None, f"{start}: {one.text}; {other.text}.")
        return None

    def one_inside_another(self) -> Recognized | None:
        """Two mistakes, where one calls the right answer: the other takes its place there."""
        name = self.exercise.function_name
        for one, outer in each_way(self.exercise):
            for other, inner in each_way(self.exercise):
                both = _put_inside(outer, name, inner)
                if both and one is not other and self._is_like(both):
                    return _two(one, other)
        return None

    def slip_beside_a_mistake(self) -> Recognized | None:
        """A mistake with a slip in its own code, or in a function that it calls."""
        for one, outer in each_way(self.exercise):
            if not isinstance(outer, types.FunctionType) or outer.__closure__:
                continue
            called = [name for name in outer.__code__.co_names if _is_ours(outer.__globals__.get(name))]
            slips = [(slip.text, slip.function) for slip in slips_of(outer)]
            slips += [
                (slip.text, _put_inside(outer, name, slip.function))
                for name in called
                for slip in slips_of(outer.__globals__[name])
            ]
            for text, both in slips:
                if self._is_like(both):
                    text = f"This looks like two mistakes. First: {one.message} Second: {text}."
                    return Recognized(one.name, text)
        return None


def _is_ours(value: object) -> bool:
    return isinstance(inspect.unwrap(value), types.FunctionType) if callable(value) else False


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
