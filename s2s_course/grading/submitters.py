"""The list that Gradescope puts beside an export's folders: who submitted, and when.

It is YAML, written by a program in one form: only these lines are read, and no library for YAML is needed.

    submission_123456:
      :submitters:
      - :name: Jane Doe
        :sid: '12345'
      :created_at: 2024-05-21 14:32:28.617441000 Z

What students' programs printed stands further in, so that no line of it is taken for one of these.
"""

import json
import re
from dataclasses import dataclass, field
from datetime import datetime

_SUBMISSION = re.compile(r"submission_(\d{1,20}):\s*")
_NAME = re.compile(r"  - :name: *(.*)")
_TIME = re.compile(r"  :created_at: *(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.\d+)? *(Z|[+-]\d\d:?\d\d)")
_SECTION = re.compile(r"  :(\w+):")


@dataclass
class Submitters:
    """The names of those who handed in one submission together, and when it came."""

    names: list[str] = field(default_factory=list)
    submitted: datetime | None = None


def read_submitters(text: str) -> dict[str, Submitters]:
    """By the submission's id. Lines that have another form are passed over."""
    found: dict[str, Submitters] = {}
    current, section = None, ""
    for line in text.splitlines():
        if match := _SUBMISSION.fullmatch(line):
            current = found.setdefault(match[1], Submitters())
        elif current is None:
            continue
        elif match := _SECTION.match(line):
            section = match[1]
            if match := _TIME.match(line):
                zone = match[3].replace("Z", "+00:00")
                current.submitted = _time(f"{match[1]}T{match[2]}{zone}")
        elif section == "submitters" and (match := _NAME.fullmatch(line)):
            current.names.append(_unquoted(match[1].strip()))
    return found


def _time(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _unquoted(value: str) -> str:
    if len(value) > 1 and value[0] == value[-1] == "'":
        return value[1:-1].replace("''", "'")
    if len(value) > 1 and value[0] == value[-1] == '"':
        try:
            return json.loads(re.sub(r"\\x([0-9a-fA-F]{2})", r"\\u00\1", value).replace("\\e", "\\u001b"))
        except ValueError:
            return value[1:-1]
    return value
