"""Two mistakes at once, a mistake with a slip, and slips alone."""

import pytest
import torch

from s2s_course.exercises import check
from s2s_course.exercises.engine.combination import recognize_parts
from s2s_course.exercises.engine.outcome import Outcome
from s2s_course.exercises.engine.registry import find_exercise
from s2s_course.exercises.engine.slips import both_of, slips_of


def no_bias_and_u_not_transposed(inputs, hidden, W, U, b):
    return torch.tanh(inputs @ W.T + hidden @ U)


def exchanged_and_cell_squashed(inputs, hidden, cell, W, U, b):
    f, i, g, o = (inputs @ W.T + hidden @ U.T + b).chunk(4, 1)
    cell = f.sigmoid() * cell + i.sigmoid() * g.tanh()
    return o.sigmoid() * cell, cell


def one_bias_and_one_layer(cell, input_size, hidden_size, num_layers, bidirectional):
    rows = {"rnn": 1, "gru": 3, "lstm": 4}[cell] * hidden_size
    return torch.tensor((2 if bidirectional else 1) * rows * (input_size + hidden_size + 1))


def keys_summed_and_not_scaled(query, key, value):
    return (query @ key.mT).softmax(2) @ key


def minus_and_heads_from_zero(length, num_heads):
    slopes = 2.0 ** (-8 * torch.arange(num_heads) / num_heads)
    return slopes[:, None, None] * (torch.arange(length)[:, None] - torch.arange(length)).abs()


@pytest.mark.parametrize(
    "exercise_id, answer, parts",
    [
        ("2.1", no_bias_and_u_not_transposed, ("`b` is missing", "not with its transpose")),
        ("3.1", exchanged_and_cell_squashed, ("tanh", "exchanged")),
        ("3.3", one_bias_and_one_layer, ("bias", "layer")),
        ("7.1", keys_summed_and_not_scaled, ("keys", "d")),
        ("8.3", minus_and_heads_from_zero, ("positive", "0")),
    ],
)
def test_two_mistakes_are_named_as_two(exercise_id, answer, parts):
    result = check(exercise_id, answer)
    assert "two" in result.message and all(part in result.message for part in parts), result.message


def test_a_mistake_in_one_of_several_outputs_is_named():
    def answer(grad_hidden, hidden, previous, inputs, U):
        grads = find_exercise("2.3").reference(grad_hidden, hidden, previous, inputs, U)
        return grads[0], grads[1], grads[2] / len(hidden), grads[3]

    assert check("2.3", answer).message.startswith("In grad_U: You average over the batch.")


@pytest.mark.parametrize(
    "exercise_id, source, text",
    [
        (
            "5.1",
            "return torch.tanh((query @ W.T).unsqueeze(1) - memory @ U.T) @ v",
            "a minus stands where a plus",
        ),
        (
            "7.1",
            "return (query @ key.mT / query.shape[-1] ** 2).softmax(2) @ value",
            "2 stands where 0.5 belongs",
        ),
        ("9.4", "return d_model**-0.5 * torch.minimum(steps**-0.5, warm_up * steps**-1.5)", "are exchanged"),
    ],
)
def test_a_slip_is_named(exercise_id, source, text):
    exercise, namespace = find_exercise(exercise_id), {"torch": torch}
    exec(f"def answer({', '.join(exercise.arguments)}):\n    {source}", namespace)
    result = check(exercise_id, namespace["answer"])
    assert "our solution with one thing changed" in result.message and text in result.message


def test_slips_change_one_thing_each_and_two_of_them_two():
    def line(x, y):
        z = x + y
        return z * 2

    slips = {slip.text: slip for slip in slips_of(line)}
    minus = slips["a minus stands where a plus belongs, where `z` is computed"]
    three = slips["3 stands where 2 belongs, where the result is computed"]
    assert (line(5, 2), minus.function(5, 2), three.function(5, 2)) == (14, 6, 21)
    assert both_of(line, minus, three)(5, 2) == 9 and line(5, 2) == 14


def test_few_numbers_are_no_proof():
    """One scalar that is wrong may be anything."""
    exercise = find_exercise("5.7")
    draws = list(exercise.draws(0))[:1]
    assert recognize_parts(exercise, [Outcome(torch.tensor(0.123))], draws, [0]) is None
