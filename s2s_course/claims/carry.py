"""Carry stored results over to newer code, where both versions give the same bits at scale ``smoke``.

Where the bits differ, or another scale is set otherwise than before, a claim is to be measured again. So are
claims on time, whose values are never the same twice.
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from s2s_course.claims import ledger, smoke_values
from s2s_course.claims.claim import SEEDS, Carried, Claim, Measured
from s2s_course.claims.dependencies import PACKAGE, reached_from
from s2s_course.claims.trees import TreeError, tree


@dataclass(frozen=True)
class Outcome:
    """What became of a claim's stored result, and why it is to be measured again."""

    claim_id: str
    outcome: Literal["carried", "up to date", "measure again"]
    why: str = ""


def carry(claims: Sequence[Claim], source: str) -> list[Outcome]:
    """Compare the version ``source``, a commit or a folder, with this one, and store what can be carried.

    A result that is not older than its code stays as it is. ``TreeError`` where there is no such version.
    """
    with tree(source) as (older, called):
        stored = {claim.id: ledger.stored(claim.id) for claim in claims}
        new = {claim.id: ledger.code_hash(claim) for claim in claims}
        ids = [name for name, result in stored.items() if result and result.code != new[name]]
        with ThreadPoolExecutor() as pool:
            before, now = pool.map(lambda root: _run(root, ids), (older, PACKAGE.parent))
        outcomes = []
        for claim in claims:
            result = stored[claim.id]
            if result is None:
                outcomes.append(Outcome(claim.id, "measure again", "it has not been measured"))
            elif claim.id not in ids:
                outcomes.append(Outcome(claim.id, "up to date"))
            elif why := _difference(claim, result, before[claim.id], now[claim.id], older):
                outcomes.append(Outcome(claim.id, "measure again", why))
            else:
                record = Carried(datetime.now(UTC).date().isoformat(), called)
                ledger.store(replace(result, code=new[claim.id], carried=(*result.carried, record)))
                outcomes.append(Outcome(claim.id, "carried"))
    return outcomes


def _run(root: Path, ids: Sequence[str]) -> dict[str, dict]:
    """What ``smoke_values`` finds in the version in ``root``, in a process of its own."""
    if not ids:
        return {}
    with TemporaryDirectory(prefix="s2s-smoke-") as folder:
        out = Path(folder) / "values.json"
        seeds = json.dumps(SEEDS["smoke"])
        answer = subprocess.run(
            [sys.executable, "-P", smoke_values.__file__, str(out), seeds, *ids],
            cwd=root, env=os.environ | {"PYTHONPATH": str(root), "OMP_NUM_THREADS": "1"},
            capture_output=True, text=True,
        )  # fmt: skip
        if answer.returncode:
            reason = (answer.stderr.strip() or "no reason given").splitlines()[-1]
            raise TreeError(f"the claims of one version cannot be run: {reason}")
        return json.loads(out.read_text(encoding="utf-8"))


def _difference(claim: Claim, result: Measured, before: dict, now: dict, older: Path) -> str:
    """Why the result cannot be carried; empty where it can."""
    for version, found in (("before", before), ("now", now)):
        if "error" in found:
            return f"{version}, {found['error']}"
    if before["code"] != result.code:
        return "its result is not of that version's code"
    for old, new in zip(before["values"], now["values"], strict=True):
        if old.keys() != new.keys():
            return f"only one version has the value {min(old.keys() ^ new.keys())}"
        if other := [name for name in old if old[name] != new[name]]:
            return f"{len(other)} of {len(new)} smoke values differ, first {other[0]}"
    if _scale_settings(before, older) != _scale_settings(now, PACKAGE.parent):
        return "code that names a scale has changed, and smoke does not show the others"
    return "" if claim.holds(result.values) == result.verdict else "the verdict on its numbers is another now"


def _scale_settings(found: dict, root: Path) -> set[str]:
    """The statements in which a scale is named: budgets and sizes, of which the smoke scale sees its own."""
    reached = reached_from(found["roots"], root / PACKAGE.name)
    return {s.text for statements in reached.statements.values() for s in statements if s.names_a_scale}
