"""What BeamTree must show: searches in random models, and a reader of the page that compares it with them."""

import re
from itertools import pairwise

import numpy as np
import pytest
from playwright.sync_api import Locator, expect

from s2s_course.trace.beam import BeamNode, BeamTrace

WORDS = [
    "un",
    "petit",
    "chat",
    "noir",
    "dort",
    "sur",
    "le",
    "grand",
    "canapé",
    "près",
    "fenêtre",
    ".",
    "<eos>",
]


def searched(*, beam=5, steps=12, pruned=2, seed=2, alpha=0.6, end_from=8, tokens=WORDS) -> BeamTrace:
    """Beam search in a random model, which writes ``<eos>`` from step ``end_from`` on."""
    rng = np.random.default_rng(seed)
    nodes, live = [], [(-1, 0.0)]
    for step in range(1, steps + 1):
        ways = []
        for parent, total in live:
            x = rng.normal(0, 1.8, len(tokens))
            x[-1] += 2.0 if step >= end_from else -12.0
            log_probabilities = x - np.log(np.exp(x).sum())
            ways += [
                (total + lp, parent, lp, token)
                for lp, token in zip(log_probabilities.tolist(), tokens, strict=True)
            ]
        live = []
        for rank, (total, parent, lp, token) in enumerate(sorted(ways, reverse=True)[: beam + pruned]):
            fate = "pruned" if rank >= beam else "finished" if token == tokens[-1] else "kept"
            if fate == "kept":
                live.append((len(nodes), total))
            nodes.append(BeamNode(step, token, parent, lp, total, total / ((5 + step) / 6) ** alpha, fate))
    finished = [i for i, node in enumerate(nodes) if node.fate == "finished"]
    winner = max(finished or [i for i, _ in live], key=lambda i: nodes[i].score)
    return BeamTrace(("the", "black", "cat", "<eos>"), beam, alpha, tuple(nodes), winner)


def parse(text: str) -> float:
    assert re.fullmatch(r"−?\d+\.\d{3}", text), text
    return float(text.replace("−", "-"))


READ = """root => {
  const texts = (selector) => Array.from(root.querySelectorAll(selector), (node) => node.textContent);
  const seen = Array.from(root.querySelectorAll("[data-node]")).filter((node) => node.checkVisibility({
    visibilityProperty: true }));
  return {
    title: root.querySelector("output b").textContent, status: root.querySelector("output span").textContent,
    sum: Array.from(root.querySelectorAll(".sum > span"), (node) => [
      node.firstChild.textContent, node.lastChild.textContent]),
    score: root.querySelector(".numbers p").textContent,
    step: root.querySelector(".control b").textContent,
    chosen: Array.from(root.querySelectorAll(".chosen"), (node) => Number(node.dataset.node)),
    on: Array.from(root.querySelectorAll(".node.on"), (node) => Number(node.dataset.node)),
    pressed: texts("button[aria-pressed=true]"),
    nodes: seen.map((node) => ({
      index: Number(node.dataset.node), kind: node.className,
      texts: Array.from(node.children, (part) => part.textContent),
      x: node.getBoundingClientRect().x, y: node.getBoundingClientRect().y })),
  };
}"""


class Widget:
    """One BeamTree on a page, and the truth about it."""

    def __init__(self, root: Locator, trace: BeamTrace):
        self.root, self.trace, self.nodes, self.page = root, trace, trace.nodes, root.page
        self.tree = root.get_by_role("application")
        self.pruned = root.get_by_role("checkbox", name="show pruned")
        self.steps = max(node.step for node in trace.nodes)
        expect(root.locator("output")).to_contain_text("at step")

    def path(self, index: int) -> list[int]:
        return [] if index < 0 else [*self.path(self.nodes[index].parent), index]

    def column(self, step: int, *, pruned: bool = True) -> list[int]:
        """The nodes of a step, the best first."""
        here = [
            i for i, node in enumerate(self.nodes) if node.step == step and (pruned or node.fate != "pruned")
        ]
        return sorted(here, key=lambda i: -self.nodes[i].total)

    def finals(self) -> list[int]:
        """All that finished or, if none did, what was kept at the last step; the best first."""
        finished = [i for i, node in enumerate(self.nodes) if node.fate == "finished"]
        kept = [i for i in self.column(self.steps) if self.nodes[i].fate == "kept"]
        return sorted(finished or kept, key=lambda i: -self.nodes[i].score)

    def best(self, index: int) -> int:
        return max(
            (i for i, node in enumerate(self.nodes) if node.parent == index),
            key=lambda i: self.nodes[i].log_probability,
            default=index,
        )

    def greedy(self) -> list[int]:
        path = [self.best(-1)]
        while self.best(path[-1]) != path[-1]:
            path.append(self.best(path[-1]))
        return path

    def says(self) -> tuple[int, int]:
        """The step and the chosen node; all that is said of it is compared with the truth."""
        shown = self.root.evaluate(READ)
        step = int(re.fullmatch(rf"(\d+) of {self.steps}", shown["step"])[1])
        (index,) = shown["chosen"]
        node, path = self.nodes[index], self.path(index)
        tokens = [self.nodes[i].token for i in path]
        assert sorted(shown["on"]) == path and shown["title"] == f"“{' '.join(tokens)}”"
        check_arithmetic(node, [self.nodes[i] for i in path], self.trace.length_penalty, shown)
        column = self.column(node.step)
        rank, at, fate = re.fullmatch(r"(\d+)(?:st|nd|rd|th) at step (\d+), (.*)", shown["status"]).groups()
        assert column[int(rank) - 1] == index and int(at) == node.step
        if node.fate == "pruned":
            last = self.nodes[self.column(node.step, pruned=False)[-1]]
            pattern = "pruned: (.*) nats behind the last one (.*), which ends in “(.*)” and has (.*)."
            gap, stayed, token, total = re.fullmatch(pattern, fate).groups()
            assert (stayed, token) == (last.fate, last.token)
            assert parse(total) == pytest.approx(last.total, abs=0.00051)
            assert parse(gap) == pytest.approx(last.total - node.total, abs=0.00051)
        else:
            assert fate == f"{node.fate}."
        assert shown["pressed"] == ([" ".join(tokens)] if index in self.finals() else [])
        self.check_picture(shown["nodes"], step)
        return step, index

    def check_picture(self, boxes: list[dict], step: int) -> None:
        """All nodes up to the step, each with its word, score and fate, in columns with the best on top."""
        signs = {"kept": "", "finished": "■ ", "pruned": "✕ "}
        expected = [i for t in range(1, step + 1) for i in self.column(t, pruned=self.pruned.is_checked())]
        assert [box["index"] for box in boxes] == expected
        winners = self.path(self.trace.winner)
        for box in boxes:
            node = self.nodes[box["index"]]
            sign, text = signs[node.fate], box["texts"][1]
            assert box["texts"][0] == node.token and text.startswith(sign)
            shown = float(text.removeprefix(sign).replace("−", "-"))
            assert shown == pytest.approx(node.score, abs=0.0051)
            assert node.fate in box["kind"] and ("won" in box["kind"]) == (box["index"] in winners)
        for one, other in pairwise(boxes):
            below = self.nodes[one["index"]].step == self.nodes[other["index"]].step
            assert other["y"] > one["y"] if below else other["x"] > one["x"]

    def press(self, *keys: str) -> tuple[int, int]:
        self.tree.focus()
        for key in keys:
            self.page.keyboard.press(key)
        return self.says()


def check_arithmetic(node: BeamNode, path: list[BeamNode], alpha: float, shown: dict) -> None:
    *terms, (label, result) = shown["sum"]
    assert [token for token, _ in terms] == [each.token for each in path]
    values = [parse(text.replace("− ", "−")) for _, text in terms]
    assert values == pytest.approx([each.log_probability for each in path], abs=0.00051)
    assert label == "log-probability"
    total = parse(result[2:])
    assert total == pytest.approx(node.total, abs=0.00051)
    assert result[0] == ("=" if abs(sum(values) - total) < 1e-9 else "≈")
    pattern = r"score = (\S+) / \(\(5 \+ (\d+)\) / 6\)(\S+) = (\S+) / (\S+) ([=≈]) (\S+)"
    one, length, exponent, other, divisor, sign, score = re.fullmatch(pattern, shown["score"]).groups()
    assert parse(one) == parse(other) == total and int(length) == node.step and float(exponent) == alpha
    assert parse(divisor) == pytest.approx(((5 + node.step) / 6) ** alpha, abs=0.00051)
    assert parse(score) == pytest.approx(node.score, abs=0.00051)
    off = abs(total / parse(divisor) - parse(score))
    if abs(off - 0.0005) > 1e-6:  # no tie
        assert sign == ("=" if off < 0.0005 else "≈")
