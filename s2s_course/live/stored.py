"""The models that the published page runs: small, trained once by ``make live``, kept in the package.

Beside a file of weights for each model there is ``live.json``: the codecs, which all share, what is known of
each model, and sentences to try.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

import torch

from s2s_course.checks import check_one_of
from s2s_course.data.pairs import SentencePair
from s2s_course.live.moments import MOMENTS_FILE
from s2s_course.live.quantized import from_bytes, shared_names
from s2s_course.models.contract import EncoderDecoder
from s2s_course.models.translator import Translator
from s2s_course.text.codec import TextCodec

FOLDER = Path(__file__).parent / "stored"
CATALOG = "live.json"
_CODECS_SAY = ("src_vocab_size", "tgt_vocab_size")  # choices of a model that follow from its codecs


class StoredModelError(Exception):
    """A stored model cannot be read; the message says which and why."""


def weights_file(name: str, folder: Path = FOLDER) -> Path:
    """Where the weights of the model ``name`` are."""
    return folder / f"{name}.safetensors"


def catalog(folder: Path = FOLDER) -> dict[str, Any]:
    """What ``live.json`` says."""
    path = folder / CATALOG
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise StoredModelError(f"{path} cannot be read: make it again with `make live`") from error


def live_models(folder: Path = FOLDER) -> dict[str, dict[str, Any]]:
    """What is known of each stored model, by its name.

    ``registry`` is its name in ``models/registry.py`` and ``config`` its choices; ``sha256`` and ``bytes``
    are those of its file. ``bleu``, with its ``signature``, and ``exact``, the share of sentences without a
    fault, were measured greedily on the test split with the weights as they are stored; ``bleu_first`` on the
    first ``recipes.FIRST_PAIRS`` of it.
    """
    return catalog(folder)["models"]


def live_examples(folder: Path = FOLDER) -> list[SentencePair]:
    """Sentences of the test split that the page offers, with their translations."""
    return [SentencePair(pair["src"], pair["tgt"]) for pair in catalog(folder)["examples"]]


def live_moments(name: str, folder: Path = FOLDER) -> tuple[list[list[str]], list[dict[str, Any]]]:
    """What was watched while the model ``name`` was trained: source tokens of the sentences, and moments.

    A moment is ``{"step", "outputs"}``: for each sentence the ``tokens`` written and, encoded, the
    ``weights`` over its source. Raises ``ValueError`` for a model that was not watched: it does not attend.
    """
    kept = json.loads((folder / MOMENTS_FILE).read_text(encoding="utf-8"))
    check_one_of(kept["models"], name=name)
    return [sentence["tokens"] for sentence in kept["sentences"]], kept["models"][name]


def load_live(name: str, folder: Path = FOLDER) -> Translator:
    """The stored model ``name``, ready to translate: the numbers that the page computes with, in float32.

    Raises ``ValueError`` for a name that is not stored, and ``StoredModelError`` for a file that is missing
    or damaged.
    """
    document = catalog(folder)
    check_one_of(document["models"], name=name)
    entry, path = document["models"][name], weights_file(name, folder)
    content = _intact(path, entry["sha256"])
    config = {choice: value for choice, value in entry["config"].items() if choice not in _CODECS_SAY}
    codecs = (TextCodec.from_json(document["codecs"][side]) for side in ("src", "tgt"))
    translator = Translator.build(entry["registry"], *codecs, seed=0, **config)
    load_small(translator.model, content)
    return translator


@torch.no_grad()
def load_small(model: EncoderDecoder, content: bytes) -> None:
    """Give ``model`` the weights in ``content``, a file of ``quantized.to_bytes``; no dropout from now on."""
    state = from_bytes(content)
    for name, first in shared_names(model.state_dict()).items():
        state[name] = state[first]
    model.load_state_dict(state)
    model.eval()


def _intact(path: Path, sha256: str) -> bytes:
    """The content of ``path``, whose hash must be ``sha256``."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise StoredModelError(f"{path} cannot be read: {error.strerror}") from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise StoredModelError(f"{path} is damaged: its SHA-256 is not the one in {CATALOG}")
    return content
