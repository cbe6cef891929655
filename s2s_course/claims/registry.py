"""All claims of the course, in the order of the book."""

from s2s_course.claims import (
    adding_length,
    clipping,
    context_every_step,
    copy_memory_lag,
    forget_bias,
    gates_at_start,
    gradient_reach,
    gru_accuracy,
    gru_parameters,
    gru_time,
    orthogonal_memory,
    sequential_time,
)
from s2s_course.claims.claim import Claim

_MODULES = (
    clipping, orthogonal_memory, sequential_time,
    gates_at_start, gradient_reach, copy_memory_lag, adding_length, forget_bias,
    gru_parameters, gru_time, gru_accuracy,
    context_every_step,
)  # fmt: skip
CLAIMS: dict[str, Claim] = {module.CLAIM.id: module.CLAIM for module in _MODULES}


def find_claim(claim_id: str) -> Claim:
    if claim_id not in CLAIMS:
        raise ValueError(f"claim must be one of {', '.join(CLAIMS)}, got {claim_id!r}")
    return CLAIMS[claim_id]
