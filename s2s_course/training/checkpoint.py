"""Checkpoints: a trained translator in a folder, as ``safetensors`` weights and one JSON file.

Writing is atomic. The weights go into a file with a new name; then ``checkpoint.json``, which names that
file, replaces the old one in a single step. Whoever reads finds the old checkpoint or the new one, never half
of either; of several that write at once, one leaves its own. Nothing in a checkpoint is ever executed.
"""

import hashlib
import json
import secrets
from pathlib import Path

import safetensors.torch
from torch import Tensor

from s2s_course.atomic import remove_abandoned, write_atomically, written_and_held
from s2s_course.models.registry import config_to_json
from s2s_course.models.translator import Translator
from s2s_course.training.manifest import Manifest, one_line

MANIFEST = "checkpoint.json"
_CODECS_SAY = ("src_vocab_size", "tgt_vocab_size")  # choices of a model that follow from its codecs


class CheckpointError(Exception):
    """A checkpoint cannot be read; the message says which and why."""


def save_checkpoint(
    translator: Translator,
    folder: Path | str,
    *,
    weights: dict[str, Tensor] | None = None,
    notes: dict | None = None,
) -> Path:
    """Write ``translator`` into ``folder``, over an older checkpoint if there is one.

    Its weights are those that its model has now, unless other ``weights`` are given; ``notes`` are JSON
    values to keep beside it, such as the data it was trained on. What writers that were killed left in
    ``folder`` is removed.

    Raises OSError, which names the file, as any write does. Then the older checkpoint is still whole.
    """
    folder = Path(folder)
    # clones, since tied weights share memory, which safetensors refuses
    state = translator.model.state_dict() if weights is None else weights
    content = safetensors.torch.save({name: value.clone().contiguous() for name, value in state.items()})
    manifest = Manifest(
        translator.name,
        config_to_json(translator.model.config),
        f"weights-{secrets.token_hex(8)}.safetensors",
        hashlib.sha256(content).hexdigest(),
        translator.src_codec,
        translator.tgt_codec,
        notes or {},
    )
    text = json.dumps(manifest.to_json(), ensure_ascii=False, indent=1).encode()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        # held, or another writer would take the weights for abandoned before the manifest names them
        with written_and_held(folder / manifest.weights, content):
            write_atomically(folder / MANIFEST, text)
    finally:
        remove_abandoned(folder.glob(".weights-*.writing"))
        remove_abandoned(folder.glob("weights-*.safetensors"), spare=_is_named)
    return folder


def load_checkpoint(folder: Path | str, *, device: str = "cpu") -> tuple[Translator, dict]:
    """The translator in ``folder``, ready to translate, and the notes kept beside it.

    Raises ``CheckpointError`` when a file is missing, damaged, or of another version of the course.
    """
    folder = Path(folder)
    path, manifest = folder / MANIFEST, _read_manifest(folder)
    while (weights := _read(folder / manifest.weights)) is None:
        # A writer replaces the manifest before it removes older weights: so there is a newer one by now.
        older, manifest = manifest, _read_manifest(folder)
        if manifest.weights == older.weights:
            raise CheckpointError(f"the checkpoint in {folder} is incomplete: {manifest.weights} is missing")
    if hashlib.sha256(weights).hexdigest() != manifest.sha256:
        raise CheckpointError(f"{folder / manifest.weights} is damaged: its SHA-256 is not the stored one")
    try:
        translator = _translator(manifest, safetensors.torch.load(weights))
    except Exception as error:  # sizes that no model can have, no memory, no safetensors file
        raise CheckpointError(f"{path} cannot be read: {one_line(error)}") from error
    translator.model.to(device).eval()
    return translator, manifest.notes


def _translator(manifest: Manifest, tensors: dict[str, Tensor]) -> Translator:
    """The translator with these weights; ValueError where they are not those of such a model."""
    config = {name: value for name, value in manifest.config.items() if name not in _CODECS_SAY}
    # A size beyond the weights is a fault of the manifest; it would take all memory, or for ever, to try it.
    most = max(10_000, sum(tensor.numel() for tensor in tensors.values()))
    for name, value in config.items():
        if isinstance(value, int) and value > most:
            raise ValueError(f"config.{name} must be at most {most}, more than all weights, got {value}")
    translator = Translator.build(manifest.model, manifest.src_codec, manifest.tgt_codec, seed=0, **config)
    expected = {name: value.shape for name, value in translator.model.state_dict().items()}
    there = {name: value.shape for name, value in tensors.items()}
    for name in expected | there:
        if expected.get(name) != there.get(name):
            told = [tuple(shapes[name]) if name in shapes else "none" for shapes in (expected, there)]
            raise ValueError(f"weights {name} must have the shape {told[0]} that config says, got {told[1]}")
    translator.model.load_state_dict(tensors)
    return translator


def _read_manifest(folder: Path) -> Manifest:
    """``CheckpointError`` for a manifest that is not there or cannot be understood."""
    path = folder / MANIFEST
    content = _read(path)
    if content is None:
        raise CheckpointError(f"no checkpoint in {folder}: {MANIFEST} is missing there")
    try:
        return Manifest.from_json(json.loads(content.decode()))
    except (ValueError, RecursionError) as error:  # brackets nested too deeply
        raise CheckpointError(f"{path} cannot be read: {one_line(error)}") from error


def _read(path: Path) -> bytes | None:
    """The content, or None where there is no such file; ``CheckpointError`` where it cannot be read."""
    try:
        if path.exists() and not (path.is_file() or path.is_dir()):  # a pipe would be waited for
            raise CheckpointError(f"{path} cannot be read: it is no plain file")
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise CheckpointError(f"{path} cannot be read: {error.strerror}") from error


def _is_named(weights: Path) -> bool:
    """Whether the manifest beside ``weights`` names them, or cannot be read, so that nobody knows."""
    try:
        content = _read(weights.with_name(MANIFEST))
        return content is not None and json.loads(content.decode())["weights"] == weights.name
    except (CheckpointError, ValueError, LookupError, TypeError, RecursionError):
        return True
