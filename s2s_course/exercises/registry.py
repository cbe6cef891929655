"""All exercises of the course, in the order of the book."""

from s2s_course.exercises import (
    bptt_step,
    count_parameters,
    forget_bias,
    gradient_clipping,
    gru_step,
    join_directions,
    lstm_step,
    masked_cross_entropy,
    orthogonal,
    rnn_over_time,
    rnn_step,
    teacher_forcing,
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
    )


def find_exercise(exercise_id: str) -> Exercise:
    """The exercise of that id; ValueError with all ids where there is none."""
    for exercise in all_exercises():
        if exercise.id == exercise_id:
            return exercise
    known = ", ".join(repr(exercise.id) for exercise in all_exercises())
    raise ValueError(f"exercise_id must be one of {known}, got {exercise_id!r}")
