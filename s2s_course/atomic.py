"""Files that are replaced in one step."""

import os
from pathlib import Path


def write_atomically(path: Path, content: bytes) -> None:
    """Write ``content`` to ``path``, over an older file if there is one.

    Whoever reads ``path`` meanwhile finds the old file or the new one. A write that fails leaves the old file
    as it was; nothing half-written remains.

    Raises OSError as any write does: FileNotFoundError for a missing folder.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.writing")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())  # or a power cut could leave the new name with no content
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
