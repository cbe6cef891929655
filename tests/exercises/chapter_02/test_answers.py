"""Chapter 2: answers that are right in another way, and what the checker says about some that are not."""

import numpy as np
import pytest
import torch
from torch import nn

from s2s_course.exercises import check
from s2s_course.exercises.chapter_02.gradient_clipping import clip_by_global_norm
from s2s_course.exercises.chapter_02.rnn_step import rnn_step
from s2s_course.exercises.chapter_02.truncated_unroll import truncated_unroll
from s2s_course.exercises.engine.outcome import run
from s2s_course.exercises.engine.registry import find_exercise
from s2s_course.notebook import show_source

CHAPTER = ("2.1", "2.2", "2.3", "2.4", "2.5", "2.6")
BY_HAND = ("2.3", "2.4", "2.6")  # no gradient is asked for


def scalar_loop(inputs, hidden, W, U, b):
    rows = []
    for x, h in zip(inputs, hidden, strict=True):
        rows.append(torch.stack([torch.tanh(W[i] @ x + U[i] @ h + b[i]) for i in range(len(b))]))
    return torch.stack(rows)


def joined_weights(inputs, hidden, W, U, b):
    return nn.functional.linear(torch.cat([inputs, hidden], 1), torch.cat([W, U], 1), b).tanh()


def rows_one_by_one(inputs, mask, W, U, b):
    """Each row by itself, cut to its real tokens."""
    states, last = inputs.new_zeros(*mask.shape, len(U)), []
    for row, length in enumerate(mask.sum(1).tolist()):
        hidden = inputs.new_zeros(1, len(U))
        for t in range(length):
            hidden = rnn_step(inputs[row : row + 1, t], hidden, W, U, b)
            states[row, t] = hidden[0]
        last.append(hidden[0])
    return states, torch.stack(last)


def unmasked_then_gathered(inputs, mask, W, U, b):
    hidden, states = inputs.new_zeros(len(inputs), len(U)), []
    for x in inputs.unbind(1):
        hidden = rnn_step(x, hidden, W, U, b)
        states.append(hidden)
    states = torch.stack(states, 1).masked_fill(~mask.unsqueeze(2), 0)
    return [states, states[torch.arange(len(states)), mask.sum(1) - 1]]


def blended(inputs, mask, W, U, b):
    hidden, states, real = inputs.new_zeros(len(inputs), len(U)), [], mask.float()
    for t in range(inputs.shape[1]):
        keep = real[:, t, None]
        hidden = keep * rnn_step(inputs[:, t], hidden, W, U, b) + (1 - keep) * hidden
        states.append(keep * hidden)
    return torch.stack(states, 1), hidden


def by_einsum(grad_hidden, hidden, previous, inputs, U):
    slope = 1 - hidden.square()
    return (
        torch.einsum("bi,bi,ij->bj", grad_hidden, slope, U),
        torch.einsum("bi,bi,bj->ij", grad_hidden, slope, inputs),
        torch.einsum("bi,bi,bj->ij", grad_hidden, slope, previous),
        (grad_hidden * slope).sum(0),
    )


@torch.no_grad()
def by_numbers(grad_W, grad_U, grad_b, max_norm):
    norm = sum(gradient.square().sum().item() for gradient in (grad_W, grad_U, grad_b)) ** 0.5
    factor = max_norm / norm if norm > max_norm else 1.0
    return [gradient * factor for gradient in (grad_W, grad_U, grad_b)]


def with_epsilon(grad_W, grad_U, grad_b, max_norm):
    norm = torch.stack([gradient.norm() for gradient in (grad_W, grad_U, grad_b)]).norm()
    factor = (max_norm / (norm + 1e-6)).clamp(max=1.0)
    return grad_W * factor, grad_U * factor, grad_b * factor


def chunk_by_chunk(inputs, hidden, W, U, b, chunk):
    states = []
    for part in inputs.split(chunk, 1):
        for x in part.unbind(1):
            hidden = rnn_step(x, hidden, W, U, b)
            states.append(hidden)
        hidden = hidden.detach()
    return torch.stack(states, 1)


def gram_schmidt(matrix):
    columns = []
    for column in matrix.unbind(1):
        for other in columns:
            column = column - (other @ column) * other
        columns.append(column / column.norm())
    return torch.stack(columns, 1)


def through_numpy(matrix):
    Q, R = np.linalg.qr(matrix.detach().numpy())
    return torch.from_numpy(Q * np.sign(np.diag(R)))


@pytest.mark.parametrize(
    "exercise_id, answer",
    [
        ("2.1", scalar_loop),
        ("2.1", joined_weights),
        ("2.2", rows_one_by_one),
        ("2.2", unmasked_then_gathered),
        ("2.3", by_einsum),
        ("2.3", torch.no_grad()(by_einsum)),
        ("2.4", by_numbers),
        ("2.4", with_epsilon),
        ("2.5", chunk_by_chunk),
        ("2.6", gram_schmidt),
        ("2.6", through_numpy),
    ],
)
def test_other_right_answers_pass(exercise_id, answer):
    assert check(exercise_id, answer).passed


def test_a_product_with_the_mask_lets_nan_through():
    result = check("2.2", blended)
    assert result.misconception == "padding multiplied by 0" and "NaN times 0 is NaN" in result.message


@pytest.mark.parametrize("exercise_id", CHAPTER)
def test_a_gradient_is_asked_for_where_something_is_trained_and_only_there(exercise_id):
    exercise = find_exercise(exercise_id)
    result = check(exercise_id, torch.no_grad()(exercise.reference))
    assert result.passed if exercise_id in BY_HAND else result.fault == "detached" or result.misconception
    said = check(exercise_id, getattr(exercise.reference, "__wrapped__", exercise.reference)).message
    assert said.startswith("Your function is" if exercise_id in BY_HAND else "Your function and its gradient")
    assert exercise.solution.startswith(f"def {exercise.solution_name}(")  # `no_grad` is the checker's affair


def test_a_gradient_that_cannot_be_computed_does_not_matter_where_none_is_asked_for():
    def used_up(matrix):
        answer = gram_schmidt(matrix)
        answer.sum().backward()
        return answer

    assert check("2.6", used_up).passed


def test_without_gradient_is_the_outcome_under_no_grad():
    case, seed = next(find_exercise("2.5").draws(0))
    inputs = case.make(seed)
    recorded = run(truncated_unroll, inputs)
    bare, wanted = recorded.without_gradient(), run(torch.no_grad()(truncated_unroll), inputs)
    assert recorded.connected and all(grad is not None for grad in recorded.gradients[:5])
    assert (bare.gradients, bare.connected) == (wanted.gradients, wanted.connected) == ((None,) * 6, False)
    assert torch.equal(bare.output, wanted.output)


def test_clipping_in_place_is_told():
    def in_place(grad_W, grad_U, grad_b, max_norm):
        answer = clip_by_global_norm(grad_W, grad_U, grad_b, max_norm)
        with torch.no_grad():
            return tuple(old.copy_(new) for old, new in zip((grad_W, grad_U, grad_b), answer, strict=True))

    result = check("2.4", in_place)
    assert result.fault == "modified" and "its input grad_W and grad_U and grad_b in place" in result.message


def test_weights_that_do_not_fit_are_answered_with_the_line_and_the_shapes():
    def untransposed(inputs, hidden, W, U, b):
        return torch.tanh(inputs @ W + hidden @ U + b)

    result = check("2.1", untransposed)
    assert result.fault == "crash" and "(2x3 and 2x3)" in result.message


def test_the_broken_unroll_of_the_chapter_can_be_shown_and_is_recognized():
    exercise = find_exercise("2.5")
    broken = exercise.misconceptions[0]
    shown = repr(show_source(broken.wrong))
    assert shown.startswith("# s2s_course/exercises/chapter_02/truncated_unroll.py\ndef broken_unroll(")
    assert "        hidden = hidden.detach()\n" in shown and max(map(len, shown.splitlines())) <= 88
    namespace = {"torch": torch}
    exec(shown, namespace)
    result = check("2.5", namespace["broken_unroll"])
    assert result.misconception == broken.name == "detached at every step"


def test_messages_and_solutions_are_as_a_page_needs_them():
    for exercise in map(find_exercise, CHAPTER):
        messages = [misconception.message for misconception in exercise.misconceptions]
        assert len(set(messages)) == len(messages) >= 9
        assert max(map(len, exercise.solution.splitlines())) <= 88
