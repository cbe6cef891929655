"""A run: a training whose state is kept in a folder, so that it can go on after whatever ended it."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import Any

import torch
from torch import Tensor
from tqdm.auto import tqdm

from s2s_course import __version__
from s2s_course.training import run_files
from s2s_course.training.configuration import describe, differences
from s2s_course.training.packed import pack, unpack
from s2s_course.training.run_copy import Copier, fetch
from s2s_course.training.run_lock import RunError, Writer, only_writer
from s2s_course.training.training_state import TrainingState

_SHARE = 20  # a new best is kept at once unless that would take more than one part in this many of the time


@dataclass(frozen=True)
class Run:
    """Where the state of a training is kept, and when.

    It is written after ``seconds`` of training, when there is a new best, and when training ends or is
    stopped. ``fresh`` begins anew where there is a run already; that one is kept until the first new state is
    whole. ``after_save(weights, step)`` is called when best weights have been kept, those of ``step``.
    ``copy_to`` is a folder that outlives the machine, such as one on a mounted Drive: what is kept is copied
    there, and fetched from there where ``folder`` has nothing.
    """

    folder: Path | str
    copy_to: Path | str | None = None
    fresh: bool = False
    seconds: float = 120.0
    after_save: Callable[[dict[str, Tensor], int], None] = lambda weights, step: None


@contextmanager
def kept(
    run: Run | Path | str | None, training: TrainingState, choices: dict[str, Any]
) -> Iterator[Callable[[bool], None]]:
    """Bring ``training`` to where ``run`` is, if it was begun; the block gives what keeps it from then on.

    It is called after every step, and told whether that one has the best weights so far. With no ``run`` it
    does nothing.

    Raises ``RunError`` where the run was begun with other ``choices``, has another writer, or cannot
    be read, and OSError where its folder cannot be written.
    """
    if run is None:
        yield lambda is_best: None
        return
    run = run if isinstance(run, Run) else Run(run)
    with only_writer(Path(run.folder)) as writer:
        keeper = _Keeper(run, training, describe(choices), writer)
        keeper.go_on()
        try:
            yield keeper.keep
        finally:
            if keeper.copier:
                keeper.copier.finish()


class _Keeper:
    def __init__(self, run: Run, training: TrainingState, configuration: dict[str, Any], writer: Writer):
        self.run, self.folder, self.training, self.writer = run, Path(run.folder), training, writer
        self.configuration, self.name = configuration, token_hex(8)
        self.kept: dict[int, run_files.Generation] = {}  # the last two
        self.best_loss: float | None = None  # of the best weights that are kept
        self.kept_at, self.cost = time.monotonic(), 0.0
        self.problem = ""
        self.first_number = 1  # beyond what a copy has, where that is to be replaced by and by
        self.copier = Copier(self.folder, Path(run.copy_to), _say, fresh=run.fresh) if run.copy_to else None

    def go_on(self) -> None:
        """Let ``training`` go on from the newest state, unless there is none or it is not wanted."""
        if self.run.fresh:
            with suppress(OSError):
                self.first_number = run_files.next_number(Path(self.run.copy_to or self.folder))
            return
        if self.run.copy_to:
            self._fetch(Path(self.run.copy_to))
        stored, damaged = run_files.read_newest(self.folder)
        if stored is None:
            return
        generation = stored.generation
        if told := differences(generation.configuration, self.configuration):
            raise RunError(
                f"the run in {self.folder} was begun otherwise: {'; '.join(told[:4])}"
                f"{'; …' if told[4:] else ''}. Ask for the same, take another folder, or begin afresh "
                "(fresh=True, --fresh)"
            )
        try:
            self.training.restore(unpack(generation.values, stored.state), stored.best)
        except (LookupError, TypeError, ValueError, RuntimeError, AttributeError) as error:
            text = " ".join(str(error).split())[:200]
            raise RunError(f"the run in {self.folder} does not fit this training: {text}") from error
        self.name, self.kept = generation.run, {stored.number: generation}
        self.best_loss = self.training.best.loss
        for phrase in damaged:
            _say(f"The newest state in {self.folder} is damaged ({phrase}).")
        if self.training.history.ended_by and not damaged:
            # nothing more is written, so what a killed writer left goes now
            newest = sorted(run_files.generations(self.folder).items(), reverse=True)[:2]
            run_files.keep_only(self.folder, dict(newest))
        _say(f"Going on with the run in {self.folder} after step {self.training.step:,}.")
        self._tell_best()

    def _fetch(self, copy: Path) -> None:
        try:
            if fetch(copy, self.folder, _say):
                _say(f"The run was fetched from {copy}.")
        except OSError as error:
            _say(f"{copy} cannot be read ({error.strerror}); what is there is left alone.")

    def keep(self, is_best: bool) -> None:
        """Write a new generation if it is time to."""
        ended = self.training.history.ended_by
        if self.copier:
            self.training.history.copied = self.copier.arrived
        passed = time.monotonic() - self.kept_at
        if ended or passed >= self.run.seconds or (is_best and passed >= _SHARE * self.cost):
            try:
                self._write()
            except OSError as error:
                if ended:
                    raise
                problem = f"{error.filename}: {error.strerror}" if error.strerror else str(error)
                if problem != self.problem:
                    step = f"step {self.training.step:,}"
                    _say(f"The state of {step} could not be kept ({problem}); training goes on.")
                self.problem = problem
                self.kept_at = time.monotonic()

    def _write(self) -> None:
        training, start, tensors = self.training, time.monotonic(), {}
        values = pack(training.values(), tensors, "training")
        number = max(self.first_number, run_files.next_number(self.folder))
        new_best = training.best.loss != self.best_loss
        best = training.best.weights if new_best else self.kept[max(self.kept)]
        generation = run_files.write(
            self.folder, number, tensors, best, run=self.name, step=training.step,
            configuration=self.configuration, values=values,
            versions={"s2s_course": __version__, "torch": torch.__version__},
        )  # fmt: skip
        self.kept = {**dict(sorted(self.kept.items())[-1:]), number: generation}
        run_files.keep_only(self.folder, self.kept)
        self.writer.says_that_it_is_alive()
        if self.copier:
            self.copier.add(number, generation)
        self.problem, self.best_loss = "", training.best.loss
        if new_best:
            self._tell_best()
        self.kept_at = time.monotonic()
        self.cost = self.kept_at - start

    def _tell_best(self) -> None:
        if self.training.history.validation_losses:
            self.run.after_save(self.training.best.weights, self.training.history.best_step)


def _say(sentence: str) -> None:
    """On standard error, above the bar if there is one."""
    tqdm.write(sentence, file=sys.stderr)
