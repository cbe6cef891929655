import inspect
import math
from functools import partial
from itertools import groupby, product

import numpy as np
import pytest
import torch

from s2s_course.data.batch import BucketedBatches, collate, encode_pairs
from s2s_course.data.pairs import SentencePair
from s2s_course.decoding.beam import beam_search
from s2s_course.decoding.translate import translate
from s2s_course.trace.beam import trace_beam
from s2s_course.training.loop import fit

TEXT = "the dog eats a cake."


@pytest.fixture
def learned(translator, pairs):
    """It has learned enough to end its sentences, and not enough to be sure of a word."""
    batches = BucketedBatches(encode_pairs(pairs, translator.src_codec, translator.tgt_codec), max_tokens=40)
    fit(translator.model, batches, steps=30, learning_rate=0.02, progress_bar=False)
    return translator


def path(traced, index):
    """Indices of the nodes from the first token to node ``index``."""
    nodes = []
    while index != -1:
        nodes.insert(0, index)
        index = traced.nodes[index].parent
    return nodes


def by_step(traced):
    return [list(group) for _, group in groupby(traced.nodes, key=lambda node: node.step)]


def test_the_winner_is_what_beam_search_writes(learned):
    lengths = set()
    for text, beam_size, length_penalty in product((TEXT, "a cat", ""), (1, 2, 5, 30), (0.0, 5.0)):
        options = {"beam_size": beam_size, "length_penalty": length_penalty}
        traced = trace_beam(learned, text, max_length=9, **options)
        words = [traced.nodes[i].token for i in path(traced, traced.winner)]
        written = learned.tgt_codec.decode(learned.tgt_codec.vocab.encode(words))
        assert [written] == translate(learned, [text], search=partial(beam_search, **options), max_length=9)
        assert (traced.beam_size, traced.length_penalty) == (beam_size, length_penalty)
        finished = [node for node in traced.nodes if node.fate == "finished"]
        assert traced.nodes[traced.winner] == max(finished, key=lambda node: node.score)
        assert words[-1] == "<eos>" and len(words) > 3
        lengths.add((text, beam_size, len(words)))
    assert len(lengths) == 3 * 4 + 3  # the penalty decides what is made of the empty sentence


def test_numbers_are_those_of_the_model(learned):
    traced = trace_beam(learned, TEXT, beam_size=3, length_penalty=0.9, max_length=7)
    vocab = learned.tgt_codec.vocab
    assert traced.src_tokens == ("the", "dog", "eats", "a", "cake", ".", "<eos>")
    (source, _), *_ = encode_pairs([SentencePair(TEXT, "")], learned.src_codec, learned.tgt_codec)
    for index, node in enumerate(traced.nodes):
        nodes = [traced.nodes[i] for i in path(traced, index)]
        written = vocab.encode([node.token for node in nodes])
        batch = collate([(source, written[:-1])])
        logits = learned.model(batch.src, batch.tgt_in, batch.src_mask)[0].detach().double()
        expected = logits.log_softmax(dim=1)[range(len(written)), written].numpy()
        assert np.allclose([node.log_probability for node in nodes], expected, atol=1e-5)
        assert node.total == pytest.approx(math.fsum(node.log_probability for node in nodes), abs=1e-12)
        assert node.score == pytest.approx(node.total / ((5 + len(nodes)) / 6) ** 0.9)
        assert node.step == len(nodes)
    assert traced.nodes[-1].step > 3


@pytest.mark.parametrize("pruned", [0, 2, 4])
def test_every_step_keeps_the_best_and_shows_the_next_best(learned, pruned):
    traced = trace_beam(learned, TEXT, beam_size=3, max_length=7, pruned=pruned)
    size = len(learned.tgt_codec.vocab)
    going = [-1]
    for nodes in by_step(traced):
        totals = [node.total for node in nodes]
        assert totals == sorted(totals, reverse=True)
        assert [node.fate == "pruned" for node in nodes] == [False] * 3 + [True] * pruned
        assert all(node.fate == ("finished" if node.token == "<eos>" else "kept") for node in nodes[:3])
        assert {node.parent for node in nodes} <= set(going)
        assert len({(node.parent, node.token) for node in nodes}) == len(nodes) <= len(going) * size
        going = [
            i for i, node in enumerate(traced.nodes) if node.fate == "kept" and node.step == nodes[0].step
        ]
    fates = {node.fate for node in traced.nodes}
    assert fates == {"kept", "finished", "pruned"} - ({"pruned"} if pruned == 0 else set())


def test_pruned_are_the_best_of_the_rest(learned):
    """A wider beam keeps at the first step what a narrow one shows as pruned."""
    narrow, wide = (
        by_step(trace_beam(learned, TEXT, beam_size=size, pruned=7 - size, max_length=1))[0]
        for size in (2, 7)
    )
    assert [node.token for node in narrow] == [node.token for node in wide]
    assert np.allclose([node.total for node in narrow], [node.total for node in wide])


def test_a_beam_wider_than_the_vocabulary_and_impossible_tokens(learned):
    vocab = learned.tgt_codec.vocab
    with torch.no_grad():
        learned.model.to_logits.bias[4:8] = -math.inf
    traced = trace_beam(learned, "a cat eats.", beam_size=40, max_length=3, pruned=1000)
    assert all(math.isfinite(node.total) and node.token not in vocab.tokens[4:8] for node in traced.nodes)
    assert len(by_step(traced)[0]) == len(vocab) - 4
    assert all(traced.nodes[node.parent].fate == "kept" for node in traced.nodes if node.parent >= 0)


def test_unfinished_hypotheses_can_win(learned):
    with torch.no_grad():
        learned.model.to_logits.bias[learned.tgt_codec.vocab.eos_index] = -math.inf
    traced = trace_beam(learned, TEXT, beam_size=2, max_length=4)
    winner = traced.nodes[traced.winner]
    assert (winner.step, winner.fate) == (4, "kept")
    assert winner.total == max(node.total for node in traced.nodes if node.step == 4)


def test_bad_choices_are_refused(translator):
    with pytest.raises(ValueError, match="pruned must be 0 or more, got -1"):
        trace_beam(translator, TEXT, pruned=-1)
    with pytest.raises(ValueError, match="beam_size must be at least 1, got 0"):
        trace_beam(translator, TEXT, beam_size=0)


def test_without_choices_it_is_the_search_without_choices():
    theirs, ours = (inspect.signature(function).parameters for function in (beam_search, trace_beam))
    for name in ("beam_size", "length_penalty"):
        assert ours[name].default == theirs[name].default
