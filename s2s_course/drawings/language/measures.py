"""Types of what is measured and shown: a length or value, a place, a vector, a matrix."""

from collections.abc import Sequence

import numpy as np

Number = int | float
Point = tuple[Number, Number]
Numbers = Sequence[Number] | np.ndarray
Rows = Sequence[Numbers] | np.ndarray
