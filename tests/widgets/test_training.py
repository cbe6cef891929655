"""Training on the Python side: what it carries, and what it may be told."""

import pytest
from traitlets import TraitError

from s2s_course.live.tasks import TASKS
from s2s_course.live.training import stored_curves
from s2s_course.widgets import Training


@pytest.mark.parametrize("name", TASKS)
def test_it_carries_its_task_and_a_stored_training(name):
    task = TASKS[name]
    widget = Training.of(name)
    assert widget.shown == stored_curves()[name]
    assert (widget.rate, widget.seed, widget.options) == (task.rate, 0, task.defaults())
    assert [entry["name"] for entry in widget.models] == list(widget.shown["models"])
    assert all(entry["config"].get("dropout", 0) == 0 for entry in widget.models)
    tokens = widget.lesson["tokens"]
    for of in (widget.shown["example"]["input"], widget.shown["example"]["answer"]):
        assert all(0 <= index < len(tokens) for index in of)
    assert widget.lesson["steps"] == len(widget.shown["models"][widget.models[0]["name"]]["losses"])


def test_repr_tells_what_came_out():
    rights = {name: of["rights"][-1] for name, of in stored_curves()["reversal"]["models"].items()}
    without, attending = (f"{100 * rights[name]:.0f} % of letters right" for name in ("gru", "bahdanau"))
    assert repr(Training.of("reversal")) == (
        "Training(title='Write a word backwards', length 8, after 300 steps "
        f"no attention: {without}; attention: {attending})"
    )
    assert "title='Mine'" in repr(Training.of("sorting", title="Mine"))


def test_other_choices_are_refused_in_one_sentence():
    with pytest.raises(
        ValueError, match=r"^task must be one of copy_memory, reversal, sorting, got 'adding'$"
    ):
        Training.of("adding")
    for choices, sentence in [
        ({"lag": 61}, r"^lag must lie in 1 … 60, got 61$"),
        ({"length": 4}, r"^options must be lag, got lag, length$"),
        ({"rate": 0.0}, r"^rate must be more than 0, got 0\.0$"),
        ({"rate": 11.0}, r"^rate must be at most 10, got 11$"),
        ({"rate": float("nan")}, r"^rate must be more than 0, got nan$"),
        ({"seed": -1}, r"^seed must lie in 0 … 4294967295, got -1$"),
    ]:
        with pytest.raises((ValueError, TraitError), match=sentence):
            Training.of("copy_memory", **choices)
    widget = Training.of("copy_memory")
    with pytest.raises(ValueError, match=r"^lag must be a whole number, got 2\.5$"):
        widget.options = {"lag": 2.5}


@pytest.mark.parametrize(
    ("sent", "taken"),
    [
        ({"rate": 100}, ("rate", 10.0)),
        ({"rate": -1}, ("rate", 1e-6)),
        ({"rate": "much"}, ("rate", 1e-6)),
        ({"seed": 2**40}, ("seed", 2**32 - 1)),
        ({"options": {"lag": 1000}}, ("options", {"lag": 60})),
        ({"options": {"lag": "long", "length": 3}}, ("options", {"lag": 10})),
        ({"options": None}, ("options", {"lag": 10})),
        ({"options": {"lag": 7}, "seed": 3}, ("options", {"lag": 7})),
    ],
)
def test_what_the_front_end_sends_is_brought_within(sent, taken):
    widget = Training.of("copy_memory")
    widget.set_state(sent)
    assert getattr(widget, taken[0]) == taken[1]


def test_the_kernel_gives_the_script_that_trains():
    widget, sent = Training.of("copy_memory"), []
    widget.send = lambda content, buffers=None: sent.append(content)
    widget._answer(widget, {"asset": "training"}, [])
    assert sent[0]["asset"] == "training"
    assert "serve" in sent[0]["content"]["code"]
