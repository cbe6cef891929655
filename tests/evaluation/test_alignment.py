"""Links, their error, and the links that a model with known attention must give."""

from dataclasses import replace

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from s2s_course.data.batch import encode_pairs
from s2s_course.data.pairs import SentencePair
from s2s_course.evaluation.alignment import alignment_error_rate, attended_links, is_scored, links_of
from s2s_course.models.contract import EncoderDecoder, State
from s2s_course.models.translator import Translator
from s2s_course.text.codec import TextCodec
from s2s_course.text.tokenize import CharacterTokenizer, WordTokenizer


def test_a_perfect_alignment_has_no_error_and_a_wrong_one_nothing_else():
    gold = [{(0, 0), (1, 1)}, {(0, 1)}]
    assert alignment_error_rate(gold, gold) == 0
    assert alignment_error_rate([{(0, 1)}, {(1, 1)}], gold) == 1


def test_links_are_counted_over_all_sentences_together():
    # |A ∩ G| = 1 + 3, |A| = 2 + 3, |G| = 1 + 4
    predicted = [[(0, 0), (1, 0)], [(0, 0), (1, 1), (2, 2)]]
    gold = [((0, 0),), ((0, 0), (1, 1), (2, 2), (3, 3))]
    assert alignment_error_rate(predicted, gold) == pytest.approx(1 - 2 * 4 / 10)


def test_missing_and_superfluous_links_cost_the_same():
    gold = [{(0, 0), (1, 1), (2, 2)}]
    missing = alignment_error_rate([{(0, 0), (1, 1)}], gold)
    superfluous = alignment_error_rate(gold, [{(0, 0), (1, 1)}])
    assert missing == superfluous == pytest.approx(1 - 4 / 5)


def test_a_link_is_a_pair_and_not_its_mirror_image():
    assert alignment_error_rate([{(0, 1)}], [{(1, 0)}]) == 1


def test_each_word_is_linked_to_the_word_it_attends_to_most():
    weights = np.array(
        [
            [0.1, 0.7, 0.1, 0.1],
            [0.6, 0.2, 0.1, 0.1],
            [0.1, 0.1, 0.2, 0.6],  # attends to <eos>
            [0.9, 0.1, 0.0, 0.0],  # is <eos>
        ]
    )
    assert links_of(weights) == {(1, 0), (0, 1)}


@pytest.mark.parametrize(
    ("predicted", "gold", "message"),
    [
        ([], [], "gold must hold the links of at least one sentence, got none"),
        ([set()], [set(), set()], "predicted must be as many as gold, got 1 and 2"),
        ([set()], [set()], "predicted and gold must hold at least one link between them, got none"),
    ],
)
def test_bad_input_is_refused(predicted, gold, message):
    with pytest.raises(ValueError, match=message):
        alignment_error_rate(predicted, gold)


def test_weights_of_another_shape_are_refused():
    with pytest.raises(ValueError, match=r"weights must have shape \(T, S\) .*, got \(2, 3, 4\)"):
        links_of(np.zeros((2, 3, 4)))


class Pointer(EncoderDecoder):
    """Reading token k, it attends to source position k modulo the source's length with ``<eos>``."""

    attends = True

    def __init__(self):
        super().__init__()
        self.unused = nn.Parameter(torch.zeros(1))

    def outputs(self, src, tgt_in, src_mask):
        raise NotImplementedError

    def init_state(self, src, src_mask, *, need_weights=False):
        assert need_weights
        return State(src_mask[:, :, None].float(), src_mask, output=torch.zeros(len(src), 1), weights=None)

    def step(self, tokens, state):
        assert not self.training
        points_at = tokens % state.src_mask.sum(dim=1)
        weights = F.one_hot(points_at, state.src_mask.size(1)).float()
        return torch.zeros(len(tokens), 9), replace(state, weights=weights)


WORDS = ("a b c d e", "f g", "h i j k l m n", "o", "p q r s", "t u v")
POINTED = [SentencePair(src, tgt) for src, tgt in zip(WORDS, WORDS[3:] + WORDS[:3], strict=True)]


@pytest.fixture
def pointer() -> Translator:
    src_codec, tgt_codec = (TextCodec.build(WordTokenizer(language), WORDS) for language in ("en", "fr"))
    return Translator("pointer", Pointer(), src_codec, tgt_codec)


@pytest.mark.parametrize("batch_size", [1, 2, 4, 100])
def test_links_are_read_off_the_attention_along_the_reference(pointer, batch_size):
    expected = []
    for src, tgt in encode_pairs(POINTED, pointer.src_codec, pointer.tgt_codec):
        read = [pointer.tgt_codec.vocab.bos_index, *tgt][: len(tgt)]
        points_at = [token % (len(src) + 1) for token in read]
        expected.append({(i, j) for j, i in enumerate(points_at) if i < len(src)})
    assert len({frozenset(links) for links in expected}) >= 5
    assert any(len(links) < len(pair.tgt.split()) for links, pair in zip(expected, POINTED, strict=True))
    pointer.model.train()
    assert attended_links(pointer, POINTED, batch_size=batch_size) == expected
    assert pointer.model.training


GOLD = [replace(pair, alignment=((0, 0),)) for pair in POINTED]


def untrained(name: str) -> Translator:
    src_codec, tgt_codec = (TextCodec.build(WordTokenizer(language), WORDS) for language in ("en", "fr"))
    return Translator.build(name, src_codec, tgt_codec, seed=0)


def test_attention_is_scored_only_where_every_pair_has_gold():
    translator = untrained("bahdanau")
    assert is_scored(translator, GOLD)
    assert is_scored(translator, [*GOLD, replace(GOLD[0], alignment=())])  # gold that says: no links
    assert not is_scored(translator, [*GOLD, POINTED[0]])


def test_attention_is_scored_only_over_words():
    translator, characters = untrained("bahdanau"), TextCodec.build(CharacterTokenizer("en"), WORDS)
    assert not is_scored(replace(translator, src_codec=characters), GOLD)
    assert not is_scored(replace(translator, tgt_codec=characters), GOLD)


@pytest.mark.parametrize(
    ("name", "scored"), [("luong-dot", True), ("gru", False), ("transformer", False), ("decoder-only", False)]
)
def test_attention_is_scored_only_if_there_is_one_weight_for_each_word(name, scored):
    assert is_scored(untrained(name), GOLD) == scored
