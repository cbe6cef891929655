"""Run claims and keep what came out: one small JSON file per claim, never typed in by hand."""

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
from s2s_course.claims.claim import SEEDS, Carried, Claim, Measured, Scale
from s2s_course.claims.dependencies import reached_from, roots_of
from s2s_course.claims.registry import find_claim
from s2s_course.claims.trees import commit_of

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
        measured_at=commit_of(),
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
    carried = tuple(Carried(**record) for record in content["carried"])
    return Measured(**{**content, "seeds": tuple(content["seeds"]), "carried": carried})


def code_hash(claim: Claim) -> str:
    """A hash of all code and data of the package that the claim depends on; see ``claims.dependencies``."""
    return reached_from(roots_of(claim)).hash()
