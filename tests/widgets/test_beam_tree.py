"""The Python half of BeamTree; tests/browser/test_beam_tree.py drives the other half."""

import json
from dataclasses import replace

import pytest

from s2s_course.trace.beam import BeamNode, BeamTrace
from s2s_course.widgets import CourseWidget
from s2s_course.widgets.beam_tree import BeamTree
from s2s_course.widgets.shared.base import MAX_STATE_BYTES

# token, parent, log-probability, fate. Written out by hand: the winner is node 8.
ROWS = [
    ("le", -1, -0.5, "kept"),
    ("un", -1, -1.0, "kept"),
    ("du", -1, -3.0, "pruned"),
    ("chat", 1, -0.2, "kept"),
    ("chien", 0, -0.9, "kept"),
    ("noir", 0, -1.5, "pruned"),
    ("noir", 3, -0.25, "kept"),
    ("<eos>", 4, -0.3, "finished"),
    ("<eos>", 6, -0.05, "finished"),
]
TOTALS = [-0.5, -1.0, -3.0, -1.2, -1.4, -2.0, -1.45, -1.7, -1.5]
STEPS = [1, 1, 1, 2, 2, 2, 3, 3, 4]


def traced(*, alpha: float = 0.6, **changes) -> BeamTrace:
    nodes = [
        BeamNode(step, token, parent, log_probability, total, total / ((5 + step) / 6) ** alpha, fate)
        for (token, parent, log_probability, fate), total, step in zip(ROWS, TOTALS, STEPS, strict=True)
    ]
    trace = BeamTrace(("the", "cat", "<eos>"), 2, alpha, tuple(nodes), 8)
    return replace(trace, **changes)


def with_node(index: int, **changes) -> dict:
    """The change of a trace that changes one of its nodes."""
    nodes = list(traced().nodes)
    nodes[index] = replace(nodes[index], **changes)
    return {"nodes": tuple(nodes)}


def test_the_tree_travels_as_text_and_comes_back():
    widget = BeamTree.from_trace(traced(), title="Two cats")
    names = set(BeamTree.class_trait_names()) - set(CourseWidget.class_trait_names())
    state = json.loads(json.dumps(widget.get_state(names)))
    fields = ("token", "parent", "log_probability", "fate")
    assert [tuple(node[name] for name in fields) for node in state["nodes"]] == ROWS
    view = {"step": 3, "node": 8}  # all of the tree, and its winner
    assert {name: state[name] for name in names - {"nodes"}} == {
        **{"title": "Two cats", "src_tokens": ["the", "cat", "<eos>"], "beam_size": 2},
        **{"length_penalty": 0.6, "winner": 8},
        **view,
    }


def test_log_probabilities_keep_more_digits_than_are_shown():
    log_probability = -12.3456789
    node = BeamNode(1, "a", -1, log_probability, log_probability, log_probability, "finished")
    (carried,) = BeamTree.from_trace(BeamTrace(("a",), 1, 0.0, (node,), 0)).nodes
    assert carried["log_probability"] == -12.345679


@pytest.mark.parametrize("sign", [-1, 1])
@pytest.mark.parametrize("name", ["total", "score"])
def test_a_sum_and_a_score_may_be_off_by_rounding_and_no_further(name, sign):
    """By 1e-4 of the value: the third digit after the point that is shown stays right."""
    value = getattr(traced(alpha=0.0).nodes[8], name)
    assert value == -1.5

    def off(share: float) -> BeamTrace:
        node = replace(traced(alpha=0.0).nodes[8], **{name: value * (1 + sign * share)})
        if name == "total":
            node = replace(node, score=node.total)
        return traced(alpha=0.0, nodes=(*traced(alpha=0.0).nodes[:8], node))

    BeamTree.from_trace(off(0.95e-4))
    with pytest.raises(ValueError, match=rf"nodes\[8\].{name} must be"):
        BeamTree.from_trace(off(1.05e-4))


def test_the_text_alternative_says_what_there_is_and_never_changes():
    expected = (
        "BeamTree(title='Two cats', beam of 2, length penalty 0.6, reads 'the cat <eos>', "
        "9 nodes in 4 steps, winner: 'un chat noir <eos>')"
    )
    shown = [BeamTree.from_trace(traced(), title="Two cats", step=step, node=2) for step in (0, 3)]
    assert [repr(widget) for widget in shown] == [expected, expected]
    bundle, _ = shown[0]._repr_mimebundle_()
    assert bundle["text/plain"] == expected


def test_the_view_can_be_set_and_a_bad_one_is_refused():
    widget = BeamTree.from_trace(traced(), step=1, node=4)
    assert (widget.step, widget.node) == (1, 4)
    for name, last in (("step", 3), ("node", 8)):
        for bad in (-1, last + 1):
            with pytest.raises(ValueError, match=rf"^{name} must lie in 0 … {last}, got {bad}$"):
                setattr(widget, name, bad)
            with pytest.raises(ValueError, match=f"{name} must lie in"):
                BeamTree.from_trace(traced(), **{name: bad})
    assert (widget.step, widget.node) == (1, 4)
    widget.step, widget.node = 3, 8
    widget.step, widget.node = 0, 0


def test_what_a_longer_linked_widget_sends_is_clamped():
    widget, heard = BeamTree.from_trace(traced(), step=0, node=0), []
    widget.observe(lambda change: heard.append((change["name"], change["new"])), ["step", "node"])
    widget.set_state({"step": 40, "node": 41})
    assert (widget.step, widget.node) == (3, 8)
    widget.set_state({"step": -2, "node": -1})
    assert (widget.step, widget.node) == (0, 0)
    assert sorted(heard) == [("node", 0), ("node", 8), ("step", 0), ("step", 3)]
    widget.set_state({"title": "later"})
    assert widget.title == "later"


def chain(steps: int, width: int) -> BeamTrace:
    """A tree as wide and as long as told."""
    nodes = []
    for step in range(1, steps + 1):
        for _ in range(width):
            parent = (step - 2) * width if step > 1 else -1
            nodes.append(BeamNode(step, "antidisestablish", parent, -1.0, -1.0 * step, -1.0 * step, "kept"))
    return BeamTrace(("a",), width, 0.0, tuple(nodes), len(nodes) - 1)


def test_a_long_search_fits_and_a_huge_one_is_refused():
    widget = BeamTree.from_trace(chain(60, 12))
    assert len(json.dumps(widget.get_state(), default=str)) <= MAX_STATE_BYTES
    with pytest.raises(ValueError, match="BeamTree must carry at most 155,000 bytes"):
        BeamTree.from_trace(chain(100, 20))


def test_an_unfinished_winner_is_right_where_it_is_kept_at_the_end():
    nodes = [replace(node, fate="kept") if node.step == 4 else node for node in traced().nodes]
    assert BeamTree.from_trace(traced(nodes=tuple(nodes))).winner == 8


def test_no_length_penalty_and_what_float32_adds_up():
    assert BeamTree.from_trace(traced(alpha=0.0)).length_penalty == 0
    rounded = with_node(8, total=-1.50004, score=-1.50004 / 1.5**0.6)
    assert BeamTree.from_trace(traced(**rounded)).num_steps == 4


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"beam_size": 0}, "beam_size must be at least 1, got 0"),
        ({"length_penalty": -0.5}, "length_penalty must be finite and at least 0, got -0.5"),
        ({"length_penalty": float("nan")}, "length_penalty must be finite and at least 0, got nan"),
        ({"nodes": ()}, "nodes must hold at least one node, got none"),
        ({"beam_size": 1}, "at most beam_size = 1 nodes can be kept, got 2 at step 1"),
        (with_node(3, fate="dropped"), "nodes[3].fate must be kept, finished or pruned, got 'dropped'"),
        (with_node(1, parent=0), "nodes[1].parent must be -1 at step 1, got 0"),
        (with_node(1, parent=9), "nodes[1].parent must be -1 at step 1, got 9"),
        (with_node(3, parent=-1), "nodes[3].parent must be an earlier node, 0 … 2, got -1"),
        (with_node(3, parent=3), "nodes[3].parent must be an earlier node, 0 … 2, got 3"),
        (with_node(8, parent=99), "nodes[8].parent must be an earlier node, 0 … 7, got 99"),
        (
            with_node(6, parent=1),
            "nodes[6].parent must be a node of the step before, 2, got node 1 of step 1",
        ),
        (with_node(4, step=4), "nodes[4].parent must be a node of the step before, 3, got node 0 of step 1"),
        (
            with_node(3, parent=2),
            "nodes[3].parent must be a node that was kept, got node 2, which was pruned",
        ),
        (
            with_node(8, parent=7),
            "nodes[8].parent must be a node that was kept, got node 7, which was finished",
        ),
        (with_node(2, log_probability=float("nan")), "nodes[2].log_probability must be finite, got nan"),
        (with_node(2, total=float("-inf")), "nodes[2].total must be finite, got -inf"),
        (with_node(2, score=float("inf")), "nodes[2].score must be finite, got inf"),
        (with_node(0, log_probability=0.5), "nodes[0].log_probability must be at most 0, got 0.5"),
        (
            with_node(4, total=-0.9),
            "nodes[4].total must be the sum of the log-probabilities, -1.4, got -0.9",
        ),
        (with_node(0, total=-0.6), "nodes[0].total must be the sum of the log-probabilities, -0.5, got -0.6"),
        (
            with_node(7, score=-1.7),
            "nodes[7].score must be total / ((5 + step) / 6) ** length_penalty, -1.43049, got -1.7",
        ),
        (
            with_node(8, fate="pruned"),
            "each step must keep or finish its best node, got a pruned one at step 4",
        ),
        ({"winner": 9}, "winner must lie in 0 … 8, got 9"),
        ({"winner": -1}, "winner must lie in 0 … 8, got -1"),
        (
            {"winner": 5},
            "winner must have finished or be kept at the last step, 4, got a node pruned at step 2",
        ),
        (
            {"winner": 6},
            "winner must have finished or be kept at the last step, 4, got a node kept at step 3",
        ),
        (
            {"winner": 7},
            "winner must have the best score of those that finished, -1.17608, got -1.43049",
        ),
    ],
)
def test_bad_input_is_refused_with_one_sentence(changes, message):
    with pytest.raises(ValueError) as caught:
        BeamTree.from_trace(traced(**changes))
    assert str(caught.value) == message


@pytest.mark.parametrize("better", [False, True])
def test_nodes_in_another_order_are_refused(better):
    """A pruned node in front of a kept one of step 2, be it worse or better."""
    nodes = list(traced().nodes)
    nodes[4:6] = nodes[5], nodes[4]
    nodes[7] = replace(nodes[7], parent=5)
    if better:
        nodes[4] = replace(nodes[4], log_probability=-0.8, total=-1.3, score=-1.3 / (7 / 6) ** 0.6)
    with pytest.raises(ValueError) as caught:
        BeamTree.from_trace(traced(nodes=tuple(nodes)))
    assert str(caught.value) == (
        "nodes of a step must have the best first and the pruned ones last, "
        "got 'noir' before 'chien' at step 2"
    )


def test_a_better_node_that_comes_later_is_refused():
    nodes = list(traced().nodes)
    nodes[6:9] = nodes[7], nodes[6], replace(nodes[8], parent=7)
    with pytest.raises(ValueError, match=r"got '<eos>' before 'noir' at step 3$"):
        BeamTree.from_trace(traced(nodes=tuple(nodes)))


def test_tokens_must_be_text():
    bad = traced()
    object.__setattr__(bad.nodes[4], "token", 7)
    with pytest.raises(ValueError, match=r"^nodes\[4\].token must be a string, got 7$"):
        BeamTree.from_trace(bad)
    bad = traced()
    object.__setattr__(bad, "src_tokens", ("the", None))
    with pytest.raises(ValueError, match=r"^src_tokens must be strings, got None$"):
        BeamTree.from_trace(bad)
