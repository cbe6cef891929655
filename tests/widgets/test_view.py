"""What a view may be: refused from Python, brought within from the front end."""

import pytest

from s2s_course.widgets import WIDGETS
from s2s_course.widgets.shared.base import CourseWidget
from s2s_course.widgets.shared.view import OneOf, Switch, ViewTrait, Whole


class Plain(CourseWidget):
    _esm, _css = "export default {}", ""
    step = Whole(last=lambda widget: 9)
    lag = Whole(last=lambda widget, step: step, after=step)
    layers = Whole(2, first=1, last=6)
    size = Whole(8, first=4, last=16, even="they come in pairs")
    drawing = OneOf(("map", "lines"))
    causal = Switch(possible=lambda widget: widget.layers > 3, unless="there are few layers")

    def describe(self):
        return "nothing"


ANYTHING = (None, "x", 2.5, -7, 10**30, True, False, [], {}, float("nan"))


def view(widget: CourseWidget) -> dict:
    return {name: getattr(widget, name) for name in widget.trait_names() if name in widget._view()}


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("step", 10, "step must lie in 0 … 9, got 10"),
        ("step", -1, "step must lie in 0 … 9, got -1"),
        ("lag", 4, "lag must lie in 0 … 3, got 4"),
        ("layers", 0, "layers must lie in 1 … 6, got 0"),
        ("layers", 7, "layers must lie in 1 … 6, got 7"),
        ("size", 18, "size must lie in 4 … 16, got 18"),
        ("size", 7, "size must be even, because they come in pairs, got 7"),
        ("drawing", "bars", "drawing must be one of map, lines, got 'bars'"),
        ("causal", True, "causal must be False where there are few layers, got True"),
    ],
)
def test_python_is_told_at_once_and_later_and_nothing_changes(name, value, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        Plain(**{"step": 3, name: value})
    widget = Plain(step=3)
    before = view(widget)
    with pytest.raises(ValueError, match=f"^{message}$"):
        setattr(widget, name, value)
    assert view(widget) == before


@pytest.mark.parametrize("order", [("step", "lag"), ("lag", "step")])
def test_a_limit_that_depends_on_another_trait_is_that_of_the_new_value(order):
    widget = Plain(**{name: {"step": 8, "lag": 7}[name] for name in order})
    assert (widget.step, widget.lag) == (8, 7)
    for sent, kept in [
        ({"step": 2, "lag": 1}, (2, 1)),
        ({"step": 99, "lag": 99}, (9, 9)),
        ({"step": 4}, (4, 4)),
    ]:
        widget.set_state({name: sent[name] for name in order if name in sent})
        assert (widget.step, widget.lag) == kept
    with pytest.raises(ValueError, match=r"^step must lie in 0 … 9, got 30$"):  # and not the lag
        Plain(**{name: {"step": 30, "lag": 40}[name] for name in order})


def test_where_both_are_wrong_the_one_that_the_other_depends_on_is_named():
    """A new widget's traits are looked at in an order that differs from run to run."""
    widget = Plain()
    widget._trait_values["step"] = 30  # as it is while a new widget is made
    with pytest.raises(ValueError, match=r"^step must lie in 0 … 9, got 30$"):
        widget.lag = 40


@pytest.mark.parametrize(("sent", "kept"), [(True, True), (1, False), ("true", False), (None, False)])
def test_a_switch_that_is_possible_is_on_for_true_only(sent, kept):
    widget = Plain(layers=5)
    widget.set_state({"causal": sent})
    assert widget.causal is kept


def test_a_smaller_value_takes_along_what_depends_on_it():
    widget = Plain(step=8, lag=7)
    widget.step = 5
    assert widget.lag == 5
    widget.step = 9
    assert widget.lag == 5


@pytest.mark.parametrize(
    ("name", "sent", "kept"),
    [
        ("step", 10, 9), ("step", -1, 0), ("step", 9, 9),
        ("step", None, 0), ("step", "x", 0), ("step", 2.5, 0),
        ("layers", 0, 1), ("layers", 7, 6), ("layers", None, 1),
        ("size", 7, 6), ("size", 3, 4), ("size", 99, 16),
        ("drawing", "bars", "map"), ("drawing", "lines", "lines"),
        ("drawing", None, "map"), ("drawing", [], "map"),
        ("causal", True, False), ("causal", 1, False),
    ],
)  # fmt: skip
def test_what_the_front_end_sends_is_brought_within(name, sent, kept):
    widget = Plain()
    widget.set_state({name: sent})
    assert getattr(widget, name) == kept and type(getattr(widget, name)) is type(kept)


@pytest.mark.parametrize("sent", ANYTHING, ids=repr)
def test_nothing_that_the_front_end_can_send_is_an_error(sent):
    widget = Plain()
    widget.set_state({name: sent for name in Plain._view()})
    for name, value in view(widget).items():
        setattr(widget, name, value)  # what is there may be set
    assert widget.step in range(10) and widget.lag in range(widget.step + 1) and widget.layers in range(1, 7)


@pytest.mark.parametrize("widget", WIDGETS, ids=lambda widget: widget.__name__)
def test_every_widget_keeps_this_contract_and_no_other(widget):
    own = [
        cls for cls in widget.__mro__ if cls.__module__.startswith("s2s_course.") and cls is not CourseWidget
    ]
    assert not any("set_state" in vars(cls) for cls in own)
    numbers = {"Int", "Float"}
    free = {
        name: trait
        for cls in own
        for name, trait in cls.class_own_traits().items()
        if not isinstance(trait, ViewTrait) and type(trait).__name__ in numbers
    }
    assert set(free) <= {"beam_size", "length_penalty", "winner"}, "data of a beam search, never sent"
