"""What every encoder–decoder must keep. A new model joins by a line in ``CONFIGS``."""

import pytest
import torch

from s2s_course.data.batch import collate
from s2s_course.models.contract import EncoderDecoder, evaluating
from s2s_course.models.registry import MODELS, build_model, model_config

SMALL = {"embed_size": 7, "hidden_size": 11}
TINY = {"d_model": 12, "num_heads": 3, "d_ff": 19, "num_layers": 2, "max_length": 20}
CONFIGS = {
    "rnn": ("rnn", {**SMALL, "context": "every_step"}),
    "lstm": ("lstm", {**SMALL, "context": "every_step"}),
    "lstm two layers": ("lstm", {**SMALL, "num_layers": 2}),
    "gru first step": ("gru", {**SMALL, "context": "first_step"}),
    "gru every step": ("gru", {**SMALL, "context": "every_step"}),
    "gru both directions": ("gru", {**SMALL, "bidirectional": True, "context": "every_step"}),
    "bahdanau": ("bahdanau", SMALL),
    "bahdanau lstm, two layers, dot": (
        "bahdanau",
        {**SMALL, "cell": "lstm", "num_layers": 2, "score": "dot", "bidirectional": False},
    ),
    "luong dot": ("luong-dot", SMALL),
    "luong scaled dot": ("luong-scaled-dot", {**SMALL, "cell": "lstm", "num_layers": 2}),
    "luong general": ("luong-general", {**SMALL, "bidirectional": True}),
    "luong concat": ("luong-concat", SMALL),
    "luong location": ("luong-location", SMALL),
    "luong input feeding": (
        "luong-general",
        {**SMALL, "input_feeding": True, "num_layers": 2, "dropout": 0.2},
    ),
    "luong local-m": ("luong-general", {**SMALL, "window": "local_m", "window_size": 1}),
    "luong local-p": ("luong-dot", {**SMALL, "window": "local_p", "window_size": 2}),
    "luong local-p, input feeding": (
        "luong-general",
        {**SMALL, "window": "local_p", "window_size": 2, "input_feeding": True},
    ),
    "luong local-m, input feeding": (
        "luong-general",
        {**SMALL, "window": "local_m", "window_size": 1, "input_feeding": True},
    ),
    **{
        f"transformer {positions}": ("transformer", {**TINY, "positions": positions})
        for positions in ("sinusoidal", "learned", "relative", "alibi", "rotary")
    },
    "transformer post-norm, untied": (
        "transformer",
        {**TINY, "norm_first": False, "tied": False, "norm_embedding": True},
    ),
    "transformer concatenated": ("transformer", {**TINY, "positions": "concatenated", "tied": False}),
    "decoder-only": ("decoder-only", TINY),
    "prefix-lm, learned, untied": ("prefix-lm", {**TINY, "positions": "learned", "tied": False}),
    "luong tied": ("luong-general", {**SMALL, "tied": True, "input_feeding": True}),
    "gru two layers": ("gru", {**SMALL, "num_layers": 2, "dropout": 0.3, "context": "every_step"}),
    "gru tied": ("gru", {"embed_size": 11, "hidden_size": 11, "tied": True}),
    "bahdanau tied, local-m": ("bahdanau", {**SMALL, "tied": True, "window": "local_m", "window_size": 1}),
}
# Awkward lengths: the longest source with the shortest target, an empty source, a single word.
PAIRS = [([5, 6, 7, 8, 9, 10, 5], [4]), ([], [6, 7, 8, 9, 4]), ([9], [5, 5, 6]), ([4, 4, 8], [7, 10, 9])]


@pytest.fixture(params=CONFIGS)
def model(request) -> EncoderDecoder:
    name, choices = CONFIGS[request.param]
    config = model_config(name, src_vocab_size=13, tgt_vocab_size=17, **choices)
    return build_model(name, config, seed=0).double().eval()


def close(a, b):
    return torch.allclose(a, b, atol=1e-10, rtol=0)


def test_every_registered_model_is_tested_here():
    assert {name for name, _ in CONFIGS.values()} == set(MODELS)


# Where no gradients are wanted, a step may write in place and take a shorter way.
MODES = pytest.mark.parametrize("mode", [torch.enable_grad, torch.no_grad, torch.inference_mode])


@MODES
@pytest.mark.parametrize("need_weights", [False, True])
def test_step_equals_forward_at_every_position(model, mode, need_weights):
    batch = collate(PAIRS)
    logits = model(batch.src, batch.tgt_in, batch.src_mask)
    assert logits.shape == (*batch.tgt_in.shape, 17)
    with mode():
        state = model.init_state(batch.src, batch.src_mask, need_weights=need_weights)
        for t in range(batch.tgt_in.size(1)):
            step_logits, state = model.step(batch.tgt_in[:, t], state)
            assert close(step_logits, logits[:, t])
            assert close(model.to_logits(state.output), logits[:, t])


@MODES
def test_a_state_may_be_gone_on_from_more_than_once(model, mode):
    """What one way writes is not seen by the other, nor by the state that both start from."""
    batch = collate(PAIRS)
    with mode():
        _, start = model.step(batch.tgt_in[:, 0], model.init_state(batch.src, batch.src_mask))
        ways = [[tokens, tokens + 1, tokens] for tokens in (batch.tgt_in[:, 1], batch.tgt_in[:, 2])]
        states, logits = [start, start], [[], []]
        for t in range(3):  # in turns
            for i, way in enumerate(ways):
                step_logits, states[i] = model.step(way[t], states[i])
                logits[i].append(step_logits)
        for way, expected in zip(ways, logits, strict=True):
            forced = torch.stack([batch.tgt_in[:, 0], *way], dim=1)
            together = model(batch.src, forced, batch.src_mask)[:, 1:]
            assert close(torch.stack(expected, dim=1), together)


def test_a_padded_batch_gives_what_single_sentences_give(model):
    batch = collate(PAIRS)
    together = model(batch.src, batch.tgt_in, batch.src_mask)
    for row, pair in enumerate(PAIRS):
        alone = collate([pair])
        length = alone.tgt_in.size(1)
        assert close(together[row, :length], model(alone.src, alone.tgt_in, alone.src_mask)[0])


def test_a_padded_token_changes_nothing(model):
    batch = collate(PAIRS)
    other = torch.where(batch.src_mask, batch.src, 12)
    assert not torch.equal(other, batch.src)
    before, after = (model(src, batch.tgt_in, batch.src_mask) for src in (batch.src, other))
    assert close(before, after)


def test_a_future_token_changes_nothing(model):
    batch = collate(PAIRS)
    changed = batch.tgt_in.clone()
    changed[:, 3:] = 16
    before, after = (model(batch.src, tgt_in, batch.src_mask) for tgt_in in (batch.tgt_in, changed))
    assert close(before[:, :3], after[:, :3])
    assert not close(before[:, 3:], after[:, 3:])


def test_the_order_of_the_source_matters(model):
    forwards, backwards = collate([([4, 5, 6], [7])]), collate([([6, 5, 4], [7])])
    one, other = (model(b.src, b.tgt_in, b.src_mask) for b in (forwards, backwards))
    assert not torch.allclose(one, other, atol=1e-6)


def test_attention_sums_to_one_over_real_tokens_and_is_zero_on_padding(model):
    batch = collate(PAIRS)
    state = model.init_state(batch.src, batch.src_mask, need_weights=True)
    for t in range(batch.tgt_in.size(1)):
        _, state = model.step(batch.tgt_in[:, t], state)
        if not model.attends:
            assert state.weights is None
        else:
            assert close(state.weights.sum(dim=-1), torch.ones(state.weights.shape[:-1]).double())
            assert (state.weights.movedim(-1, 1)[~batch.src_mask] == 0).all()
            assert (state.weights >= 0).all()


def test_every_weight_takes_part(model):
    batch = collate(PAIRS)
    model(batch.src, batch.tgt_in, batch.src_mask).logsumexp(dim=-1).sum().backward()
    assert [name for name, weight in model.named_parameters() if weight.grad is None] == []
    assert all(weight.grad.abs().sum() > 0 for weight in model.parameters())


@MODES
def test_select_gives_the_state_of_those_rows(model, mode):
    batch = collate(PAIRS)
    with mode():
        _, state = model.step(batch.tgt_in[:, 0], model.init_state(batch.src, batch.src_mask))
        rows = torch.tensor([2, 0, 2])
        all_logits, _ = model.step(batch.tgt_in[:, 1], state)
        some_logits, _ = model.step(batch.tgt_in[rows, 1], state.select(rows))
        assert close(some_logits, all_logits[rows])
        assert state.select(torch.arange(4)) is state, "all rows as they stand: nothing to copy"


@MODES
@pytest.mark.parametrize("need_weights", [False, True])
def test_hypotheses_of_one_source_are_like_rows_of_their_own(model, mode, need_weights):
    """As beam search has them: several of a source, in another order at each step, and sources that leave."""
    batch = collate(PAIRS)
    selections = ([[0, 0], [1, 1], [2, 2], [3, 3]], [[1, 0], [3, 3], [6, 7]], [[3, 2], [5, 4]], [[2], [1]])
    with mode():
        shared = model.init_state(batch.src, batch.src_mask, need_weights=need_weights)
        apart, tokens = shared, batch.tgt_in[:, 0]
        for step, selection in enumerate(selections):
            rows = torch.tensor(selection)
            (one, shared), (other, apart) = (model.step(tokens, state) for state in (shared, apart))
            assert close(one, other)
            assert (shared.weights is None) == (apart.weights is None)
            assert shared.weights is None or close(shared.weights, apart.weights)
            shared, apart = shared.select(rows), apart.select(rows.flatten())
            tokens = (torch.arange(rows.numel()) * 3 + step) % 17
            forked = shared.select(torch.arange(rows.numel()))  # each hypothesis with a source of its own
            assert close(model.step(tokens, forked)[0], model.step(tokens, apart)[0])


@pytest.mark.parametrize(("name", "choices"), CONFIGS.values(), ids=CONFIGS)
def test_the_same_seed_gives_the_same_weights(name, choices):
    config = model_config(name, src_vocab_size=13, tgt_vocab_size=17, **choices)
    builds = [build_model(name, config, seed=seed).state_dict() for seed in (1, 1, 2)]
    same = [all(torch.equal(builds[0][name], other[name]) for name in builds[0]) for other in builds[1:]]
    assert same == [True, False]


def test_evaluating_switches_back_even_after_an_error(model):
    model.train()
    with pytest.raises(RuntimeError), evaluating(model):
        assert not model.training
        raise RuntimeError
    assert model.training
