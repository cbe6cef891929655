"""Train the models whose tables the widget shows: ``python -m s2s_course.widgets.positions.make``.

They are the live Transformer (s2s_course.live.recipes), once with learned positions and once with a relative
bias, on the same corpus, from the same seed, with the same budget. Some minutes each on one core. What is
written, a few kilobytes, is read by trained_tables.py.
"""

import json
from dataclasses import replace

import torch

from s2s_course.atomic import write_atomically
from s2s_course.live.make import measured, trained
from s2s_course.live.recipes import LONGEST, RECIPES, live_corpus
from s2s_course.widgets.positions.trained_tables import FILE
from s2s_course.widgets.shared.arrays import encode_array

STEPS = 2_000
WAYS = ("learned", "relative")
TRAINED_ROWS = LONGEST + 1  # positions of the longest sentence with its <eos>: farther ones were never seen


def make() -> dict:
    """The document of tables, with what is needed to say what they are of."""
    corpus, tables = live_corpus(), {}
    for way in WAYS:
        recipe = RECIPES["transformer"]
        recipe = replace(recipe, choices=recipe.choices | {"positions": way}, steps=STEPS)
        translator, _ = trained(recipe, corpus)
        table = translator.model.src_embedding.positions.table.weight.detach()
        table = table[:TRAINED_ROWS] if way == "learned" else table
        tables[way] = {
            "table": encode_array(table.numpy(), "float16"),
            "bleu": measured(translator, corpus)["bleu"],
            "steps": recipe.steps,
            "seed": recipe.seed,
        }
        print(way, tuple(table.shape), tables[way]["bleu"], flush=True)
    return tables


if __name__ == "__main__":
    torch.set_num_threads(1)  # with one the numbers repeat to the last bit
    write_atomically(FILE, (json.dumps(make(), indent=1) + "\n").encode())
