"""The loop that greedy search and sampling share: who is asked for a token, and when it ends."""

import torch

from s2s_course.data.batch import collate_sources
from s2s_course.decoding.generate import generate

from .scripted import BOS, EOS, random_model

OPTIONS = {"bos_index": BOS, "eos_index": EOS}


def test_each_row_gets_the_token_that_was_chosen_for_it():
    """Row r writes r + 3 as often as r says, and then <eos>."""
    model, asked = random_model(9), []

    def choose(logits, rows):
        asked.append(rows.tolist())
        return torch.where(rows >= len(asked), rows + 3, EOS)

    outputs = generate(model, *collate_sources([[3], [4], [5], [6]]), choose, max_length=9, **OPTIONS)
    assert outputs == [[EOS], [4, EOS], [5, 5, EOS], [6, 6, 6, EOS]]
    assert asked == [[0, 1, 2, 3], [1, 2, 3], [2, 3], [3]], "whoever has written <eos> is not asked again"
    assert model.batch_sizes == [4, 3, 2, 1]


def test_the_logits_are_those_of_the_rows_that_go_on():
    model, seen = random_model(9), {}
    sources = [[3], [4, 4], [5]]

    def choose(logits, rows):
        for row, own in zip(rows.tolist(), logits, strict=True):
            seen.setdefault(row, []).append(own)
        first = len(seen[rows[0].item()]) == 1
        return torch.where(rows == 1, EOS, 7) if first else torch.full_like(rows, EOS)

    generate(model, *collate_sources(sources), choose, max_length=5, **OPTIONS)
    for row, written in ((0, [(), (7,)]), (1, [()]), (2, [(), (7,)])):
        for own, before in zip(seen[row], written, strict=True):
            assert torch.equal(own, model.script((*sources[row], EOS), before))


def test_the_mode_of_the_model_is_left_as_it_was():
    for training in (True, False):
        model = random_model(9).train(training)
        outputs = generate(
            model, *collate_sources([[3]]), lambda logits, rows: rows + 4, max_length=3, **OPTIONS
        )
        assert outputs == [[4, 4, 4]] and model.training == training
