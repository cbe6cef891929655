"""BeamTree: the hypotheses that beam search looked at, as a tree, with the arithmetic of each score."""

import math
from itertools import pairwise
from typing import ClassVar

import traitlets

from s2s_course.checks import check_at_least
from s2s_course.trace.beam import BeamNode, BeamTrace
from s2s_course.widgets.beam_tree import beam_tree_figure
from s2s_course.widgets.shared.base import front_end
from s2s_course.widgets.shared.figure import StaticFigure
from s2s_course.widgets.shared.live import LiveWidget
from s2s_course.widgets.shared.view import Whole, check_index

_FATES = ("kept", "finished", "pruned")
_TOLERANCE = 1e-4  # of the sums and scores: below the three digits that are shown


class BeamTree(LiveWidget):
    """A column for each step, the best hypothesis on top, and the numbers behind a chosen one.

    ``step`` says how far the tree has grown; it is an index, 0 shows the first step alone. ``node`` is the
    chosen hypothesis, an index of the trace's nodes; while the tree is too short for it, the part of it
    that is there is shown instead. Both can be set from Python and linked to another widget with
    ``ipywidgets.jslink((a, "step"), (b, "step"))``. The data does not change once the widget is made. What
    is read counts steps and ranks from 1.
    """

    chapters: ClassVar[tuple[int, ...]] = (4,)
    _esm = front_end(__file__, "own_beam_tree.js", "beam_tree.js")
    _css = front_end(__file__, "beam_tree.css")

    title = traitlets.Unicode().tag(sync=True)
    src_tokens = traitlets.List(traitlets.Unicode()).tag(sync=True)
    beam_size = traitlets.Int().tag(sync=True)
    length_penalty = traitlets.Float().tag(sync=True)
    nodes = traitlets.List(traitlets.Dict()).tag(sync=True)
    winner = traitlets.Int().tag(sync=True)
    step = Whole(last=lambda widget: widget.num_steps - 1)
    node = Whole(last=lambda widget: len(widget.nodes) - 1)

    @classmethod
    def from_trace(
        cls, trace: BeamTrace, *, title: str = "", step: int | None = None, node: int | None = None
    ) -> "BeamTree":
        """The tree of one traced search: all of it and its winner, unless ``step`` and ``node`` say other.

        Carried are the log-probabilities, rounded to six digits after the point; the front end adds them up
        and divides. So totals and scores that are not those of the trace are refused.

        Raises ValueError for a node whose parent is not a kept node of the step before, an unknown fate,
        numbers that are not finite, a step with no more than pruned nodes, in another order, or with more
        kept ones than the beam has, a winner that does not exist or did not win, and a step or a node that
        does not exist.
        """
        _check_trace(trace)
        nodes = [
            {
                "token": each.token,
                "parent": each.parent,
                "log_probability": round(float(each.log_probability), 6),
                "fate": each.fate,
            }
            for each in trace.nodes
        ]
        last = max(each.step for each in trace.nodes) - 1
        return cls(
            title=title,
            src_tokens=list(trace.src_tokens),
            beam_size=trace.beam_size,
            length_penalty=float(trace.length_penalty),
            nodes=nodes,
            winner=trace.winner,
            step=last if step is None else step,
            node=trace.winner if node is None else node,
        )

    @property
    def num_steps(self) -> int:
        steps: list[int] = []
        for node in self.nodes:
            steps.append(1 if node["parent"] < 0 else steps[node["parent"]] + 1)
        return max(steps)

    def figure(self) -> StaticFigure:
        return beam_tree_figure.figure(self)

    def describe(self) -> str:
        words: list[str] = []
        index = self.winner
        while index >= 0:
            words.insert(0, self.nodes[index]["token"])
            index = self.nodes[index]["parent"]
        return (
            f"title={self.title!r}, beam of {self.beam_size}, length penalty {self.length_penalty:g}, "
            f"reads {' '.join(self.src_tokens)!r}, {len(self.nodes)} nodes in {self.num_steps} steps, "
            f"winner: {' '.join(words)!r}"
        )


def _check_trace(trace: BeamTrace) -> None:
    check_at_least(1, beam_size=trace.beam_size)
    if not (math.isfinite(trace.length_penalty) and trace.length_penalty >= 0):
        raise ValueError(f"length_penalty must be finite and at least 0, got {trace.length_penalty}")
    if not trace.nodes:
        raise ValueError("nodes must hold at least one node, got none")
    for token in trace.src_tokens:
        if not isinstance(token, str):
            raise ValueError(f"src_tokens must be strings, got {token!r}")
    for index, node in enumerate(trace.nodes):
        _check_parent(trace, index, node)
        _check_numbers(trace, index, node)
    for step in range(1, max(node.step for node in trace.nodes) + 1):
        _check_column(step, [node for node in trace.nodes if node.step == step], trace.beam_size)
    _check_winner(trace)


def _check_parent(trace: BeamTrace, index: int, node: BeamNode) -> None:
    if not isinstance(node.token, str):
        raise ValueError(f"nodes[{index}].token must be a string, got {node.token!r}")
    if node.fate not in _FATES:
        raise ValueError(f"nodes[{index}].fate must be kept, finished or pruned, got {node.fate!r}")
    if node.step == 1:
        if node.parent != -1:
            raise ValueError(f"nodes[{index}].parent must be -1 at step 1, got {node.parent}")
        return
    if not 0 <= node.parent < index:
        raise ValueError(f"nodes[{index}].parent must be an earlier node, 0 … {index - 1}, got {node.parent}")
    parent = trace.nodes[node.parent]
    if parent.step != node.step - 1:
        raise ValueError(
            f"nodes[{index}].parent must be a node of the step before, {node.step - 1}, "
            f"got node {node.parent} of step {parent.step}"
        )
    if parent.fate != "kept":
        raise ValueError(
            f"nodes[{index}].parent must be a node that was kept, "
            f"got node {node.parent}, which was {parent.fate}"
        )


def _check_numbers(trace: BeamTrace, index: int, node: BeamNode) -> None:
    """What the widget writes out must be so."""
    for name in ("log_probability", "total", "score"):
        value = getattr(node, name)
        if not math.isfinite(value):
            raise ValueError(f"nodes[{index}].{name} must be finite, got {value}")
    if node.log_probability > _TOLERANCE:
        raise ValueError(f"nodes[{index}].log_probability must be at most 0, got {node.log_probability}")
    before = trace.nodes[node.parent].total if node.step > 1 else 0.0
    _check_equal(
        f"nodes[{index}].total", "the sum of the log-probabilities", node.total, before + node.log_probability
    )
    score = node.total / ((5 + node.step) / 6) ** trace.length_penalty
    _check_equal(f"nodes[{index}].score", "total / ((5 + step) / 6) ** length_penalty", node.score, score)


def _check_equal(name: str, equation: str, value: float, expected: float) -> None:
    if abs(value - expected) > _TOLERANCE * max(1, abs(expected)):
        raise ValueError(f"{name} must be {equation}, {expected:.6g}, got {value:.6g}")


def _check_column(step: int, nodes: list[BeamNode], beam_size: int) -> None:
    if nodes[0].fate == "pruned":
        raise ValueError(f"each step must keep or finish its best node, got a pruned one at step {step}")
    if (kept := sum(node.fate == "kept" for node in nodes)) > beam_size:
        raise ValueError(f"at most beam_size = {beam_size} nodes can be kept, got {kept} at step {step}")
    for one, other in pairwise(nodes):
        worse = other.total <= one.total + _TOLERANCE * max(1, abs(one.total))
        if not worse or (one.fate == "pruned" and other.fate != "pruned"):
            raise ValueError(
                f"nodes of a step must have the best first and the pruned ones last, "
                f"got {one.token!r} before {other.token!r} at step {step}"
            )


def _check_winner(trace: BeamTrace) -> None:
    check_index("winner", trace.winner, len(trace.nodes) - 1)
    winner = trace.nodes[trace.winner]
    last = max(node.step for node in trace.nodes)
    if winner.fate != "finished" and not (winner.fate == "kept" and winner.step == last):
        raise ValueError(
            f"winner must have finished or be kept at the last step, {last}, "
            f"got a node {winner.fate} at step {winner.step}"
        )
    best = max([node.score for node in trace.nodes if node.fate == "finished"], default=winner.score)
    if best > winner.score + _TOLERANCE * max(1, abs(best)):
        raise ValueError(
            f"winner must have the best score of those that finished, {best:.6g}, got {winner.score:.6g}"
        )
