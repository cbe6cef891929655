"""What the quiz of chapter 1 says in numbers is computed here, with batches, torch and sacrebleu."""

import math
from collections import Counter

import pytest
import torch
from torch import nn

from s2s_course.data.batch import collate
from s2s_course.evaluation.bleu import bleu
from s2s_course.exercises.chapter_01 import quiz as chapter_01
from s2s_course.exercises.chapter_01.teacher_forcing import EXERCISE

from ..choices import find, right


def batch_of(*lengths):
    words = [list(range(10, 10 + length)) for length in lengths]
    return collate([(sentence, sentence) for sentence in words])


def test_places_and_real_tokens_of_a_batch():
    batch = batch_of(4, 7, 2)
    assert right(chapter_01.PLACES).text == f"{batch.src.numel()} places, {int(batch.src_mask.sum())} True"
    assert f"5 + 8 + 3 = {int(batch.src_mask.sum())}" in right(chapter_01.PLACES).why
    assert batch.src_mask.sum(dim=1).tolist() == [5, 8, 3]
    assert find(chapter_01.PLACES, "24 places, 13").why.startswith(f"{4 + 7 + 2} are the words alone")
    assert find(chapter_01.PLACES, "21 places").text == f"{3 * 7} places, {4 + 7 + 2} True"


def test_a_mask_turned_around_shows_padding_alone_and_makes_nan():
    torch.manual_seed(0)
    mask = batch_of(4, 7, 2).src_mask
    attention = nn.MultiheadAttention(8, 2, batch_first=True)
    x = torch.randn(*mask.shape, 8)
    with torch.no_grad():
        wrong, weights = attention(x, x, x, key_padding_mask=mask)
        rightly, _ = attention(x, x, x, key_padding_mask=~mask)
    assert rightly.isfinite().all() and wrong[1].isnan().all()
    for row in (0, 2):
        assert (weights[row][:, mask[row]] == 0).all() and wrong[row].isfinite().all()
        assert weights[row][:, ~mask[row]].sum(dim=-1) == pytest.approx(torch.ones(8))
    assert "without padding gets NaN" in right(chapter_01.OTHER_MASKS).text


def test_the_decoder_reads_the_right_word_at_each_place():
    le, chat, noir, dort, dot = range(10, 15)
    tgt_in, tgt_out, _ = EXERCISE.reference([[le, chat, noir, dort, dot]], 0, 1, 2)
    assert tgt_out[0, 2] == noir and tgt_in[0, 3] == noir and tgt_out[0, 3] == dort
    assert right(chapter_01.WHAT_IS_READ).text.startswith("`noir`")


def test_clipped_counts():
    reference, output = (Counter(text.split()) for text in ("le chat noir dort .", "le le le le le"))
    matches, written = (reference & output).total(), output.total()
    assert right(chapter_01.CLIPPED).text == f"{matches} of {written}"
    assert f"`le` matches, {['', '', '', '', 'four'][written - matches]} are clipped" in " ".join(
        right(chapter_01.CLIPPED).why.split()
    )


def test_the_first_half_scores_what_the_brevity_penalty_leaves():
    reference = ["la", "petite", "fille", "mange", "la", "pomme", "rouge", "."]
    score = bleu([reference[:4]], [reference]).score
    assert right(chapter_01.TOO_SHORT).text == f"{score:.1f}"
    assert f"exp(−1) ≈ {math.exp(1 - 8 / 4):.3f}" in right(chapter_01.TOO_SHORT).why
    assert "r = 8 and c = 4" in right(chapter_01.TOO_SHORT).why and len(reference) == 8
    three = bleu([reference[:3]], [reference]).score
    nothing = bleu([["une"] * 4], [reference]).score
    assert (
        three == nothing == 0
        and "without four words in a row, or without a single match"
        in find(chapter_01.TOO_SHORT, "0, since").why
    )
