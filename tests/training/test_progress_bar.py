"""The bar, with a stand-in for tqdm that writes down what it is told."""

import pytest
from torch import nn

from s2s_course.training import progress_bar
from s2s_course.training.history import History, Progress
from s2s_course.training.progress_bar import moving_bar


class Bar:
    def __init__(self, **choices):
        self.choices, self.moves, self.text, self.closed = choices, 0, "", False

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.closed = True

    def update(self):
        self.moves += 1

    def set_postfix_str(self, text, refresh):
        self.text = text


@pytest.fixture
def bars(monkeypatch):
    made = []
    monkeypatch.setattr(progress_bar, "tqdm", lambda **choices: made.append(Bar(**choices)) or made[-1])
    monkeypatch.delenv("TQDM_DISABLE", raising=False)
    return made


def progress(*losses):
    return Progress(nn.Linear(1, 1), 1, 0, History(losses=list(losses)), None, False)


def test_it_moves_with_each_step_and_tells_the_loss(bars):
    with moving_bar(5, shown=True) as move:
        [bar] = bars
        assert bar.choices["total"] == 5 and not bar.choices["disable"]
        move(progress())
        assert (bar.moves, bar.text) == (1, ""), "nothing has been read yet"
        move(progress(2.0, 1.23456))
        assert (bar.moves, bar.text, bar.closed) == (2, "loss 1.235", False)
    assert bar.closed


def test_it_is_taken_away_after_an_error(bars):
    with pytest.raises(RuntimeError), moving_bar(None, shown=True):
        raise RuntimeError
    assert bars[0].closed and bars[0].choices["total"] is None and bars[0].choices["leave"] is False


@pytest.mark.parametrize(("shown", "variable", "hidden"), [(True, None, 0), (False, None, 1), (True, "1", 1)])
def test_it_can_be_hidden_by_the_caller_and_by_tqdm_s_own_switch(bars, monkeypatch, shown, variable, hidden):
    if variable:
        monkeypatch.setenv("TQDM_DISABLE", variable)
    with moving_bar(5, shown=shown):
        assert bars[0].choices["disable"] == hidden
