"""What both orders of attention have in common."""

import pytest
import torch
from models.torch_cells import SIZES

from s2s_course.data.batch import collate
from s2s_course.models.registry import build_model, model_config

NAMES = pytest.mark.parametrize("name", ["bahdanau", "luong-general"])
BATCH = collate([([4, 9, 5, 6, 7, 8], [6, 8, 10, 4]), ([5], [6, 4])])


def make(name, **choices):
    return build_model(name, model_config(name, **{**SIZES, **choices}), seed=0)


@NAMES
def test_before_the_first_step_nothing_has_been_made_or_looked_at(name):
    state = make(name).init_state(BATCH.src, BATCH.src_mask)
    assert state.weights is None
    assert (state.output == 0).all() and state.output.shape == (2, 7)
    assert (state.context == 0).all() and state.context.shape == (2, state.memory.size(2))
    assert state.position.tolist() == [0, 0]


@NAMES
def test_keys_are_projected_once_for_a_sentence(name):
    calls, model = [], make(name, score="additive")
    model.attention.score.U.register_forward_hook(lambda *_: calls.append(1))
    model(BATCH.src, BATCH.tgt_in, BATCH.src_mask)
    assert len(calls) == 1


@NAMES
@pytest.mark.parametrize(("choices", "width"), [({"window_size": 1}, 1), ({"window_size": 2}, 2), ({}, 3)])
def test_a_monotonic_window_moves_one_word_each_step(name, choices, width):
    """Step t sees the source words from t - width to t + width. The second source has two tokens."""
    model = make(name, window="local_m", **choices)
    state = model.init_state(BATCH.src, BATCH.src_mask)
    for t in range(BATCH.tgt_in.size(1)):
        _, state = model.step(BATCH.tgt_in[:, t], state)
        for weights, last in zip(state.weights, (6, 1), strict=True):
            center = min(t, last)
            seen = [s for s in range(last + 1) if abs(s - center) <= width]
            assert weights.nonzero().flatten().tolist() == seen


@NAMES
def test_the_state_after_a_step_tells_what_was_looked_at(name):
    model = make(name)
    _, state = model.step(BATCH.tgt_in[:, 0], model.init_state(BATCH.src, BATCH.src_mask))
    expected = torch.einsum("bs,bsm->bm", state.weights, state.memory)
    assert torch.allclose(state.context, expected, atol=1e-6)
    assert state.position.tolist() == [1, 1]


@NAMES
@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({"score": "cosine"}, "score must be one of additive, concat, dot, .*, got 'cosine'"),
        ({"window": "local"}, "window must be one of global, local_m, local_p, got 'local'"),
        ({"window_size": 0}, "window_size must be at least 1, got 0"),
    ],
)
def test_bad_configurations_are_refused(name, choices, message):
    with pytest.raises(ValueError, match=message):
        model_config(name, **{**SIZES, **choices})
