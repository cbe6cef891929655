"""What a page or a notebook may ask for by name, when a reader first wants it: the engine, and the models' weights.

A page gets each as a script of its own, since one that is opened as a file may not fetch; a notebook as a
message from the kernel.
"""

import base64
import json
from functools import cache
from typing import Any

from s2s_course.checks import check_one_of
from s2s_course.live.bundle import bundle
from s2s_course.live.stored import catalog, weights_file

ENGINE, COURSE = "engine", "course"
PARTS = {"trace": "trace.js"}  # of the engine: what not every page needs, by name, with its entry


@cache
def asset_names() -> tuple[str, ...]:
    """The engine, its parts, what all stored models share (codecs, scores, examples), and each model."""
    return (ENGINE, *PARTS, COURSE, *catalog()["models"])


@cache
def asset(name: str) -> dict[str, Any]:
    """What ``name`` stands for, as JSON can say it. Raises ``ValueError`` for another name."""
    check_one_of(asset_names(), name=name)
    if name == ENGINE:
        return {"code": bundle()}
    if name in PARTS:
        return {"code": bundle(PARTS[name])}
    if name == COURSE:
        return catalog()
    return {"weights": base64.b64encode(weights_file(name).read_bytes()).decode("ascii")}


def script(name: str) -> str:
    """A script that puts the asset ``name`` where ``widgets/shared/live.js`` looks for it."""
    content = json.dumps(asset(name), ensure_ascii=False, separators=(",", ":"))
    return f"((window.s2sLive ??= {{}}).assets ??= {{}})[{json.dumps(name)}] = {content};\n"
