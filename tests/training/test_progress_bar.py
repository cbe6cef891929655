"""The bar: in a stream that says it is a terminal, in a notebook that is a stand-in, and in a real kernel."""

import io
from contextlib import redirect_stderr

import IPython
import nbclient
import nbformat
import pytest
from IPython.core.interactiveshell import InteractiveShell
from torch import nn
from tqdm import tqdm

from s2s_course.training import progress_bar
from s2s_course.training.budget import Budget
from s2s_course.training.history import History, Progress
from s2s_course.training.progress_bar import moving_bar


def at(step: int, seconds: float) -> Progress:
    history = History(losses=[2.0] * step, seconds=seconds)
    return Progress(nn.Identity(), step, 0, history, None, False)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True

    @property
    def line(self) -> str:
        """What stands in the last line for whoever looks at it."""
        return self.getvalue().rstrip("\r").split("\r")[-1]


class Notebook:
    """IPython's shell in a kernel, which writes down what is to be displayed under which id."""

    kernel, fault = None, None

    def __init__(self):
        self.published, self.display_pub = [], self

    def publish(self, data, metadata, *, transient, update=False):
        if self.fault:
            raise self.fault
        self.published.append((update, transient["display_id"], data["text/html"]))

    @property
    def html(self) -> list[str]:
        return [html for *_, html in self.published]


@pytest.fixture
def notebook(monkeypatch):
    monkeypatch.delenv("TQDM_DISABLE", raising=False)
    shell = Notebook()
    monkeypatch.setattr(IPython, "get_ipython", lambda: shell)
    monkeypatch.setattr(InteractiveShell, "initialized", lambda: True)
    monkeypatch.setattr(InteractiveShell, "instance", lambda: shell)
    return shell


@pytest.fixture
def terminal(monkeypatch):
    """A stream for ``redirect_stderr``, inside the test: pytest puts its own there before each."""
    monkeypatch.delenv("TQDM_DISABLE", raising=False)
    kept = []  # a bar that is forgotten is closed as well
    monkeypatch.setattr(progress_bar, "tqdm", lambda **choices: kept.append(tqdm(**choices)) or kept[-1])
    return Terminal()


def test_in_a_terminal_a_line_says_how_far_it_is_and_is_wiped_at_the_end(terminal):
    with redirect_stderr(terminal), moving_bar(Budget(steps=4), shown=True) as move:
        assert terminal.line.startswith("  0%|") and terminal.line.endswith("| training")
        move(at(1, 0.5))
        assert terminal.line.startswith(" 25%|") and terminal.line.endswith("| step 1/4, loss 2.000")
        move(at(2, 0.9))
        assert "step 1/4" in terminal.line, "half a second is not over"
        move(at(3, 1.0))
        assert terminal.line.startswith(" 75%|") and "step 3/4, 00:00 left" in terminal.line
    assert terminal.line.strip() == ""


def test_in_a_notebook_one_output_is_replaced_in_place_and_emptied_at_the_end(notebook):
    with moving_bar(Budget(steps=4), shown=True) as move:
        move(at(1, 0.4))
        assert notebook.published == [], "a run that takes no time shows nothing"
        for step, seconds in [(2, 0.5), (3, 0.9), (3, 1.0)]:
            move(at(step, seconds))
        (_, shown, first), (_, _, second) = notebook.published
        assert 'value="0.5000"' in first and "50%: step 2/4, loss 2.000" in first
        assert 'value="0.7500"' in second and "75%: step 3/4, 00:00 left" in second
    assert notebook.published[2:] == [(True, shown, "")]
    assert [published[:2] for published in notebook.published] == [(update, shown) for update in (0, 1, 1)]


def test_after_five_seconds_a_curve_is_drawn_and_every_two_a_new_one(notebook):
    with moving_bar(Budget(minutes=2.0), shown=True) as move:
        for step in range(1, 41):
            move(at(step, 100 + step / 4))  # a run that is continued: ten seconds after a hundred
    *bars, last = notebook.html
    assert last == "" and ["<svg" in html for html in bars] == [False] * 10 + [True] * 3
    assert "step 21, " in bars[10] and "step 29, " in bars[11] and "step 37, " in bars[12]


@pytest.mark.parametrize("end", [RuntimeError, KeyboardInterrupt])
def test_it_is_taken_away_after_an_error_and_after_an_interrupt(notebook, terminal, end):
    for stream, look in (terminal, lambda: terminal.line.strip()), (io.StringIO(), lambda: notebook.html[-1]):
        with pytest.raises(end), redirect_stderr(stream), moving_bar(Budget(steps=9), shown=True) as move:
            move(at(1, 1.0))
            assert "step 1/9" in look()
            raise end
        assert look() == ""


def test_an_interrupt_amid_the_first_drawing_leaves_nothing_either(notebook):
    class Interrupted(list):
        def append(self, published):
            super().append(published)
            if len(self) == 1:
                raise KeyboardInterrupt

    notebook.published = Interrupted()
    with pytest.raises(KeyboardInterrupt), moving_bar(Budget(steps=9), shown=True) as move:
        move(at(1, 1.0))
    assert len(notebook.html) == 2 and notebook.html[-1] == ""


def test_where_a_notebook_cannot_be_reached_training_goes_on_unseen(notebook):
    with moving_bar(Budget(steps=9), shown=True) as move:
        move(at(1, 1.0))
        notebook.fault = OSError("the connection is closed")
        move(at(2, 2.0))
        notebook.fault = None
        move(at(3, 3.0))
    assert len(notebook.published) == 1, "it was tried again"


def test_where_a_terminal_is_closed_training_goes_on_unseen(terminal):
    with redirect_stderr(terminal), moving_bar(Budget(steps=9), shown=True) as move:
        terminal.close()
        move(at(1, 1.0))
    with redirect_stderr(None), moving_bar(Budget(steps=9), shown=True) as move:  # pythonw has none
        move(at(1, 1.0))


@pytest.mark.parametrize(("shown", "disable"), [(False, None), (True, "1")])
def test_it_can_be_hidden_by_the_caller_and_by_tqdm_s_own_switch(
    notebook, terminal, monkeypatch, shown, disable
):
    if disable:
        monkeypatch.setenv("TQDM_DISABLE", disable)
    for stream in (terminal, io.StringIO()):
        with redirect_stderr(stream), moving_bar(Budget(steps=9), shown=shown) as move:
            move(at(1, 1.0))
        assert stream.getvalue() == "" and notebook.published == []


@pytest.mark.parametrize("shell", [None, object()], ids=["no IPython", "IPython without a kernel"])
def test_where_nobody_sees_it_nothing_is_shown(notebook, monkeypatch, shell):
    monkeypatch.setattr(IPython, "get_ipython", lambda: shell)
    with redirect_stderr(io.StringIO()) as stream, moving_bar(Budget(steps=9), shown=True) as move:
        move(at(1, 1.0))
    assert notebook.published == [] and stream.getvalue() == ""


CELLS = [
    """
import sys
from unittest.mock import MagicMock
sys.modules["torch"] = MagicMock()  # nothing is computed here, and to import it takes longer than the rest
from s2s_course.training.budget import Budget
from s2s_course.training.history import History, Progress
from s2s_course.training.progress_bar import moving_bar

def train(stop=None):
    history = History()
    with moving_bar(Budget(steps=100), shown=True) as move:
        for step in range(1, 101):
            history.losses.append(100 / step)
            history.seconds += 0.5  # of a clock that need not be waited for
            move(Progress(None, step, 0, history, None, False))
            if step == 50 and stop:
                stop()

print("before")
train()
print("after")
""",
    "import signal\ntrain(lambda: signal.raise_signal(signal.SIGINT))",
    "train(lambda: 1 / 0)",
]


class Recorded(nbclient.NotebookClient):
    """A run of a notebook that keeps what its kernel wants to be displayed, by cell."""

    def process_message(self, message, cell, cell_index):
        if message["msg_type"] in ("display_data", "update_display_data"):
            self.messages.setdefault(cell_index, []).append(message)
        return super().process_message(message, cell, cell_index)


def test_in_a_kernel_an_output_is_updated_in_place_and_is_empty_after_the_run_and_after_an_interrupt(
    monkeypatch,
):
    monkeypatch.delenv("TQDM_DISABLE", raising=False)
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
    client = Recorded(nbformat.v4.new_notebook(cells=cells), kernel_name="python3", allow_errors=True)
    client.messages = {}
    client.execute()
    assert [[output.get("ename") for output in cell.outputs][-1] for cell in cells] == [
        None, "KeyboardInterrupt", "ZeroDivisionError",
    ]  # fmt: skip
    assert [output.get("text") for output in cells[0].outputs] == ["before\n", None, "after\n"]
    ids = set()
    for number, cell in enumerate(cells):
        [output] = [output for output in cell.outputs if output.output_type == "display_data"]
        assert output.data == {"text/html": "", "text/plain": ""}, "what would be saved"
        first, *updates = client.messages[number]
        assert first["msg_type"] == "display_data"
        assert {update["msg_type"] for update in updates} == {"update_display_data"}
        [shown] = {message["content"]["transient"]["display_id"] for message in (first, *updates)}
        ids.add(shown)
        curves = [update for update in updates if "<svg" in update["content"]["data"]["text/html"]]
        assert len(curves) == (10 if number else 23)  # from second 5.5, every two, to 25 or 50
    assert len(ids) == len(cells)
