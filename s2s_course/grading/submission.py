"""What one student handed in: notebooks that nobody has looked into yet, or why there are none."""

import hashlib
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Submission:
    """All of it may be hostile: names hold any Unicode, and the notebooks any bytes.

    ``student`` is the name as the learning-management system or the file has it. ``key`` is unique in the
    class and safe as a file's name: small ASCII letters, digits and hyphens. ``lms_id`` is Canvas' user id,
    Moodle's participant number or Gradescope's submission id. ``late`` is None where the system does not
    say it, and so is ``submitted``. ``problem`` is one sentence where nothing can be graded.
    """

    student: str
    key: str
    lms_id: str | None
    notebooks: tuple[tuple[str, bytes], ...]  # (name, content)
    submitted: datetime | None
    late: bool | None
    problem: str | None

    @property
    def digest(self) -> str:
        """SHA-256 of the notebooks and the problem, which decide the grade: not of who handed them in."""
        digest = hashlib.sha256()
        for part in (self.problem or "", *(part for notebook in self.notebooks for part in notebook)):
            raw = part if isinstance(part, bytes) else part.encode("utf-8", "surrogatepass")
            digest.update(len(raw).to_bytes(8, "big"))
            digest.update(raw)
        return digest.hexdigest()
