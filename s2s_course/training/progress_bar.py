"""The bar that shows how far training is."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tqdm.auto import tqdm

from s2s_course.training.history import Progress


@contextmanager
def moving_bar(steps: int | None, *, shown: bool) -> Iterator[Callable[[Progress], None]]:
    """A callback that moves a bar of ``steps`` steps, which is taken away at the end of the block."""
    hidden = not shown or "TQDM_DISABLE" in os.environ  # tqdm's own switch, which its notebook bar ignores
    with tqdm(total=steps, desc="training", unit="step", leave=False, disable=hidden) as bar:

        def show(progress: Progress) -> None:
            bar.update()
            if progress.history.losses:
                bar.set_postfix_str(f"loss {progress.history.losses[-1]:.3f}", refresh=False)

        yield show
