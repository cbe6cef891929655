"""The states of a run on disk: generation after generation, each whole, the last two kept.

A generation is a manifest, ``state-000012.json``, and the tensors that it names by file and SHA-256: those of
the training in ``state-000012.safetensors``, and the best weights in a file that generations share while
they have the same ones. The manifest is written last, so whoever finds one finds all of it. Nothing in a
generation is ever executed.
"""

import hashlib
import json
import re
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import safetensors.torch
from torch import Tensor

from s2s_course.atomic import remove_abandoned, write_atomically
from s2s_course.training.manifest import check_fields, one_line
from s2s_course.training.run_lock import RunError

FORMAT = 1
_NAME = re.compile(r"(state|best)-(\d{6,9})\.(json|safetensors)")
_FIELDS = {
    "run": str, "step": int, "configuration": dict, "values": dict, "versions": dict,
    "state_file": str, "state_sha256": str, "best_file": str, "best_sha256": str,
}  # fmt: skip


@dataclass(frozen=True)
class Generation:
    """What a manifest says. ``run`` names the training that it belongs to, from its start to its end."""

    run: str
    step: int
    configuration: dict[str, Any]
    values: dict[str, Any]  # packed, see packed.py
    versions: dict[str, str]
    state_file: str
    state_sha256: str
    best_file: str
    best_sha256: str

    @classmethod
    def from_json(cls, document: Any) -> "Generation":
        """ValueError, in one sentence, for what is no manifest of this format."""
        check_fields("the manifest", document, {"format": int})
        if document["format"] > FORMAT:
            raise NewerFormat(f"it has format {document['format']}, this course reads {FORMAT}")
        check_fields("", document, _FIELDS)
        for name in ("state_file", "best_file"):
            if not _NAME.fullmatch(document[name]):
                raise ValueError(f"{name} must name a file beside it, got {document[name][:60]!r}")
        return cls(**{field.name: document[field.name] for field in fields(cls)})


class NewerFormat(ValueError):
    """Written by a newer version of the course, and so not damaged."""


@dataclass(frozen=True)
class Stored:
    """A generation that was read: its number, its manifest and its tensors."""

    number: int
    generation: Generation
    state: dict[str, Tensor]
    best: dict[str, Tensor]


def read_newest(folder: Path) -> tuple[Stored | None, list[str]]:
    """The newest generation in ``folder`` that is whole, and one phrase about each newer one that is not.

    None where there is no generation. Raises ``RunError`` where none is whole, or where one was written by a
    newer version of the course.
    """
    while True:
        numbers, damaged = _numbers(folder), []
        for number in numbers:
            try:
                return _read(folder, number), damaged
            except NewerFormat as error:
                raise RunError(f"{_manifest(folder, number)} cannot be read: {error}") from error
            except FileNotFoundError as error:
                damaged.append(f"{Path(error.filename).name} is missing")
            except (OSError, ValueError, RecursionError) as error:
                damaged.append(f"{_manifest(folder, number).name} cannot be read: {one_line(error)}")
        if not numbers:
            return None, []
        if numbers == _numbers(folder):  # else a writer has gone on meanwhile
            raise RunError(f"no state of the run in {folder} is whole: {'; '.join(damaged)}")


def write(
    folder: Path, number: int, state: dict[str, Tensor], best: dict[str, Tensor] | Generation, **manifest: Any
) -> Generation:
    """Write generation ``number``. Where ``best`` is an earlier generation, its best weights are shared.

    Raises OSError, which names the file, as any write does.
    """
    state_file = f"state-{number:06}.safetensors"
    state_sha256 = _write_tensors(folder / state_file, state)
    if isinstance(best, Generation):
        best_file, best_sha256 = best.best_file, best.best_sha256
    else:
        best_file = f"best-{number:06}.safetensors"
        best_sha256 = _write_tensors(folder / best_file, best)
    files = {"state_file": state_file, "state_sha256": state_sha256}
    generation = Generation(**manifest, **files, best_file=best_file, best_sha256=best_sha256)
    document = json.dumps({"format": FORMAT, **asdict(generation)}, ensure_ascii=False, indent=1)
    write_atomically(_manifest(folder, number), document.encode())
    return generation


def keep_only(folder: Path, kept: dict[int, Generation]) -> None:
    """Remove all generations but ``kept``, and what killed writers left."""
    wanted = {name for number, generation in kept.items() for name in names_of(number, generation)}
    remove_abandoned(folder.glob(".*.writing"))
    # manifests first, so that none names what is gone
    for path in sorted(folder.iterdir(), key=lambda path: path.suffix):
        if _NAME.fullmatch(path.name) and path.name not in wanted:
            path.unlink(missing_ok=True)


def names_of(number: int, generation: Generation) -> tuple[str, str, str]:
    """The files of a generation; the manifest, which says that the others are there, is the last."""
    return generation.best_file, generation.state_file, f"state-{number:06}.json"


def generations(folder: Path) -> dict[int, Generation]:
    """What the manifests in ``folder`` say, the newest first; without those that cannot be read."""
    found: dict[int, Generation] = {}
    for number in _numbers(folder):
        with suppress(OSError, ValueError, RecursionError):
            found[number] = _generation(folder, number)
    return found


def next_number(folder: Path) -> int:
    """One more than every number that is taken, by a damaged generation too."""
    taken = [int(match[2]) for path in folder.iterdir() if (match := _NAME.fullmatch(path.name))]
    return 1 + max(taken, default=0)


def _numbers(folder: Path) -> list[int]:
    """The numbers of all manifests, the newest first."""
    if not folder.is_dir():
        return []
    matches = [_NAME.fullmatch(path.name) for path in folder.iterdir()]
    return sorted((int(match[2]) for match in matches if match and match[3] == "json"), reverse=True)


def _manifest(folder: Path, number: int) -> Path:
    return folder / f"state-{number:06}.json"


def _generation(folder: Path, number: int) -> Generation:
    return Generation.from_json(json.loads(_content(_manifest(folder, number)).decode()))


def _read(folder: Path, number: int) -> Stored:
    generation = _generation(folder, number)
    state = _read_tensors(folder / generation.state_file, generation.state_sha256)
    best = _read_tensors(folder / generation.best_file, generation.best_sha256)
    return Stored(number, generation, state, best)


def _write_tensors(path: Path, tensors: dict[str, Tensor]) -> str:
    # clones, since tied weights share memory, which safetensors refuses
    content = safetensors.torch.save({name: value.clone().contiguous() for name, value in tensors.items()})
    write_atomically(path, content)
    return hashlib.sha256(content).hexdigest()


def _content(path: Path) -> bytes:
    """The content of a plain file: a pipe in its place would be waited for."""
    if path.exists() and not path.is_file():
        raise ValueError(f"{path.name} is no plain file")
    return path.read_bytes()


def _read_tensors(path: Path, sha256: str) -> dict[str, Tensor]:
    content = _content(path)
    if hashlib.sha256(content).hexdigest() != sha256:
        raise ValueError(f"{path.name} is damaged: its SHA-256 is not the stored one")
    try:
        return safetensors.torch.load(content)
    except Exception as error:  # safetensors has its own kinds
        raise ValueError(f"{path.name} holds no tensors: {one_line(error)}") from error
