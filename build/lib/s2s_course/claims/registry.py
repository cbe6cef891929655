"""All claims of the course, in the order of the book."""

from s2s_course.claims import context_every_step
from s2s_course.claims.claim import Claim

CLAIMS: dict[str, Claim] = {claim.id: claim for claim in (context_every_step.CLAIM,)}


def find_claim(claim_id: str) -> Claim:
    if claim_id not in CLAIMS:
        raise ValueError(f"claim must be one of {', '.join(CLAIMS)}, got {claim_id!r}")
    return CLAIMS[claim_id]
