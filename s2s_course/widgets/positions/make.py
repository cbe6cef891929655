"""Train the models whose tables the widget shows: ``python -m s2s_course.widgets.positions.make``.

They are the live Transformer (s2s_course.live.recipes), once with learned positions and once with a relative
bias, on the same corpus, from the same seed, with the same budget. A minute each on one core. What is
written, a few kilobytes, is read by trained_tables.py.
"""

import json
from collections.abc import Sequence
from dataclasses import replace

import torch

from s2s_course.atomic import write_atomically
from s2s_course.data.pairs import SentencePair
from s2s_course.decoding.translate import translate_to_indices
from s2s_course.evaluation.evaluate import score_texts
from s2s_course.live.make import trained
from s2s_course.live.recipes import FIRST_PAIRS, LONGEST, RECIPES, live_corpus
from s2s_course.models.translator import Translator
from s2s_course.widgets.positions.trained_tables import FILE
from s2s_course.widgets.shared.arrays import encode_array

STEPS = 700
WAYS = ("learned", "relative")
TRAINED_ROWS = LONGEST + 1  # positions of the longest sentence with its <eos>: farther ones were never seen


def _bleu(translator: Translator, pairs: Sequence[SentencePair]) -> float:
    outputs = translate_to_indices(translator, [pair.src for pair in pairs], max_length=2 * LONGEST)
    words = [translator.tgt_codec.words(output) for output in outputs]
    score, _ = score_texts(words, [pair.tgt for pair in pairs], translator.tgt_codec.tokenizer.language)
    return round(score.score, 1)


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
            "bleu": _bleu(translator, corpus["test"][:FIRST_PAIRS]),
            "steps": recipe.steps,
            "seed": recipe.seed,
        }
        print(way, tuple(table.shape), tables[way]["bleu"], flush=True)
    return tables


if __name__ == "__main__":
    torch.set_num_threads(1)  # with one the numbers repeat to the last bit
    write_atomically(FILE, (json.dumps(make(), indent=1) + "\n").encode())
