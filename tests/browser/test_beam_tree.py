"""BeamTree on a page, driven as a reader drives it; what it shows is computed again from the trace."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from s2s_course.trace.beam import BeamTrace
from s2s_course.widgets.beam_tree import BeamTree

from .beam_tree_page import Widget, searched
from .lifetime import check_lifetime
from .static_page import SENTENCE_LINE, stored, write_page


@pytest.fixture
def show(open_page, tmp_path):
    """Show these traces on one page and return the widgets; ``linked`` traits are those of the first two."""

    def show(*traces: BeamTrace, width=900, view=None, linked=(), **options) -> list[Widget]:
        made = [BeamTree.from_trace(trace, **view or {}) for trace in traces]
        models = {str(i): stored(widget) for i, widget in enumerate(made)}
        links = {
            name: {"model_name": "LinkModel", "state": {"source": ["0", name], "target": ["1", name]}}
            for name in linked
        }
        address = write_page(tmp_path, models | links, list(models))
        page = open_page(address, viewport={"width": width, "height": 900}, **options)
        roots = page.locator(".s2s-beam-tree")
        expect(roots).to_have_count(len(made))
        return [Widget(roots.nth(i), trace) for i, trace in enumerate(traces)]

    return show


def test_the_whole_tree_and_its_winner_are_shown_first(show):
    for widget in show(searched(), searched(beam=3, steps=5, seed=4, alpha=0.0), searched(beam=1, pruned=0)):
        assert widget.says() == (widget.steps, widget.trace.winner)
        assert "★ winner" in widget.root.locator(f"[data-node='{widget.trace.winner}']").inner_text()
        assert widget.root.get_by_text("★ winner", exact=True).count() == 1


def test_arrow_keys_walk_through_the_tree(show):
    (widget,) = show(searched(beam=3, steps=7, end_from=6, seed=8))
    path = widget.path(widget.trace.winner)
    for expected in reversed(path[:-1]):
        assert widget.press("ArrowLeft") == (7, expected)
    assert widget.press("ArrowLeft") == (7, path[0]), "the first step has nothing before it"
    first = widget.column(1)
    for expected in [*first[first.index(path[0]) + 1 :], first[-1]]:
        assert widget.press("ArrowDown") == (7, expected)
    assert widget.press("ArrowRight") == (7, first[-1]), "nothing goes on from a pruned one"
    for expected in [*first[-2::-1], first[0]]:
        assert widget.press("ArrowUp") == (7, expected)
    at = first[0]
    while widget.best(at) != at:
        at = widget.best(at)
        assert widget.press("ArrowRight") == (7, at)
    assert widget.press("ArrowRight") == (7, at)
    assert widget.press("Home") == (7, first[0])
    assert widget.press("End") == (7, at)


def test_the_step_cursor_grows_the_tree(show):
    (widget,) = show(searched(beam=3, steps=7, end_from=6, seed=8))
    path, slider = widget.path(widget.trace.winner), widget.root.get_by_role("slider")
    expect(widget.root.get_by_role("button", name="next step")).to_be_disabled()
    slider.fill("0")
    assert widget.says() == (1, path[0]), "what is there of the chosen hypothesis"
    expect(widget.root.get_by_role("button", name="previous step")).to_be_disabled()
    for step in range(2, 8):
        widget.root.get_by_role("button", name="next step").click()
        assert widget.says() == (step, path[min(step, len(path)) - 1])
    assert slider.get_attribute("aria-valuetext") == "step 7 of 7"
    slider.focus()
    for _ in range(4):
        widget.page.keyboard.press("ArrowLeft")
    assert widget.says() == (3, path[2])
    assert widget.root.locator(".head.now b").inner_text() == "3"
    assert widget.press("ArrowRight")[0] == 4, "to go on in the tree lets it grow"
    assert widget.press("Home", "ArrowRight")[0] == 4


def test_a_click_chooses_and_a_hover_only_shows(show):
    (widget,) = show(searched(beam=4, steps=6, seed=8))
    widget.root.locator(".scroller").evaluate("node => { node.scrollLeft = 0; }")
    for node in (2, 9):
        box = widget.root.locator(f"[data-node='{node}']")
        box.click()
        assert widget.says() == (6, node)
        widget.root.locator(f"[data-node='{node - 1}']").hover()
        assert widget.says() == (6, node - 1)
        widget.page.mouse.move(5, 5)
        assert widget.says() == (6, node)
    widget.root.get_by_text("<bos>").click()
    assert widget.says() == (6, 9), "the beginning is no hypothesis"
    widget.root.locator("[data-node='8']").hover()
    assert widget.press("ArrowLeft") == (6, widget.nodes[9].parent)


def test_where_the_winner_was_behind_and_where_greedy_search_leaves_it_is_marked_and_said(show):
    for widget in show(*[searched(seed=seed) for seed in (0, 3, 4, 6, 10)]):
        check_winner(widget)
        check_greedy(widget)


def check_winner(widget: Widget) -> None:
    path = widget.path(widget.trace.winner)
    ranks = [widget.column(step).index(node) + 1 for step, node in enumerate(path, start=1)]
    source, said, _ = widget.root.locator("dd").all_inner_texts()
    assert source == "“the black cat <eos>”, searched with a beam of 5"
    behind = [step for step, rank in enumerate(ranks, start=1) if rank > 1]
    named = steps_in(said.split(" (")[0]) if behind else []
    assert named == behind and (said == "first at every step.") == (not behind)
    if behind:
        assert f"({max(ranks)}" in said and (" at worst" in said) == (len(behind) > 1)
        end = f"first from step {behind[-1] + 1} on." if ranks[-1] == 1 else "came to no better score."
        assert said.endswith(end)

    heads = widget.root.locator(".head:not(.corner) span").all_inner_texts()
    assert [int(re.search(r"\d+", text)[0]) for text in heads[: len(path)]] == ranks
    rises = [i for i in range(1, len(path)) if ranks[i] == 1 < ranks[i - 1]]
    assert [i for i, text in enumerate(heads) if "▲" in text] == rises
    assert set(heads[len(path) :]) <= {"–"}


def check_greedy(widget: Widget) -> None:
    path, said = widget.path(widget.trace.winner), widget.root.locator("dd").last.inner_text()
    greedy = widget.greedy()
    tag = widget.root.get_by_text("greedy", exact=True)
    if greedy == path:
        assert said == "would write the same." and tag.count() == 0
        return
    fork = next(i for i, node in enumerate(greedy) if node != path[i])
    assert tag.locator("..").get_attribute("data-node") == str(greedy[fork])
    pattern = (
        r"leaves the winner’s path at step (\d+), because “(.*)” .* is more probable there than “(.*)” \("
    )
    step, taken, own = re.match(pattern, said).groups()
    assert int(step) == fork + 1
    assert [taken, own] == [widget.nodes[path_[fork]].token for path_ in (greedy, path)]
    last = widget.nodes[greedy[-1]]
    ends = {"pruned": f"drops it at step {last.step}.", "kept": "It is unfinished at the last step."}
    ends["finished"] = f"score {last.score:.3f}; the winner has {widget.nodes[path[-1]].score:.3f}."
    assert said.replace("−", "-").endswith(ends[last.fate])


def steps_in(text: str) -> list[int]:
    runs = [[int(end) for end in run.split("–")] for run in re.findall(r"\d+(?:–\d+)?", text)]
    return [step for run in runs for step in range(run[0], run[-1] + 1)]


def test_edges_lead_from_parents_to_children(show):
    (widget,) = show(searched())
    greedy = widget.greedy()
    row = {i: rank for step in range(1, 13) for rank, i in enumerate(widget.column(step))} | {-1: 0}
    path = widget.path(widget.trace.winner)
    for step, svg in enumerate(widget.root.locator(".plot svg").all(), start=1):
        column = widget.column(step)
        winner = [path[step - 1]] if step <= len(path) else []
        for kind, nodes in {
            "edge": [i for i in column if widget.nodes[i].fate != "pruned"],
            "cut": [i for i in column if widget.nodes[i].fate == "pruned"],
            "band": winner,
            "on": winner,
            "off": [i for i in column if i in greedy and i not in path],
        }.items():
            drawn = svg.locator(f".{kind}").get_attribute("d") or ""
            ends = [(int(a), int(b)) for a, b in re.findall(r"M0 (\d+)C[\d. ]* (\d+)(?=M|$)", drawn)]
            assert ends == [(46 * row[widget.nodes[i].parent] + 23, 46 * row[i] + 23) for i in nodes]


def test_pruned_nodes_can_be_hidden(show):
    (widget,) = show(searched(beam=4, steps=6, seed=8))
    pruned = next(i for i in widget.column(3) if widget.nodes[i].fate == "pruned")
    widget.root.locator(f"[data-node='{pruned}']").click()
    height = widget.tree.bounding_box()["height"]
    widget.pruned.focus()
    widget.page.keyboard.press("Space")
    assert widget.says() == (6, widget.nodes[pruned].parent)
    assert widget.tree.bounding_box()["height"] < height
    column = widget.column(1, pruned=False)
    assert widget.press("Home", *["ArrowDown"] * 9) == (6, column[-1])
    widget.pruned.check()
    assert widget.press("ArrowDown") == (6, widget.column(1)[4])
    widget.pruned.uncheck()
    assert widget.says() == (6, column[0]), "a pruned one of the first step goes on from nothing"


def test_the_table_ranks_what_finished_and_chooses_it(show):
    finished, unfinished = show(searched(), searched(beam=3, steps=5, seed=4))
    for widget in (finished, unfinished):
        rows = widget.root.locator("tbody tr")
        expect(rows).to_have_count(len(widget.finals()))
        for place, (index, row) in enumerate(zip(widget.finals(), rows.all(), strict=True), start=1):
            node = widget.nodes[index]
            name, text, *numbers = row.locator("td, th").all_inner_texts()
            assert name == ("★ 1" if index == widget.trace.winner else str(place))
            assert text == " ".join(widget.nodes[i].token for i in widget.path(index))
            truth = [node.total, ((5 + node.step) / 6) ** 0.6, node.score]
            shown = [float(number.replace("−", "-")) for number in numbers]
            assert np.abs(np.subtract(shown, truth)).max() < 0.00051
    finished.root.get_by_role("slider").fill("0")
    last = max((i for i, node in enumerate(finished.nodes) if node.fate == "finished"))
    words = " ".join(finished.nodes[i].token for i in finished.path(last))
    finished.root.get_by_role("button", name=words, exact=True).click()
    assert finished.says() == (finished.nodes[last].step, last), "the tree grows to it"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_on_a_phone_the_tree_scrolls_and_not_the_page(show, theme):
    tokens = ["<b>l’œuf</b><img src=x onerror=alert(1)>", "'\"&", "a" * 60, ".", "x", "y", "z", "w", "<eos>"]
    (widget,) = show(searched(tokens=tokens), width=360, color_scheme=theme, has_touch=True)
    assert widget.root.get_attribute("data-theme") == theme
    page, scroller = widget.page, widget.root.locator(".scroller")
    assert widget.root.locator("img").count() == 0
    before = page.evaluate("[scrollX, scrollY]")
    for key in ["Home", *["ArrowRight"] * 3, "End", "ArrowLeft", *["ArrowDown"] * 2]:
        _, index = widget.press(key)
        box, port = widget.root.locator(f"[data-node='{index}']").bounding_box(), scroller.bounding_box()
        assert box["x"] >= port["x"] and box["x"] + box["width"] <= port["x"] + port["width"]
        assert box["y"] >= port["y"] and box["y"] + box["height"] <= port["y"] + port["height"]
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert page.evaluate("scrollX") == before[0]
    for control in widget.root.locator(".control button, .control input, label, td, tbody button").all():
        if control.is_visible():
            assert control.bounding_box()["height"] >= 44
    assert widget.root.evaluate("node => node.getAnimations({ subtree: true }).length") == 0


def test_a_wide_beam_scrolls_under_its_header(show):
    (widget,) = show(searched(beam=13, steps=8, tokens=[*"abcdefgh", "<eos>"]), width=500)
    scroller, heads = widget.root.locator(".scroller"), widget.root.locator(".heads")
    _, index = widget.press("Home", "ArrowRight", "ArrowRight", *["ArrowDown"] * 14)
    assert index == widget.column(3)[-1]
    port, box = scroller.bounding_box(), widget.root.locator(f"[data-node='{index}']").bounding_box()
    assert box["y"] + box["height"] <= port["y"] + port["height"]
    assert scroller.evaluate("node => node.scrollTop") > 50
    assert heads.bounding_box()["y"] == port["y"]
    head = widget.root.locator(".head:not(.corner)").nth(2).bounding_box()
    assert (head["x"], head["width"]) == pytest.approx((box["x"], box["width"]))
    assert widget.root.locator(".heads .corner").bounding_box()["x"] == port["x"]
    top = widget.press(*["ArrowUp"] * 20)[1]
    assert (
        widget.root.locator(f"[data-node='{top}']").bounding_box()["y"]
        >= port["y"] + heads.bounding_box()["height"]
    )


def test_tab_order_with_a_visible_focus(show):
    (widget,) = show(searched(beam=2, steps=9), view={"step": 3})
    widget.root.locator("header p").click()  # start from here, without a focus
    visited = []
    for _ in range(9):
        widget.page.keyboard.press("Tab")
        name, outline = widget.page.evaluate("""() => {
          const now = document.activeElement;
          const name = now.ariaLabel ?? (now.textContent || now.parentNode.textContent);
          return [name, getComputedStyle(now).outline];
        }""")
        visited.append(name.split(".")[0].split(",")[0])
        assert "solid 2px" in outline
    tree = ["The tree of beam search", "previous step", "step", "next step", "show pruned"]
    assert visited[:8] == [*SENTENCE_LINE, *tree] and visited[8].endswith("<eos>")


def test_linked_widgets_of_different_length_move_together(show):
    long, short = show(searched(), searched(beam=3, steps=5, seed=4), linked=("step",))
    long.root.get_by_role("slider").fill("2")
    assert long.says()[0] == short.says()[0] == 3
    long.root.get_by_role("slider").fill("11")
    assert (long.says()[0], short.says()[0]) == (12, 5)


USE = """(root, own) => {
  root.querySelector("[data-node='1']").click();
  root.querySelector("[aria-label='previous step']").click();
  root.querySelector("tbody button").click();
  const tree = root.querySelector("[role=application]");
  tree.dispatchEvent(new KeyboardEvent("keydown", { key: "Home" }));
  return [own.step, own.node];
}"""


def test_after_its_life_it_listens_to_nothing(show):
    (widget,) = show(searched(beam=3, steps=5, seed=4))
    winner = widget.path(widget.trace.winner)
    check_lifetime(widget.page, USE, [4, winner[0]], ["change:node", "change:step"])
