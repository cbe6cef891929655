"""Run claims and keep what came out: one small JSON file per claim, never typed in by hand."""

import ast
import hashlib
import importlib
import json
import platform
import time
from collections import defaultdict
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import numpy
import torch

from s2s_course.atomic import write_atomically
from s2s_course.claims.claim import SEEDS, Claim, Measured, Scale
from s2s_course.claims.registry import find_claim

RESULTS = Path(__file__).parent / "results"


def run_claim(claim: Claim, scale: Scale) -> Measured:
    """Run the experiment once for every seed of ``scale`` and judge the numbers.

    One seed has no spread, so at scale ``smoke`` the verdict is always ``inconclusive``.
    """
    start = time.monotonic()
    values = defaultdict(list)
    for seed in SEEDS[scale]:
        for name, value in claim.experiment(scale, seed).items():
            values[name].append(round(value, 4))
    return Measured(
        claim_id=claim.id,
        scale=scale,
        seeds=SEEDS[scale],
        values=dict(values),
        verdict=claim.holds(values) if len(SEEDS[scale]) > 1 else "inconclusive",
        code=code_hash(claim),
        versions={
            "python": platform.python_version(),
            "torch": torch.__version__,
            "numpy": numpy.__version__,
        },
        date=datetime.now(UTC).date().isoformat(),
        seconds=round(time.monotonic() - start, 1),
    )


def store(measured: Measured) -> Path:
    """Keep a ``quick`` result as the one that the book shows."""
    if measured.scale != "quick":
        raise ValueError(f"measured must be of scale 'quick' to be stored, got {measured.scale!r}")
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{measured.claim_id}.json"
    write_atomically(path, (json.dumps(asdict(measured), indent=1) + "\n").encode())
    return path


def stored(claim_id: str) -> Measured | None:
    """The result that the book shows, or ``None`` when the claim has not been measured yet."""
    path = RESULTS / f"{find_claim(claim_id).id}.json"
    if not path.is_file():
        return None
    content = json.loads(path.read_text(encoding="utf-8"))
    return Measured(**{**content, "seeds": tuple(content["seeds"])})


def code_hash(claim: Claim) -> str:
    """A hash of the experiment's file and of the modules and packages that the claim ``measures``.

    Docstrings, blank lines, lines of comment and the wording of the claim itself do not count; the tables
    of a package do.
    """
    digest = hashlib.sha256()
    for name in (claim.experiment.__module__, *claim.measures):
        path = Path(importlib.import_module(name).__file__)
        files = path.parent.iterdir() if path.name == "__init__.py" else [path]
        for file in sorted(file for file in files if file.suffix in (".py", ".tsv")):
            text = file.read_text(encoding="utf-8")
            digest.update((_code_lines(text) if file.suffix == ".py" else text).encode())
    return digest.hexdigest()[:16]


def _code_lines(source: str) -> str:
    tree, documentation = ast.parse(source), set()
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "CLAIM":
            documentation.update(range(node.lineno, node.end_lineno + 1))
    for node in ast.walk(tree):
        documented = isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        if documented and ast.get_docstring(node):
            documentation.update(range(node.body[0].lineno, node.body[0].end_lineno + 1))
    lines = (line.rstrip() for n, line in enumerate(source.splitlines(), 1) if n not in documentation)
    return "\n".join(line for line in lines if line and not line.lstrip().startswith("#"))
