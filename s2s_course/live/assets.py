"""What a page or a notebook may ask for by name, when a reader first wants it: the engine, and weights.

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

ENGINE, TRAINING, COURSE = "engine", "training", "course"
PARTS = {  # of the engine: what not every page needs, by name, with its entry
    "trace": "trace.js",
    "breaking": "breaking.js",
    "own_model": "own_model.js",
}


@cache
def asset_names() -> tuple[str, ...]:
    """The engine, its parts, what trains, what all stored models share, and each model."""
    return (ENGINE, *PARTS, TRAINING, COURSE, *catalog()["models"])


@cache
def asset(name: str) -> dict[str, Any]:
    """What ``name`` stands for, as JSON can say it. Raises ``ValueError`` for another name."""
    check_one_of(asset_names(), name=name)
    if name == ENGINE:
        return {"code": bundle()}
    if name == TRAINING:  # for a worker, which has nothing else
        return {"code": bundle("training_engine.js", alone=True)}
    if name in PARTS:
        return {"code": bundle(PARTS[name])}
    if name == COURSE:
        return catalog()
    return {"weights": base64.b64encode(weights_file(name).read_bytes()).decode("ascii")}


def script(name: str) -> str:
    """A script that puts the asset ``name`` where ``widgets/shared/live.js`` looks for it."""
    content = json.dumps(asset(name), ensure_ascii=False, separators=(",", ":"))
    return f"((window.s2sLive ??= {{}}).assets ??= {{}})[{json.dumps(name)}] = {content};\n"
