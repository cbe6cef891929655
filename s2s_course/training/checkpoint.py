"""Checkpoints: a trained translator in a folder, as ``safetensors`` weights and one JSON file.

Writing is atomic. The weights go into a file named by their hash; then ``checkpoint.json``, which names
that file, replaces the old one in a single step. Whoever reads finds the old checkpoint or the new one,
never half of either. Nothing in a checkpoint is ever executed.
"""

import hashlib
import json
from pathlib import Path

import safetensors
import safetensors.torch

from s2s_course.atomic import write_atomically
from s2s_course.models.registry import config_to_json
from s2s_course.models.translator import Translator
from s2s_course.text.codec import TextCodec

_MANIFEST = "checkpoint.json"
_FORMAT = 1


class CheckpointError(Exception):
    """A checkpoint cannot be read; the message says which and why."""


def save_checkpoint(translator: Translator, folder: Path | str, *, notes: dict | None = None) -> Path:
    """Write ``translator`` into ``folder``, over an older checkpoint if there is one.

    ``notes`` are JSON values to keep beside it, such as the data it was trained on.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    # clones, since tied weights share memory, which safetensors refuses
    tensors = {name: value.clone().contiguous() for name, value in translator.model.state_dict().items()}
    weights = safetensors.torch.save(tensors)
    digest = hashlib.sha256(weights).hexdigest()
    weights_name = f"weights-{digest[:16]}.safetensors"
    manifest = {
        "format": _FORMAT,
        "model": translator.name,
        "config": config_to_json(translator.model.config),
        "weights": weights_name,
        "sha256": digest,
        "src": translator.src_codec.to_json(),
        "tgt": translator.tgt_codec.to_json(),
        "notes": notes or {},
    }
    write_atomically(folder / weights_name, weights)
    write_atomically(folder / _MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1).encode())
    for old in folder.glob("weights-*.safetensors"):
        if old.name != weights_name:
            old.unlink()
    return folder


def load_checkpoint(folder: Path | str, *, device: str = "cpu") -> tuple[Translator, dict]:
    """The translator in ``folder``, ready to translate, and the notes kept beside it.

    Raises ``CheckpointError`` when a file is missing, damaged, or of another version of the course.
    """
    folder = Path(folder)
    manifest_path = folder / _MANIFEST
    if not manifest_path.is_file():
        raise CheckpointError(f"no checkpoint in {folder}: {_MANIFEST} is missing there")
    try:
        manifest = json.loads(manifest_path.read_text(encoding="utf-8"))
        if manifest["format"] != _FORMAT:
            raise CheckpointError(
                f"{manifest_path} has format {manifest['format']}, this course reads {_FORMAT}"
            )
        weights = (folder / manifest["weights"]).read_bytes()
        if hashlib.sha256(weights).hexdigest() != manifest["sha256"]:
            raise CheckpointError(
                f"{folder / manifest['weights']} is damaged: its SHA-256 is not the stored one"
            )
        config = {
            k: v for k, v in manifest["config"].items() if k not in ("src_vocab_size", "tgt_vocab_size")
        }
        src_codec, tgt_codec = (TextCodec.from_json(manifest[side]) for side in ("src", "tgt"))
        translator = Translator.build(manifest["model"], src_codec, tgt_codec, seed=0, **config)
        translator.model.load_state_dict(safetensors.torch.load(weights))
    except FileNotFoundError as error:
        raise CheckpointError(
            f"the checkpoint in {folder} is incomplete: {error.filename} is missing"
        ) from None
    except (ValueError, KeyError, TypeError, RuntimeError, safetensors.SafetensorError) as error:
        reason = str(error).splitlines()[0]
        raise CheckpointError(f"{manifest_path} cannot be read: {type(error).__name__}: {reason}") from error
    translator.model.to(device).eval()
    return translator, manifest["notes"]
