"""The tests enforce annotated shapes and types, however pytest is called: one place, tests/conftest.py."""

import importlib
from pathlib import Path

import pytest
import torch
from jaxtyping import TypeCheckError

from s2s_course import masks

PACKAGE = Path(masks.__file__).parent
UNITS = sorted(path.stem for path in PACKAGE.iterdir() if "__" not in path.stem)
GRAMMAR = "data.grammar.noun_phrases"  # no arrays: only types


@pytest.mark.parametrize("part", [*(unit for unit in UNITS if unit != "data"), "data.batch", "data.source", GRAMMAR])
def test_every_part_is_checked_but_experiments_and_answers(part):
    by = type(importlib.import_module(f"s2s_course.{part}").__loader__).__module__.split(".")[0]
    if part in ("claims", "exercises"):
        assert by not in ("jaxtyping", "beartype")
    else:
        assert by.strip("_") == ("beartype" if part == GRAMMAR else "jaxtyping")


def test_a_wrong_shape_or_type_is_refused():
    for wrong in (torch.ones(3, dtype=torch.long), torch.ones(3, 2)):
        with pytest.raises(TypeCheckError):
            masks.padding_mask(wrong, 0)
    with pytest.raises(TypeCheckError):
        masks.causal_mask("3")
