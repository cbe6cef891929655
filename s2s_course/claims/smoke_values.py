"""Run as a program, in one version of the package after another: the smoke values of claims, to the last bit.

It stands on no more than older versions have, too: ``CLAIMS``, ``experiment`` and ``code_hash``.
"""

import json
import sys
from pathlib import Path


def smoke_values(claim_id: str, seeds: list[int]) -> dict:
    """For each seed its values as hexadecimal floats, the hash of the code, its roots; or what went wrong."""
    from s2s_course.claims.ledger import code_hash
    from s2s_course.claims.registry import CLAIMS

    if claim_id not in CLAIMS:
        return {"error": "there is no such claim"}
    claim = CLAIMS[claim_id]
    try:
        runs = [claim.experiment("smoke", seed) for seed in seeds]
        values = [{name: float(value).hex() for name, value in run.items()} for run in runs]
        roots = [(claim.experiment.__module__, claim.experiment.__qualname__.split(".")[0])]
        return {"values": values, "code": code_hash(claim), "roots": roots}
    except Exception as error:  # another version may fail in any way; its claim is then measured again
        return {"error": f"the experiment fails with {type(error).__name__}: {error}"}


def main(out: str, seeds: str, *claim_ids: str) -> None:
    """Write a JSON object to the file ``out``: for each claim what ``smoke_values`` found."""
    import torch

    import s2s_course

    if Path(s2s_course.__file__).resolve().parent.parent != Path.cwd().resolve():
        sys.exit(f"s2s_course is imported from another folder: {s2s_course.__file__}")
    torch.set_num_threads(1)
    found = {claim_id: smoke_values(claim_id, json.loads(seeds)) for claim_id in claim_ids}
    Path(out).write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
