"""A copy of a run in a folder that outlives the machine, such as a mounted Drive.

Such a folder is no disk: writes are slow, may never arrive, and the mount may drop. So the run is kept on the
disk first; a thread of its own copies each whole generation from there and reads it back; and what goes wrong
with that is said, but stops nothing.
"""

import hashlib
import queue
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from s2s_course.atomic import write_atomically
from s2s_course.training import run_files
from s2s_course.training.run_files import Generation, Stored
from s2s_course.training.run_lock import RunError


def fetch(copy: Path, folder: Path, say: Callable[[str], None]) -> bool:
    """Bring the newest whole generation of ``copy`` to ``folder``, if that has none or an older one.

    ``say`` is called with a sentence for what is damaged in one of them, where the other makes up for it.
    Raises ``RunError`` where the two are of different runs, and as ``run_files.read_newest`` does where
    neither has a whole one.
    """
    here, _ = _read_newest(folder)
    there, damaged = _read_newest(copy)
    if isinstance(there, RunError):
        if not isinstance(here, Stored):
            raise there
        say(f"The copy cannot be used: {there}.")
        return False
    if there is None:
        return False
    if isinstance(here, RunError):
        say(f"What is here cannot be used: {here}.")
    elif here is not None:
        if here.generation.run != there.generation.run:
            raise RunError(
                f"{copy} is no copy of the run in {folder}: it is of another one, after step "
                f"{there.generation.step:,}. Move one of them away, or begin afresh (fresh=True)"
            )
        if here.number >= there.number:
            return False
    folder.mkdir(parents=True, exist_ok=True)
    for name in run_files.names_of(there.number, there.generation):
        write_atomically(folder / name, (copy / name).read_bytes())
    for phrase in damaged:
        say(f"The newest state in {copy} is damaged ({phrase}).")
    return True


def _read_newest(folder: Path) -> tuple[Stored | RunError | None, list[str]]:
    """As ``run_files.read_newest``, but what says that none is whole is given, and not raised.

    One of a newer format is no damage, and raises.
    """
    try:
        return run_files.read_newest(folder)
    except RunError as error:
        if isinstance(error.__cause__, run_files.NewerFormat):
            raise
        return error, []


class Copier:
    """Copies the generations of ``folder`` to ``copy``, the newest one whenever it is free.

    Another run that is there is replaced only if ``fresh``. ``say`` is called with a sentence when the first
    copy has arrived, when one fails that has not failed in the same way just before, and when one arrives
    again.
    """

    def __init__(self, folder: Path, copy: Path, say: Callable[[str], None], *, fresh: bool):
        self.folder, self.copy, self.say, self.fresh = folder, copy, say, fresh
        self.arrived, self.problem = "", "none has been made"
        self._waiting: queue.Queue[tuple[int, Generation] | None] = queue.Queue()
        self._thread = threading.Thread(target=self._work, daemon=True)  # a write may hang for ever
        self._thread.start()

    def add(self, number: int, generation: Generation) -> None:
        """A generation was written."""
        self._waiting.put((number, generation))

    def finish(self, *, seconds: float = 120.0) -> None:
        """Wait until the newest generation has been copied, at most so long, and say how it stands."""
        self._waiting.put(None)
        self._thread.join(seconds)
        late = " (the newest is still on its way)" if self._thread.is_alive() else ""
        if self.arrived:
            self.say(f"The last copy in {self.copy} is of {self.arrived}{late}.")
        else:
            self.say(f"There is no copy in {self.copy}: {self.problem}{late}.")

    def _work(self) -> None:
        while (newest := self._waiting.get()) is not None:
            while not self._waiting.empty():
                following = self._waiting.get()
                if following is None:
                    self._waiting.put(None)
                    break
                newest = following
            self._try(*newest)

    def _try(self, number: int, generation: Generation) -> None:
        try:
            self._transfer(number, generation)
        except OSError as error:
            if not (self.folder / run_files.names_of(number, generation)[0]).exists():
                return  # newer ones have taken its place
            problem = error.strerror or str(error)
            if problem != self.problem:
                self.say(f"The copy of step {generation.step:,} did not arrive in {self.copy} ({problem}).")
            self.problem = problem
        else:
            now = datetime.now().strftime("%H:%M")
            if self.problem:
                self.say(f"The state of step {generation.step:,} was copied to {self.copy} at {now}.")
            self.arrived, self.problem = f"step {generation.step:,} at {now}", ""

    def _transfer(self, number: int, generation: Generation) -> None:
        self.copy.mkdir(parents=True, exist_ok=True)
        there = run_files.generations(self.copy)
        own = {n: each for n, each in there.items() if each.run == generation.run}
        if own.keys() != there.keys() and not self.fresh:
            raise OSError("there is another run")
        for name in run_files.names_of(number, generation):  # the manifest is the last one
            content, target = (self.folder / name).read_bytes(), self.copy / name
            if not _holds(target, content):
                write_atomically(target, content)
                if not _holds(target, content):
                    raise OSError(f"what {name} reads back as is not what was written")
        before = {n: own[n] for n in list(own)[:1] if n != number}
        run_files.keep_only(self.copy, {**before, number: generation})


def _holds(path: Path, content: bytes) -> bool:
    try:
        return hashlib.sha256(path.read_bytes()).digest() == hashlib.sha256(content).digest()
    except FileNotFoundError:
        return False
