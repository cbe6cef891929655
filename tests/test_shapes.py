"""The tests enforce annotated shapes and types, however pytest is called: one place, tests/conftest.py."""

import importlib
from pathlib import Path

import pytest
import torch
from jaxtyping import TypeCheckError

from s2s_course import masks

PACKAGE = Path(masks.__file__).parent
UNITS = sorted(path.stem for path in PACKAGE.iterdir() if "__" not in path.stem)


@pytest.mark.parametrize("part", [*(unit for unit in UNITS if unit != "data"), "data.batch", "data.source"])
def test_every_part_is_checked_but_experiments_and_answers(part):
    loader = type(importlib.import_module(f"s2s_course.{part}").__loader__)
    assert loader.__module__.startswith("jaxtyping") == (part not in ("claims", "exercises"))


def test_a_wrong_shape_or_type_is_refused():
    for wrong in (torch.ones(3, dtype=torch.long), torch.ones(3, 2)):
        with pytest.raises(TypeCheckError):
            masks.padding_mask(wrong, 0)
    with pytest.raises(TypeCheckError):
        masks.causal_mask("3")
