"""Every value that a text states or allows expressly is met by some input of a check."""

import inspect
import itertools
from types import SimpleNamespace

import pytest
import torch

from s2s_course.exercises import all_exercises
from s2s_course.exercises.engine.checker import diagnose
from s2s_course.exercises.engine.registry import find_exercise


def gap(mask) -> bool:
    """Padding in front of a real token."""
    return bool((~mask[:, :-1] & mask[:, 1:]).any())


def full(mask) -> bool:
    return bool(mask.all(dim=1).any())


def long_together_only(i) -> bool:
    norms = [grad.norm() for grad in (i.grad_W, i.grad_U, i.grad_b)]
    return max(norms) < i.max_norm < torch.stack(norms).norm()


def window(i):
    distance = (torch.arange(i.scores.shape[1]) - i.centers.unsqueeze(1)).abs()
    return distance, (distance <= i.half_width) & i.src_mask


def inside(mask) -> bool:
    """A place that is neither real nor behind the last real token."""
    return gap(mask)


def one_step(i):
    return i.norms[:, 1] / i.norms[:, 0] if i.norms.shape[1] == 2 else torch.zeros(1)


# For each exercise: words of its text, and what some input must be for their sake.
STATED = {
    "1.1": [
        ("a sentence may be empty", lambda i: [] in i.targets and any(i.targets)),
        ("the longest sentence + 1", lambda i: not any(i.targets)),
    ],
    "2.1": [("(B, E)", lambda i: len(i.inputs) == 1)],
    "2.2": [
        ("may even be NaN", lambda i: i.inputs[~i.mask].isnan().any()),
        ("there is at least one", lambda i: (i.mask.sum(1) == 1).any()),
        ("ignores padding", lambda i: i.mask.all()),
    ],
    "2.3": [("(B, H)", lambda i: len(i.hidden) == 1)],
    "2.4": [
        ("together longer than max_norm", long_together_only),
        ("of any shapes", lambda i: i.grad_W.ndim != 2),
        ("Where it already was", lambda i: 0 < i.grad_W.norm() < i.max_norm / 2),
    ],
    "2.5": [
        ("the last one may be shorter", lambda i: i.inputs.shape[1] % i.chunk not in (0, i.inputs.shape[1])),
        ("the same numbers as without chunks", lambda i: i.chunk > i.inputs.shape[1]),
        ("start of a chunk", lambda i: i.chunk == i.inputs.shape[1]),
        ("number of steps in a chunk", lambda i: i.chunk == 1),
    ],
    "2.6": [("R has a positive diagonal", lambda i: (torch.linalg.qr(i.matrix).R.diagonal() < 0).any())],
    "3.1": [("(B, H)", lambda i: i.cell.abs().max() > 4)],
    "3.2": [("(B, H)", lambda i: len(i.hidden) == 1)],
    "3.3": [
        (f'"{cell}"', lambda i, key=(cell, layers, both): (i.cell, i.num_layers, i.bidirectional) == key)
        for cell, layers, both in itertools.product(("rnn", "lstm", "gru"), (1, 2, 3), (False, True))
    ],
    "3.4": [("(4H,)", lambda i: len(i.b_input) == 4)],
    "3.5": [
        ("0 below 0.9", lambda i: ((one_step(i) < 0.9) & (one_step(i) > 0.89)).any()),
        ("1 from 0.9", lambda i: (one_step(i) == 0.9).any()),
        ("to 1 ", lambda i: (i.norms == i.norms[:, :1]).all(1).any()),
        ("2 above 1", lambda i: ((one_step(i) > 1) & (one_step(i) < 1.01)).any()),
    ],
    "3.6": [
        ("True = real token", lambda i: i.mask.all()),
    ],
    "4.1": [
        ("may stand anywhere", lambda i: gap(i.tgt_mask)),
        ("scores before the softmax", lambda i: (i.logits.softmax(-1) == 0).any()),
    ],
    "4.2": [
        ("a row holds the words of a sentence", lambda i: (i.src_mask.sum(1) == 1).any()),
        ("False = padding", lambda i: full(i.src_mask)),
    ],
    "4.3": [
        ("equally probable", lambda i: (i.logits.softmax(-1) == i.p).sum() == 2),
        ("add up to p or more", lambda i: (i.logits.softmax(-1) == i.p).any()),
        ("smallest set of words", lambda i: (i.logits.softmax(-1).amax(-1) > i.p).any()),
    ],
    "4.4": [
        ("N is 1 at the first step", lambda i: len(i.totals) == 1 and i.K > 1),
        ("at most N * V", lambda i: i.log_probs.numel() == i.K),
        ("how many hypotheses to keep", lambda i: i.K == 1),
        ("parents (K,)", lambda i: len(i.totals) > 1 and i.log_probs.shape[1] < i.K),
    ],
    "4.5": [
        ("with 0 there is none", lambda i: i.alpha == 0),
        ("(N,)", lambda i: len(i.totals) == 1),
        ("number n of tokens", lambda i: (i.lengths == 1).any()),
    ],
    "4.6": [
        ("whatever keep says", lambda i: not i.keep[:, 0].all()),
        ("the true one", lambda i: i.keep[:, 1:].numel() and i.keep[:, 1:].all()),
        ("the model's own", lambda i: not i.keep.any()),
        ("<bos>, then tgt_out", lambda i: i.keep.shape[1] == 1),
    ],
    "5.1": [
        ("(B, S, M)", lambda i: i.memory.shape[1] == 1),
        ("W: (A, D)", lambda i: i.W.shape[1] != i.U.shape[1]),
    ],
    "5.2": [
        ("padding may stand anywhere", lambda i: gap(i.src_mask)),
        ("at least one in each row", lambda i: (i.src_mask.sum(1) == 1).any()),
        ("of any size and sign", lambda i: (i.scores < -19_000).all()),
        ("whatever score stands there", lambda i: i.scores[~i.src_mask].numel() and i.scores.max() > 300),
    ],
    "5.3": [("0 at padding", lambda i: (i.weights == 0).any())],
    "5.4": [
        ("padding may stand anywhere", lambda i: gap(i.src_mask)),
        ("at least one in each row", lambda i: (i.src_mask.sum(1) == 1).any()),
        ("exactly 0 at padding", lambda i: i.v.min() < -300),
        ("W, U, v: (A, D), (A, M)", lambda i: i.W.shape[1] != i.U.shape[1]),
    ],
    "5.5": [
        ("padding may stand anywhere", lambda i: gap(i.src_mask)),
        ("at least one in each sentence", lambda i: (i.src_mask.sum(1) == 1).any()),
        ("exactly 0 at padding", lambda i: (i.scores < -19_000).all()),
        ("(B, T, S)", lambda i: len(set(i.scores.shape)) == 3),
    ],
    "5.6": [("With a single step", lambda i: i.scores.shape[2] == 1)],
    "5.7": [
        ("at least one is True", lambda i: i.predicted.any()),
        ("there may be none", lambda i: i.gold == []),
        ("1 where they share no link", lambda i: not any(i.predicted[t, s] for s, t in i.gold) and i.gold),
        ("0 where A and G agree",
            lambda i: set(i.gold) == {(s, t) for t, s in i.predicted.nonzero().tolist()}),
    ],
    "6.1": [("(B, T, D)", lambda i: len({*i.queries.shape, i.memory.shape[1]}) == 4)],
    "6.2": [
        ("M may be as large as D", lambda i: i.W.shape[0] == i.W.shape[1]),
        ("(D, M) weights", lambda i: i.W.shape[0] != i.W.shape[1]),
    ],
    "6.3": [("(A, D + M)", lambda i: len(i.v) == 1)],
    "6.4": [("(B, T, D)", lambda i: i.context.shape[1] == 1)],
    "6.5": [("with a_0 = 0", lambda i: i.embeddings.shape[1] == 1)],
    "6.6": [
        ("any real number", lambda i: (i.centers != i.centers.round()).any()),
        ("outside the sentence", lambda i: (i.centers < 0).any()),
        ("outside the sentence", lambda i: (i.centers > i.src_mask.sum(1)).any()),
        ("at least 1", lambda i: i.half_width == 1),
        ("|s - p| <= D_w", lambda i: (window(i)[0][i.src_mask] == i.half_width).any()),
        ("padding may stand anywhere", lambda i: gap(i.src_mask)),
        ("one real word is in the window", lambda i: window(i)[1].any(1).all()),
        ("exactly 0 elsewhere", lambda i: (i.scores < -300).all()),
    ],
    "7.1": [("(B, T, d)", lambda i: i.query.shape[1] == 1)],
    "7.2": [
        ("T alone", lambda i: i.tgt_in.shape[1] == 1),
        ("(B, T)", lambda i: len(i.tgt_in) == i.tgt_in.shape[1]),
    ],
    "7.3": [
        ("padding may stand anywhere", lambda i: gap(i.tgt_mask)),
        ("True = real token", lambda i: full(i.tgt_mask)),
    ],
    "7.4": [
        ("(B, H, T, d)", lambda i: i.heads.shape[1] == 1),
        ("the output of each head for each token", lambda i: i.heads.shape[2] == 1),
    ],
    "7.5": [("num_heads: H", lambda i: i.num_heads == 1)],
    "7.6": [("num_heads: H", lambda i: i.num_heads == 1)],
    "8.1": [("(T, D)", lambda i: i.length > i.d_model)],
    "8.2": [("(B, T, D)", lambda i: len(i.vectors) == 1)],
    "8.3": [
        ("num_heads: H", lambda i: i.num_heads == 1),
        ("length: T words", lambda i: i.length == 1),
        ("-8h / H", lambda i: i.num_heads > 8),
    ],
    "8.4": [("d is even", lambda i: i.heads.shape[3] == 2)],
    "8.5": [
        ("were written before", lambda i: i.first == 0),
        ("S is at least first + T", lambda i: i.num_keys == i.first + i.num_queries),
        ("room for more", lambda i: i.num_keys > i.first + i.num_queries),
    ],
    "9.1": [
        ("True is pre-norm", lambda i: i.norm_first and (i.x == i.x[..., :1]).all(-1).any()),
        ("False is post-norm", lambda i: not i.norm_first and (i.x + i.part(i.x)).var(-1).min() < 1e-4),
    ],
    "9.2": [
        ("from 0 to T", lambda i: 0 in i.lengths),
        ("from 0 to T", lambda i: i.tgt.shape[1] in i.lengths),
    ],
    "9.3": [
        ("t may be 0", lambda i: i.past_keys.shape[1] == 0),
        ("P is above t", lambda i: len(i.table) == i.past_keys.shape[1] + 1),
    ],
    "9.4": [
        ("counted from 1", lambda i: 1 in i.steps),
        ("the step up to which", lambda i: i.warm_up in i.steps and i.warm_up + 1 in i.steps),
    ],
    "9.5": [("(N, V) scores before the softmax", lambda i: (i.logits.softmax(-1) == 0).any())],
    "9.6": [("H heads of D / H numbers", lambda i: i.num_heads == 1), ("d_ff", lambda i: i.d_ff < i.d_model)],
    "10.1": [("True = this word is hidden", lambda i: not i.chosen.any(1).all())],
    "10.2": [
        ("src_length: S, at least 1", lambda i: i.src_length == 1),
        ("tgt_length: T, at least 1", lambda i: i.tgt_length == 1),
    ],
    "10.3": [
        ("K may be 0", lambda i: i.spans == []),
        ("at least one word between",
            lambda i: any(b[0] - a[1] == 1 for a, b in itertools.pairwise(i.spans))),
        ("none empty", lambda i: any(end - start == 1 for start, end in i.spans)),
        ("a gap", lambda i: i.spans == [(0, len(i.tokens))]),
    ],
}  # fmt: skip


def test_every_exercise_is_listed():
    assert set(STATED) == {exercise.id for exercise in all_exercises()}


@pytest.mark.parametrize(
    "exercise_id, words, holds", [(key, *row) for key, rows in STATED.items() for row in rows]
)
def test_what_is_stated_is_met(exercise_id, words, holds):
    exercise = find_exercise(exercise_id)
    text = " ".join(f"{exercise.goal} {inspect.getdoc(exercise.reference)}".split())
    assert words in text
    inputs = [
        SimpleNamespace(**dict(zip(exercise.arguments, case.make(seed), strict=True)))
        for case, seed in exercise.draws(0)
    ]
    assert any(holds(i) for i in inputs)


@pytest.mark.parametrize("exercise", all_exercises(), ids=lambda exercise: exercise.id)
def test_exactly_0_is_asked_for_by_equality(exercise):
    text = f"{exercise.goal} {inspect.getdoc(exercise.reference)}"
    if "exactly 0" in text:
        assert exercise.exact_zeros

    def nearly(*inputs):
        outputs = exercise.reference(*inputs)
        parts = outputs if isinstance(outputs, tuple) else (outputs,)
        changed = tuple(part + 1e-9 * (part == 0) if part.is_floating_point() else part for part in parts)
        return changed if isinstance(outputs, tuple) else changed[0]

    result = diagnose(exercise, nearly)
    assert (result.fault, result.passed) == (("zero", False) if exercise.exact_zeros else (None, True))
