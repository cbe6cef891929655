"""What workers share is made by one of them, and whole before another one has it."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from made_once import made_once


def test_of_four_that_ask_at_once_one_makes_it_and_all_find_it_whole(tmp_path):
    folder, makers = tmp_path / "deep" / "shared", []

    def make(worker):
        makers.append(worker)
        folder.mkdir()
        time.sleep(0.2)
        (folder / "content").write_text("whole")

    def ask(worker):  # a file is locked for whoever opens it, so threads stand for processes
        return (made_once(folder, lambda: make(worker)) / "content").read_text()

    with ThreadPoolExecutor(4) as workers:
        assert list(workers.map(ask, range(4))) == ["whole"] * 4
    assert len(makers) == 1


def test_after_a_failure_the_next_one_tries_again(tmp_path):
    with pytest.raises(ZeroDivisionError):
        made_once(tmp_path / "shared", lambda: 1 / 0)
    assert made_once(tmp_path / "shared", (tmp_path / "shared").mkdir).is_dir()
