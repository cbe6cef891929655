"""Greedy search against a scripted model whose right answer is known."""

from dataclasses import dataclass

import pytest
import torch
from torch import nn

from s2s_course.data.batch import collate_sources
from s2s_course.decoding.greedy import greedy
from s2s_course.models.contract import EncoderDecoder, State
from s2s_course.models.registry import build_model, model_config

BOS, EOS = 1, 2


@dataclass(frozen=True)
class Position(State):
    count: torch.Tensor


class Script(EncoderDecoder):
    """Writes the source back, one token a step: what it says next depends on the row's own state."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1))
        self.batch_sizes, self.tokens_read = [], []

    def outputs(self, src, tgt_in, src_mask):
        raise NotImplementedError

    def init_state(self, src, src_mask):
        assert not self.training
        memory = src.unsqueeze(-1).float()
        return Position(memory, src_mask, memory[:, 0], None, count=torch.zeros(len(src), dtype=torch.long))

    def step(self, tokens, state):
        self.batch_sizes.append(len(tokens))
        self.tokens_read.append(tokens.tolist())
        rows = torch.arange(len(tokens))
        wanted = state.memory[rows, state.count.clamp(max=state.memory.size(1) - 1), 0].long()
        logits = nn.functional.one_hot(wanted, 20).float()
        return logits, Position(state.memory, state.src_mask, state.output, None, count=state.count + 1)


def run(sources, max_length=10):
    model = Script().train()
    outputs = greedy(model, *collate_sources(sources), max_length=max_length, bos_index=BOS, eos_index=EOS)
    assert model.training
    return model, outputs


def test_every_row_gets_its_own_output_up_to_eos():
    sources = [[5, 6], [7, 8, 9, 10], [], [11]]
    _, outputs = run(sources)
    assert outputs == [[*source, EOS] for source in sources]


def test_finished_rows_leave_the_batch():
    model, _ = run([[5, 6], [7, 8, 9, 10], [], [11]])
    assert model.batch_sizes == [4, 3, 2, 1, 1]


def test_each_step_reads_the_token_written_before():
    model, _ = run([[5, 6], [7, 8, 9]])
    assert model.tokens_read == [[BOS, BOS], [5, 7], [6, 8], [9]]


def test_max_length_cuts_and_leaves_out_eos():
    _, outputs = run([[5, 6, 7, 8], [9]], max_length=2)
    assert outputs == [[5, 6], [9, EOS]]


def test_max_length_zero_is_refused():
    with pytest.raises(ValueError, match="max_length must be at least 1, got 0"):
        run([[5]], max_length=0)


def test_a_sentence_gets_the_same_output_whatever_it_is_batched_with():
    model = build_model("gru", model_config("gru", src_vocab_size=30, tgt_vocab_size=30), seed=0).double()
    sources = [[5, 6, 7], [9], [10, 11, 12, 13, 14, 15], []]
    options = {"max_length": 12, "bos_index": BOS, "eos_index": EOS}
    together = greedy(model, *collate_sources(sources), **options)
    assert together == [greedy(model, *collate_sources([source]), **options)[0] for source in sources]
