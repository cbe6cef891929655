"""All exercises of the course, in the order of the book."""

from s2s_course.exercises import (
    additive_score,
    alignment_error,
    attentional_vector,
    beam_step,
    bptt_step,
    bug_axis,
    bug_ignores_encoder,
    bug_padding,
    concat_score,
    context_vector,
    count_parameters,
    dot_scores,
    exposure,
    forget_bias,
    gaussian_window,
    general_score,
    gradient_clipping,
    gru_step,
    input_feeding,
    join_directions,
    length_penalty,
    lstm_step,
    masked_cross_entropy,
    masked_softmax,
    orthogonal,
    reverse_source,
    rnn_over_time,
    rnn_step,
    teacher_forcing,
    top_p,
    truncated_unroll,
    which_cell,
)
from s2s_course.exercises.exercise import Exercise


def all_exercises() -> tuple[Exercise, ...]:
    return (
        teacher_forcing.EXERCISE,
        rnn_step.EXERCISE,
        rnn_over_time.EXERCISE,
        bptt_step.EXERCISE,
        gradient_clipping.EXERCISE,
        truncated_unroll.EXERCISE,
        orthogonal.EXERCISE,
        lstm_step.EXERCISE,
        gru_step.EXERCISE,
        count_parameters.EXERCISE,
        forget_bias.EXERCISE,
        which_cell.EXERCISE,
        join_directions.EXERCISE,
        masked_cross_entropy.EXERCISE,
        reverse_source.EXERCISE,
        top_p.EXERCISE,
        beam_step.EXERCISE,
        length_penalty.EXERCISE,
        exposure.EXERCISE,
        additive_score.EXERCISE,
        masked_softmax.EXERCISE,
        context_vector.EXERCISE,
        bug_ignores_encoder.EXERCISE,
        bug_padding.EXERCISE,
        bug_axis.EXERCISE,
        alignment_error.EXERCISE,
        dot_scores.EXERCISE,
        general_score.EXERCISE,
        concat_score.EXERCISE,
        attentional_vector.EXERCISE,
        input_feeding.EXERCISE,
        gaussian_window.EXERCISE,
    )


def find_exercise(exercise_id: str) -> Exercise:
    """The exercise of that id; ValueError with all ids where there is none."""
    for exercise in all_exercises():
        if exercise.id == exercise_id:
            return exercise
    known = ", ".join(repr(exercise.id) for exercise in all_exercises())
    raise ValueError(f"exercise_id must be one of {known}, got {exercise_id!r}")
