"""GradientFlow: how much each past step still moves the loss, for several cells that read one sequence."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np
import traitlets

from s2s_course.widgets.gradient_flow import gradient_flow_figure
from s2s_course.widgets.shared.arrays import encode_array
from s2s_course.widgets.shared.base import front_end
from s2s_course.widgets.shared.figure import StaticFigure
from s2s_course.widgets.shared.live import LiveWidget
from s2s_course.widgets.shared.view import Whole

MOST_CELLS = 6  # the front end has a color and a dash pattern for each
FLOOR = -12  # log10 of the smallest relative size that is shown as a number

# Codes instead of a log10; real ones are far above. gradient_flow.js knows them too.
_BELOW, _NOTHING = -1000.0, -2000.0


class GradientFlow(LiveWidget):
    """The size of the gradient against the lag, a line for each cell, and the tokens shaded by it.

    The loss is that of one time step, ``step``. ``lag`` counts steps back from there: lag 0 is the input of
    the same step, and the largest lag is ``step``, the first token. Sizes are compared with the cell's own
    size at lag 0, on a logarithmic scale. Below ``10**-12`` of it the widget says so and shows no number;
    what is exactly 0 is shown as nothing. Both traits can be set from Python and linked to another widget
    with ``ipywidgets.jslink((a, "lag"), (b, "lag"))``; an earlier ``step`` takes a ``lag`` that has become
    too large along. The data does not change once the widget is made. What is read counts steps from 1.
    """

    chapters: ClassVar[tuple[int, ...]] = (2, 3)
    _esm = front_end(__file__, "own_gradient_flow.js", "gradient_flow.js")
    _css = front_end(__file__, "gradient_flow.css")

    title = traitlets.Unicode().tag(sync=True)
    tokens = traitlets.List(traitlets.Unicode()).tag(sync=True)
    cells = traitlets.List(traitlets.Dict()).tag(sync=True)
    step = Whole(last=lambda widget: len(widget.tokens) - 1)
    lag = Whole(last=lambda widget, step: step, after=step)

    @classmethod
    def from_norms(
        cls,
        norms: Mapping[str, np.ndarray],
        *,
        tokens: Sequence[str],
        title: str = "",
        step: int | None = None,
        lag: int = 0,
    ) -> "GradientFlow":
        """For each cell, by name, a matrix ``(S, S)``: the size of the gradient of the loss at step ``t``
        (the row) with respect to the input at step ``s`` (the column). ``step`` is the last one by default.

        Stored is the log10 as float16, so a relative size that is shown is off by less than 1 % (2 % above
        ``10**16``), and a size itself by less than 2 %.

        Raises ValueError for no or more than six cells, matrices that are not square or differ in size,
        values that are negative or not finite, a gradient at a future input, a size of 0 at lag 0 where an
        earlier input has a gradient, and tokens of another number.
        """
        if not 1 <= len(norms) <= MOST_CELLS:
            raise ValueError(f"norms must hold 1 to {MOST_CELLS} cells, got {len(norms)}")
        matrices = {name: np.asarray(matrix, dtype=np.float64) for name, matrix in norms.items()}
        for name, matrix in matrices.items():
            _check_matrix(name, matrix)
        sizes = {len(matrix) for matrix in matrices.values()}
        if len(sizes) > 1:
            raise ValueError(f"norms must have the same size for every cell, got {sorted(sizes)} steps")
        (steps,) = sizes
        if len(tokens) != steps:
            raise ValueError(f"tokens must be one for each of the {steps} steps of norms, got {len(tokens)}")
        return cls(
            title=title,
            tokens=list(tokens),
            cells=[_encode_cell(name, matrix) for name, matrix in matrices.items()],
            step=steps - 1 if step is None else step,
            lag=lag,
        )

    def figure(self) -> StaticFigure:
        return gradient_flow_figure.figure(self, floor=FLOOR, below=_BELOW, nothing=_NOTHING)

    def describe(self) -> str:
        return (
            f"title={self.title!r}, gradients of {', '.join(cell['name'] for cell in self.cells)} "
            f"over {len(self.tokens)} tokens: {' '.join(self.tokens)!r}"
        )


def _check_matrix(name: str, matrix: np.ndarray) -> None:
    what = f"norms[{name!r}]"
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or matrix.size == 0:
        raise ValueError(
            f"{what} must be a square matrix, steps of the loss by steps of the input, got {matrix.shape}"
        )
    if not np.isfinite(matrix).all():
        raise ValueError(
            f"{what} must be finite, got {np.sum(~np.isfinite(matrix))} values of NaN or infinity"
        )
    if matrix.min() < 0:
        raise ValueError(f"{what} must be sizes of at least 0, got {matrix.min():g}")
    for t, s in np.argwhere(np.triu(matrix, 1)):
        raise ValueError(
            f"{what} must be 0 for inputs after the loss, got {matrix[t, s]:g} for the loss at step {t} "
            f"and the input at step {s}"
        )
    for t in np.flatnonzero((np.diag(matrix) == 0) & matrix.any(axis=1)):
        raise ValueError(
            f"{what} must be above 0 at lag 0 where an earlier input has a gradient, got 0 at step {t}"
        )


def _encode_cell(name: str, matrix: np.ndarray) -> dict:
    """The lower triangle, row by row, relative to the diagonal, and the diagonal itself, as log10."""
    with np.errstate(divide="ignore", invalid="ignore"):
        sizes = np.log10(matrix)
        relative = sizes - np.diag(sizes)[:, None]
    relative[relative < FLOOR] = _BELOW
    relative[matrix == 0] = _NOTHING
    lag_zero = np.where(np.diag(matrix) > 0, np.diag(sizes), _NOTHING)
    return {
        "name": name,
        "relative": encode_array(relative[np.tril_indices(len(matrix))], "float16"),
        "lag_zero": encode_array(lag_zero, "float16"),
    }
