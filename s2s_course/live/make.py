"""Make the models that the published page runs: ``make live`` does, in some minutes each on one core.

``python -m s2s_course.live.make [NAME…]`` trains those of ``recipes.py`` that are named, or all, and writes
their weights, live.json and moments.json into ``stored/``; ``--steps`` tries another budget than theirs.
"""

import argparse
import hashlib
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from s2s_course.atomic import write_atomically
from s2s_course.checks import check_one_of
from s2s_course.data.batch import BucketedBatches, encode_pairs
from s2s_course.data.pairs import ParallelCorpus
from s2s_course.decoding.translate import translate_to_indices
from s2s_course.evaluation.evaluate import score_texts
from s2s_course.live.moments import MOMENTS_FILE, SENTENCES, Moments, moments_of
from s2s_course.live.quantized import to_bytes
from s2s_course.live.recipes import (
    EXAMPLES,
    FIRST_PAIRS,
    LARGEST_FILE,
    MAX_TOKENS,
    RECIPES,
    WARM_UP,
    Recipe,
    live_corpus,
)  # fmt: skip
from s2s_course.live.stored import CATALOG, FOLDER, load_small, weights_file
from s2s_course.models.registry import config_to_json
from s2s_course.models.translator import Translator
from s2s_course.training.fast_loss import FastTranslationLoss
from s2s_course.training.loop import fit
from s2s_course.training.schedule import WarmUpAndDecay


def make(name: str, recipe: Recipe, corpus: ParallelCorpus, folder: Path = FOLDER) -> dict[str, Any]:
    """Train the model ``name``, store it in ``folder``, and give what live.json then says of it.

    Raises ``ValueError`` for weights that take more than ``LARGEST_FILE`` bytes.
    """
    translator, moments = trained(recipe, corpus)
    content = to_bytes(translator.model.state_dict())
    if len(content) > LARGEST_FILE:
        raise ValueError(f"the weights of {name} must take at most {LARGEST_FILE} bytes, got {len(content)}")
    load_small(translator.model, content)  # from here on with the weights as the page has them
    entry = {
        "registry": recipe.registry,
        "config": config_to_json(translator.model.config),
        "sha256": hashlib.sha256(content).hexdigest(),
        "bytes": len(content),
        "parameters": translator.num_parameters,
        "seed": recipe.seed,
        "steps": recipe.steps,
        "rate": recipe.rate,
        **measured(translator, corpus),
    }
    folder.mkdir(parents=True, exist_ok=True)
    write_atomically(weights_file(name, folder), content)
    store_entry(name, entry, translator, corpus, folder)
    if moments is not None:
        moments.record(recipe.steps)
        store_moments(name, moments, folder)
    return entry


def trained(recipe: Recipe, corpus: ParallelCorpus) -> tuple[Translator, Moments | None]:
    """The model after its budget, and its moments so far if it shows where it looks.

    Raises ``KeyboardInterrupt`` where the training was interrupted: it is not whole.
    """
    translator = Translator.build(recipe.registry, *corpus.codecs(), seed=recipe.seed, **recipe.choices)
    encoded = encode_pairs(corpus["train"], translator.src_codec, translator.tgt_codec)
    attends = translator.model.attends
    moments = Moments(translator, SENTENCES, moments_of(recipe.steps)) if attends else None
    history = fit(
        translator.model,
        BucketedBatches(encoded, max_tokens=MAX_TOKENS, seed=recipe.seed),
        steps=recipe.steps,
        learning_rate=recipe.rate,
        schedule=WarmUpAndDecay(int(WARM_UP * recipe.steps), steps=recipe.steps),
        seed=recipe.seed,
        loss_of=FastTranslationLoss(),
        callbacks=[moments] if moments else [],
        progress_bar=sys.stderr.isatty(),
    )
    if history.ended_by != "steps":
        raise KeyboardInterrupt
    return translator, moments


def measured(translator: Translator, corpus: ParallelCorpus) -> dict[str, Any]:
    """BLEU on the test split and on its first pairs, and the share of sentences without a fault; greedily."""
    pairs = corpus["test"]
    outputs = translate_to_indices(translator, [pair.src for pair in pairs])
    written = [translator.tgt_codec.words(output) for output in outputs]
    targets, language = [pair.tgt for pair in pairs], translator.tgt_codec.tokenizer.language
    score, exact = score_texts(written, targets, language)
    first, _ = score_texts(written[:FIRST_PAIRS], targets[:FIRST_PAIRS], language)
    return {
        "bleu": round(score.score, 2),
        "bleu_first": round(first.score, 2),
        "signature": score.signature,
        "exact": round(exact, 3),
    }


def store_entry(
    name: str, entry: dict[str, Any], translator: Translator, corpus: ParallelCorpus, folder: Path
) -> None:
    """Put ``entry`` into live.json. Models of other codecs than ``translator`` has are no longer in it."""
    codecs = {"src": translator.src_codec.to_json(), "tgt": translator.tgt_codec.to_json()}
    older = _read(folder / CATALOG)
    models = older["models"] if older.get("codecs") == codecs else {}
    models[name] = entry
    document = {
        "models": {known: models[known] for known in RECIPES if known in models},
        "examples": [{"src": pair.src, "tgt": pair.tgt} for pair in corpus["test"][:EXAMPLES]],
        "codecs": codecs,
    }
    text = json.dumps(document, ensure_ascii=False, indent=1) + "\n"
    write_atomically(folder / CATALOG, text.encode())


def store_moments(name: str, moments: Moments, folder: Path) -> None:
    """Put the moments of one model into moments.json."""
    models = _read(folder / MOMENTS_FILE).get("models", {})
    models[name] = moments.kept
    codec = moments.translator.src_codec
    sentences = [
        {"src": text, "tokens": codec.tokens([*codec.encode(text), codec.vocab.eos_index])}
        for text in moments.sentences
    ]
    document = {
        "sentences": sentences,
        "models": {known: models[known] for known in RECIPES if known in models},
    }
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n"
    write_atomically(folder / MOMENTS_FILE, text.encode())


def _read(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m s2s_course.live.make", description=__doc__.split("\n")[0]
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"any of {', '.join(RECIPES)}; all if none")
    parser.add_argument("--steps", type=int, help="another budget than the recipe's, to try one")
    chosen = parser.parse_args(arguments)
    try:
        for name in chosen.names:
            check_one_of(RECIPES, NAME=name)
    except ValueError as error:
        parser.error(str(error))
    torch.set_num_threads(1)  # as in the chapters
    for name in chosen.names or RECIPES:
        recipe = RECIPES[name] if chosen.steps is None else replace(RECIPES[name], steps=chosen.steps)
        entry = make(name, recipe, live_corpus())
        print(f"{name}: BLEU {entry['bleu']}, {entry['bytes']} bytes", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
