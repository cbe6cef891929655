import pytest
from models.torch_cells import SIZES

from s2s_course.models.registry import MODELS, build_model, config_to_json, model_config


def test_an_unknown_model_is_refused():
    with pytest.raises(ValueError, match=r"model must be one of .*gru.*, got 'lstm2'"):
        model_config("lstm2", **SIZES)


def test_a_choice_that_the_model_does_not_have_is_refused():
    with pytest.raises(
        ValueError, match=r"choices of model 'gru' must be among .*context.*, got 'num_heads'"
    ):
        model_config("gru", **SIZES, num_heads=4)


@pytest.mark.parametrize(
    ("name", "choices"),
    [
        ("gru", {"context": "every_step"}),
        ("bahdanau", {"bidirectional": False, "score": "general"}),
        ("luong-scaled-dot", {"input_feeding": True, "window": "local_p", "window_size": 2}),
    ],
)
def test_a_configuration_survives_json(name, choices):
    config = model_config(name, **SIZES, **choices)
    assert model_config(name, **config_to_json(config)) == config
    assert build_model(name, config, seed=0).config == config


def test_every_model_says_whether_it_attends():
    attending = {name for name, (model_class, _, _) in MODELS.items() if model_class.attends}
    assert set(MODELS) - attending == {"rnn", "lstm", "gru", "decoder-only", "prefix-lm"}
