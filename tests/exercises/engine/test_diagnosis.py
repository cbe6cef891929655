"""What is said about wrong numbers that no known mistake explains, and only where it is so."""

import pytest
import torch

from s2s_course.exercises.engine.diagnosis import describe_relation, describe_shape
from s2s_course.exercises.engine.places import count_wrong, describe_place


def draws(*shape: int, count: int = 3) -> list[torch.Tensor]:
    generator = torch.Generator().manual_seed(sum(shape))
    return [torch.randn(shape, generator=generator) for _ in range(count)]


def relation(change, *shape: int) -> str:
    sizes = [{"B": 2, "S": 3 + i} for i in range(3)]
    wanted = draws(*(shape or (2, 3, 4)))
    return describe_relation([(change(w, i), w) for i, w in enumerate(wanted)], sizes)


@pytest.mark.parametrize(
    "change, words",
    [
        (lambda w, i: 2.5 * w, "Yours is 2.5 times what is expected"),
        (lambda w, i: -w, "the wrong sign"),
        (lambda w, i: 0 * w, "All your numbers are the same"),
        (lambda w, i: w * (3 + i), "what is expected times S"),
        (lambda w, i: w / (3 + i) ** 0.5, "what is expected divided by the root of S"),
        (lambda w, i: w * (1.3 + i * i), "times one number, another one each time"),
        (lambda w, i: w + 0.5, "0.5 more than what is expected"),
        (lambda w, i: w - 2, "2 less than what is expected"),
        (lambda w, i: w + 50_000, "5e+04 more than what is expected"),  # float32 rounds it by 0.002
        # the last input differs from the first by 90 or 120 % of what is allowed
        (lambda w, i: w + 10 + 4.5e-3 * i, "10 more than what is expected, everywhere"),
        (lambda w, i: w + 10 + 6e-3 * i, "plus one number, another one each time"),
        (lambda w, i: w + 0.01 + 4.5e-5 * i, "0.01 more than what is expected, everywhere"),
        (lambda w, i: w + 0.01 + 6e-5 * i, "plus one number, another one each time"),
        (lambda w, i: 2.5 * (1 + 4.5e-4 * i) * w, "Yours is 2.5 times what is expected"),
        (lambda w, i: 2.5 * (1 + 6e-4 * i) * w, "times one number, another one each time"),
        (lambda w, i: w + w[:, :1] * 0 + torch.arange(2.0)[:, None, None], "Along axis"),
        (lambda w, i: w.flip(1), "in reverse order along axis 1"),
        (lambda w, i: w.roll(1, 1), "stands one place later"),
        (lambda w, i: w.roll(-1, 2), "stands one place earlier"),
        (lambda w, i: w[:, [1, 0, 2]], "the right parts along axis 1, but in another order"),
        (lambda w, i: w.reshape(2, 4, 3).mT.reshape(2, 3, 4), "the right numbers, but in another order"),
        (lambda w, i: w.tanh(), "There is a tanh too much"),
        (lambda w, i: w.softmax(2), "There is a softmax over axis 2 too much"),
        (lambda w, i: w.atanh() if w.abs().max() < 1 else w.exp(), "an exponential too much"),
        (lambda w, i: 1 - w, "Yours is 1 minus what is expected"),
        (lambda w, i: w[:, :1].expand_as(w), "Along axis 1 all your numbers are the same"),
    ],
)
def test_a_relation_is_named(change, words):
    assert words in relation(change)


def test_a_missing_function_and_exchanged_axes_are_named():
    assert "At the end a tanh is missing" in describe_relation([(w, w.tanh()) for w in draws(2, 3)], [{}] * 3)
    assert "axes 1 and 2 are exchanged" in relation(lambda w, i: w.mT, 2, 3, 3)
    weights = [(w.softmax(1), w.softmax(2)) for w in draws(2, 3, 4)]
    text = describe_relation(weights, [{}] * 3)
    assert "do not sum to 1 along axis 2" in text and "they do along axis 1" in text
    masks = [w > 0 for w in draws(3, 4)]
    assert "True where it must be False" in describe_relation([(~m, m) for m in masks], [{}] * 3)


@pytest.mark.parametrize("change", [lambda w, i: w + w.sin(), lambda w, i: torch.where(w > 0, 2 * w, w)])
def test_nothing_is_said_where_nothing_holds(change):
    assert relation(change) == ""


def test_what_holds_on_some_inputs_alone_is_not_said():
    assert relation(lambda w, i: -w if i else w + w.sin()) == ""


def test_right_numbers_of_a_wrong_shape_are_told():
    wanted = draws(2, 3, 4)
    assert "`permute(0, 2, 1)` mends it" in describe_shape([(w.mT, w) for w in wanted])
    assert "only the shape is not" in describe_shape([(w[:, None], w) for w in wanted])
    assert "right numbers, but in another order" in describe_shape(
        [(w.sort().values.flatten(), w) for w in wanted]
    )
    assert describe_shape([(w[:1], w) for w in wanted]) == ""


def place(spoil, *, mask=None) -> str:
    """What is said of three inputs, wrong where ``spoil`` is True."""
    masks = {"mask": mask} if mask is not None else {}
    return describe_place([(spoil.expand(4, 4, 4), wanted, masks) for wanted in draws(4, 4, 4)])


ROW, SQUARE = torch.arange(4), torch.ones(4, 4).bool()


@pytest.mark.parametrize(
    "spoil, words",
    [
        ((ROW == 0)[:, None, None], "Only the first index of axis 0 (the batch) is wrong"),
        ((ROW > 0)[:, None, None], "Of axis 0 (the batch) the first index is right"),
        ((ROW == 3)[:, None], "Only the last index of axis 1 is wrong"),
        (ROW % 2 == 1, "every second index of axis 2 is wrong: 1, 3, 5"),
        (ROW < 2, "Only the first half of axis 2 is wrong"),
        (SQUARE.triu(1), "Only what is above the diagonal is wrong"),
        (SQUARE.triu(1) & SQUARE.tril(1), "Only the places right above the diagonal are wrong"),
        (torch.eye(4).bool(), "Only the diagonal is wrong"),
    ],
)
def test_a_place_is_named(spoil, words):
    assert words in place(spoil)


def test_padding_is_named_where_the_mask_tells_it():
    mask = torch.tensor([[True] * 4, [True, True, False, False], [True, False, True, True], [True] * 4])
    assert place(~mask[:, :, None], mask=mask) == "It is wrong only where mask is False."
    assert "wrong where it is True" in place(mask[:, :, None].clone(), mask=mask)


def test_numbers_that_are_wrong_here_and_there_have_no_place():
    generator = torch.Generator().manual_seed(0)
    assert place(torch.rand(4, 4, 4, generator=generator) < 0.3) == ""


def test_wrong_numbers_are_counted():
    got, wanted = torch.tensor([[1.0, 2.0], [3.0, 5.0]]), torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    text = count_wrong(got, wanted, got != wanted)
    assert text == "1 of 4 numbers are wrong, the first at [1, 1]: 5.0000, where 4.0000 is expected."
    assert count_wrong(got[1, 1], wanted[1, 1], torch.tensor(True)) == ""
