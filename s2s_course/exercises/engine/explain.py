"""What is said about wrong numbers that fit no known mistake: what they are like, and where they are."""

from collections.abc import Sequence

import torch
from torch import Tensor

from s2s_course.exercises.engine.close import find_wrong, is_close
from s2s_course.exercises.engine.diagnosis import describe_relation, describe_shape
from s2s_course.exercises.engine.exercise import Case, Exercise
from s2s_course.exercises.engine.gradients import find_unreached
from s2s_course.exercises.engine.outcome import Outcome
from s2s_course.exercises.engine.places import count_wrong, describe_place
from s2s_course.exercises.engine.shapes import sizes_of


class Explanation:
    """An answer that is wrong on some inputs, beside what is expected there.

    ``draws`` are all inputs, ``wrong`` numbers those where the answer is wrong and has ended well.
    """

    def __init__(
        self,
        exercise: Exercise,
        answers: Sequence[Outcome],
        expected: Sequence[Outcome],
        draws: Sequence[tuple[Case, int]],
        wrong: Sequence[int],
    ):
        self.exercise, self.answers, self.expected = exercise, answers, expected
        self.draws, self.wrong = draws, wrong
        self.inputs = {i: draws[i][0].make(draws[i][1]) for i in wrong}

    def of_values(self) -> str:
        """Sentences about the first output that is wrong."""
        for k in range(len(self.exercise.outputs)):
            pairs = {
                i: (self._output(self.answers, i, k), self._output(self.expected, i, k)) for i in self.wrong
            }
            wrong = [i for i, pair in pairs.items() if not is_close(*pair)]
            if wrong:
                got, wanted = pairs[wrong[0]]
                sentences = [
                    describe_relation(
                        [pairs[i] for i in wrong],
                        [sizes_of(self.exercise.reference, self.inputs[i]) for i in wrong],
                    ),
                    describe_place([self._place(i, *pairs[i]) for i in wrong]),
                    self._unused(),
                    self._cases(),
                    self._other_outputs(k),
                    count_wrong(got, wanted, find_wrong(got, wanted)),
                ]
                return " ".join(filter(None, sentences))
        return ""

    def of_shape(self) -> str:
        """A sentence about an output whose shape is wrong and whose numbers are right."""
        for k in range(len(self.exercise.outputs)):
            pairs = [
                (self._output(self.answers, i, k), self._output(self.expected, i, k)) for i in self.wrong
            ]
            if any(got.shape != wanted.shape for got, wanted in pairs):
                return describe_shape(pairs)
        return ""

    def _output(self, outcomes: Sequence[Outcome], i: int, k: int) -> Tensor:
        output = outcomes[i].output
        return (output[k] if isinstance(output, tuple | list) else output).detach()

    def _place(self, i: int, got: Tensor, wanted: Tensor) -> tuple[Tensor, Tensor, dict[str, Tensor]]:
        named = zip(self.exercise.arguments, self.inputs[i], strict=True)
        masks = {name: v for name, v in named if isinstance(v, Tensor) and v.dtype == torch.bool}
        return find_wrong(got, wanted), wanted, masks

    def _unused(self) -> str:
        """Arguments that the gradient says have no part in the answer."""
        unreached = [set(find_unreached(self.answers[i], self.expected[i])) for i in self.wrong]
        names = [self.exercise.arguments[k] for k in sorted(set.intersection(*unreached))]
        if not names or not any(self.answers[i].connected for i in self.wrong):
            return ""
        return f"Your result does not depend on {' and '.join(names)}, or no gradient goes back there."

    def _cases(self) -> str:
        """The kinds of input on which the answer is wrong, where it is right on others."""
        wrong = {self.draws[i][0].name for i in self.wrong}
        right = [case.name for case, _ in self.draws if case.name not in wrong]
        if not right:
            return ""
        return f"Only this kind of input goes wrong: {'; '.join(sorted(wrong))}."

    def _other_outputs(self, k: int) -> str:
        names = self.exercise.outputs
        others = [j for j in range(len(names)) if j != k]
        right = [
            names[j]
            for j in others
            if all(
                is_close(self._output(self.answers, i, j), self._output(self.expected, i, j))
                for i in self.wrong
            )
        ]
        return f"Right are {' and '.join(right)}." if right else ""
