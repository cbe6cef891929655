"""All claims of the course, in the order of the book."""

from s2s_course.checks import check_one_of
from s2s_course.claims import (
    added_or_concatenated,
    adding_length,
    alignment_scores,
    attention_aligns,
    attention_extrapolates,
    attention_time,
    bahdanau_or_luong,
    beam_width,
    bottleneck_moves,
    cache_time,
    clipping,
    context_every_step,
    copy_memory_lag,
    cross_attention_aligns,
    families_translate,
    fill_the_gap,
    forget_bias,
    gates_at_start,
    gradient_reach,
    gru_accuracy,
    gru_parameters,
    gru_time,
    input_feeding,
    label_smoothing,
    length_bottleneck,
    local_attention,
    one_call_decoder,
    one_head_or_many,
    order_needs_positions,
    orthogonal_memory,
    parallel_time,
    permutation_equivariance,
    position_extrapolation,
    post_norm_warm_up,
    scaled_dot,
    scheduled_sampling,
    sequential_time,
    six_models,
    six_models_time,
    softmax_saturates,
    source_reversal,
    transformer_or_bahdanau,
    unmasked_attention,
)
from s2s_course.claims.claim import Claim

_MODULES = (
    clipping, orthogonal_memory, sequential_time,
    gates_at_start, gradient_reach, copy_memory_lag, adding_length, forget_bias,
    gru_parameters, gru_time, gru_accuracy,
    context_every_step, source_reversal, scheduled_sampling, beam_width,
    length_bottleneck, bottleneck_moves, attention_extrapolates, attention_aligns,
    unmasked_attention,
    alignment_scores, bahdanau_or_luong, attention_time, input_feeding, one_call_decoder, local_attention,
    scaled_dot,
    permutation_equivariance, softmax_saturates, one_head_or_many, parallel_time,
    order_needs_positions, added_or_concatenated, position_extrapolation,
    six_models, six_models_time, transformer_or_bahdanau, cross_attention_aligns, post_norm_warm_up,
    label_smoothing, cache_time,
    fill_the_gap, families_translate,
)  # fmt: skip
CLAIMS: dict[str, Claim] = {module.CLAIM.id: module.CLAIM for module in _MODULES}


def find_claim(claim_id: str) -> Claim:
    check_one_of(CLAIMS, claim=claim_id)
    return CLAIMS[claim_id]
