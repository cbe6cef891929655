import random
import subprocess
import sys
from random import Random

import numpy as np
import pytest
import torch

from s2s_course.seeds import (
    derive,
    python_random,
    random_states,
    restore_random_states,
    seed_everything,
    torch_generator,
)


def test_streams_with_different_labels_differ_and_are_repeatable():
    draws = {
        labels: python_random(3, *labels).random() for labels in [(), ("a",), ("b",), ("a", 1), ("a", 2)]
    }
    assert len(set(draws.values())) == len(draws)
    assert python_random(3, "a").random() == draws[("a",)]
    assert (
        torch.rand(2, generator=torch_generator(3, "a")).tolist()
        == torch.rand(2, generator=torch_generator(3, "a")).tolist()
    )


def test_a_generator_is_seeded_with_the_derived_seed():
    assert python_random(7, "a", 2).random() == Random(derive(7, "a", 2)).random()
    by_hand = torch.Generator().manual_seed(derive(7, "a", 2))
    assert torch.equal(torch.rand(3, generator=torch_generator(7, "a", 2)), torch.rand(3, generator=by_hand))


def test_labels_are_not_joined():
    """What stands in one label is another stream than the same letters in two."""
    paths = [("ab",), ("a", "b"), ("b", "a"), ("", "ab"), ("ab", ""), ("a", "", "b"), (), ("",)]
    assert len({derive(0, *path) for path in paths}) == len(paths)
    assert derive(1, "2") != derive(12) != derive(12, "") and derive(1, 2) == derive(1, "2")


def test_seeds_do_not_depend_on_the_process():
    code = "from s2s_course.seeds import derive; print(derive(7, 'grammar', 3))"
    printed = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert printed == {f"{derive(7, 'grammar', 3)}\n"}


def test_seed_everything_fixes_initial_weights():
    seed_everything(5)
    first = torch.nn.Linear(3, 3).weight
    seed_everything(5)
    assert torch.equal(first, torch.nn.Linear(3, 3).weight)


def test_a_negative_seed_is_refused():
    with pytest.raises(ValueError, match="seed must be 0 or more, got -1"):
        seed_everything(-1)


def test_every_generator_goes_on_where_its_state_was_taken():
    def drawn():
        numbers = (random.random(), random.gauss(), np.random.rand(), np.random.normal())
        return *numbers, torch.rand(()).item(), torch.randn(()).item()

    seed_everything(5)
    np.random.normal()  # it keeps a second number for the next call
    states = random_states()
    expected = drawn()
    drawn()
    restore_random_states(states)
    assert drawn() == expected
