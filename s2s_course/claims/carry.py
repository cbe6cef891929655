"""Carry stored results over to newer code, where both versions give the same bits at scale ``smoke``.

Where the bits differ, or another scale is set otherwise than before, a claim is to be measured again. So are
claims on time, whose values are never the same twice.
"""

import json
import os
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from s2s_course.claims import ledger, smoke_values
from s2s_course.claims.claim import SEEDS, Carried, Claim, Measured
from s2s_course.claims.dependencies import PACKAGE, reached_from
from s2s_course.claims.trees import TreeError, commit_of, tree


@dataclass(frozen=True)
class Outcome:
    """What became of a claim's stored result, and why it is to be measured again."""

    claim_id: str
    outcome: Literal["carried", "up to date", "measure again"]
    why: str = ""


def carry(claims: Sequence[Claim], source: str | None = None) -> list[Outcome]:
    """Store what can be carried to this version of the package, and say of every claim what became of it.

    ``source`` is the version to compare with: a folder, or a commit. Without it that is for each result the
    commit that it belongs to. A result that is not older than its code stays as it is. ``TreeError`` where
    there is no such version.
    """
    outcomes, versions = {}, defaultdict(list)
    if source is not None:
        versions[source] = []  # so that a version that is not there is said even where nothing is old
    for claim in claims:
        result = ledger.stored(claim.id)
        if result is None:
            outcomes[claim.id] = Outcome(claim.id, "measure again", "it has not been measured")
        elif result.code == ledger.code_hash(claim):
            why = _other_verdict(claim, result)
            outcomes[claim.id] = Outcome(claim.id, "measure again" if why else "up to date", why)
        elif source is None and not re.fullmatch(r"\w+", result.belongs_to):
            outcomes[claim.id] = Outcome(claim.id, "measure again", "its code is in no commit: say --from")
        else:
            versions[source or result.belongs_to].append(claim)
    for version, stale in versions.items():
        outcomes |= {outcome.claim_id: outcome for outcome in _carry(stale, version)}
    return [outcomes[claim.id] for claim in claims]


def _carry(stale: Sequence[Claim], source: str) -> Iterator[Outcome]:
    """Carry what can be from one version."""
    with tree(source) as (older, called):
        if not stale:
            return
        ids = [claim.id for claim in stale]
        with ThreadPoolExecutor() as pool:
            before, now = pool.map(lambda root: _run(root, ids), (older, PACKAGE.parent))
        for claim in stale:
            result = ledger.stored(claim.id)
            if why := _difference(claim, result, before[claim.id], now[claim.id], older):
                yield Outcome(claim.id, "measure again", why)
                continue
            record = Carried(datetime.now(UTC).date().isoformat(), called, commit_of())
            code, carried = ledger.code_hash(claim), (*result.carried, record)
            ledger.store(replace(result, code=code, carried=carried))
            yield Outcome(claim.id, "carried")


def _run(root: Path, ids: Sequence[str]) -> dict[str, dict]:
    """What ``smoke_values`` finds in the version in ``root``, in a process of its own."""
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
    # By that version's rules of what counts, or by today's: a result is hashed anew when the rules change.
    if result.code not in (before["code"], reached_from(before["roots"], older / PACKAGE.name).hash()):
        return "its result is not of that version's code"
    for old, new in zip(before["values"], now["values"], strict=True):
        if old.keys() != new.keys():
            return f"only one version has the value {min(old.keys() ^ new.keys())}"
        if other := [name for name in old if old[name] != new[name]]:
            return f"{len(other)} of {len(new)} smoke values differ, first {other[0]}"
    if _scale_settings(before, older) != _scale_settings(now, PACKAGE.parent):
        return "code that names a scale has changed, and smoke does not show the others"
    return _other_verdict(claim, result)


def _other_verdict(claim: Claim, result: Measured) -> str:
    """The rule of a claim is in no hash: here it is seen that it is another."""
    return "" if claim.holds(result.values) == result.verdict else "the verdict on its numbers is another now"


def _scale_settings(found: dict, root: Path) -> set[str]:
    """The statements in which a scale is named: budgets and sizes, of which the smoke scale sees its own."""
    reached = reached_from(found["roots"], root / PACKAGE.name)
    return {s.text for statements in reached.statements.values() for s in statements if s.names_a_scale}
