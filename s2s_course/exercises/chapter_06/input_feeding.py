"""Exercise 6.5: what the decoder reads with Luong's input feeding."""

import torch

from s2s_course.exercises.engine.exercise import Case, Exercise, Task
from s2s_course.exercises.engine.misconception import mistake, mistakes_in
from s2s_course.seeds import torch_generator

TASK = Task(
    id="6.5",
    title="Input feeding",
    goal="Put together what the decoder reads at each step when it is also told what it attended to one step "
    "before.",
    points=1,
    difficulty="medium",
    minutes=10,
    outputs=("inputs",),
    hints=(
        "Write the table for T = 3: which embedding and which vector does step 1 read, which step 2, which "
        "step 3? One of the vectors given is not read by any step.",
        "The first step has none before it and reads zeros; every other step reads what the one before it "
        "made. So the attentional vectors move one place along the axis of time: zeros come in at the front, "
        "the last one drops out. Then embedding and vector of the same step stand side by side, on the last "
        "axis.",
        "Put a step of zeros in front of `attentional[:, :-1]`, along the axis of time: "
        "`torch.zeros_like(attentional[:, :1])` has the right shape. Then join it to the embeddings along "
        "the last axis.",
    ),
)


def input_feeding(
    embeddings: torch.Tensor,
    attentional: torch.Tensor,
) -> torch.Tensor:
    """The decoder's input at every step: [embedding of y_{t-1}; a_{t-1}], with a_0 = 0.

    embeddings:  (B, T, E) of the tokens read, y_0 = <bos> to y_{T-1}: at index 0 stands
                 what the first step reads
    attentional: (B, T, D) the vectors a_1 … a_T: at index 0 stands what the first step
                 makes
    returns:     (B, T, E + D), the input of step t at index t - 1
    """
    first = torch.zeros_like(attentional[:, :1])  # a_0
    before = torch.cat([first, attentional[:, :-1]], dim=1)  # a_0 … a_{T-1}
    return torch.cat([embeddings, before], dim=-1)


def _case(name: str, B: int, T: int, E: int, D: int) -> Case:
    """Embeddings, and attentional vectors between -1 and 1."""

    def make(seed: int) -> tuple[torch.Tensor, torch.Tensor]:
        generator = torch_generator(seed)
        embeddings = torch.randn(B, T, E, generator=generator)
        return embeddings, torch.randn(B, T, D, generator=generator).tanh()

    return Case(name, make)


CASES = (
    _case("two sentences of three steps", 2, 3, 3, 2),
    _case("a single step", 2, 1, 2, 3),
    _case("a single sentence", 1, 5, 2, 2),
    _case("all sizes the same", 3, 3, 3, 3),
    _case("more sentences than anything else", 5, 2, 3, 4),
)


def _join(left, right):
    return torch.cat([left, right], dim=-1)


def _later(values):
    """One step to the right, with zeros in front."""
    return torch.cat([torch.zeros_like(values[:, :1]), values[:, :-1]], dim=1)


@mistake(
    "not shifted",
    "You feed a_t into step t. But a_t is made from the state of step t, and that state from this very "
    "input: the step would have to be finished before it begins. Step t can only be told a_{t-1}.",
)
def _not_shifted(embeddings, attentional):
    return _join(embeddings, attentional)


@_not_shifted.variant
def _first_one_erased(embeddings, attentional):
    return _join(embeddings, torch.cat([torch.zeros_like(attentional[:, :1]), attentional[:, 1:]], dim=1))


def _earlier(values):
    """One step to the left, with zeros behind."""
    return _later(values.flip(1)).flip(1)


@mistake(
    "shifted the wrong way",
    "You shift to the left, so step t reads a_{t+1}, from the future. When sentences are written there is "
    "no such vector yet. The vectors must move to a later step.",
)
def _wrong_way(embeddings, attentional):
    return _join(embeddings, _earlier(attentional))


@_wrong_way.variant
def _wrong_way_in_a_circle(embeddings, attentional):
    return _join(embeddings, attentional.roll(-1, dims=1))


@mistake(
    "shifted in a circle",
    "You shift in a circle, as `roll` does: the first step reads the vector of the last one. Nothing stands "
    "before the first step, so a_0 is zero.",
)
def _in_a_circle(embeddings, attentional):
    return _join(embeddings, attentional.roll(1, dims=1))


@mistake(
    "first vector repeated",
    "Your first step reads a_1, which it has yet to make. From the second step on you are right. Nothing "
    "stands before the first step, so a_0 is zero.",
)
def _first_repeated(embeddings, attentional):
    return _join(embeddings, torch.cat([attentional[:, :1], attentional[:, :-1]], dim=1))


@mistake(
    "shifted by two steps",
    "You shift the vectors by two steps, so each step is told what happened two steps ago. Only one step "
    "lies between making a vector and reading it.",
)
def _two_steps(embeddings, attentional):
    return _join(embeddings, _later(_later(attentional)))


@mistake(
    "shifted along another axis",
    "You shift along the batch, along the D numbers, or along all axes at once. Then a sentence reads what "
    "its neighbor attended to, or a vector is moved within itself. Time is the axis of size T.",
)
def _shifted_over_the_batch(embeddings, attentional):
    return _join(embeddings, torch.cat([torch.zeros_like(attentional[:1]), attentional[:-1]], dim=0))


@_shifted_over_the_batch.variant
def _rolled_over_the_batch(embeddings, attentional):
    return _join(embeddings, attentional.roll(1, dims=0))


@_shifted_over_the_batch.variant
def _rolled_flat(embeddings, attentional):
    """``roll`` without ``dims`` shifts the flattened tensor."""
    return _join(embeddings, attentional.roll(1))


@_shifted_over_the_batch.variant
def _shifted_over_the_numbers(embeddings, attentional):
    return _join(embeddings, _later(attentional.transpose(1, 2)).transpose(1, 2))


@mistake(
    "vector first",
    "You put the attentional vector in front of the embedding. A trained decoder would multiply each with "
    "the weights of the other. The order is embedding, then vector.",
)
def _vector_first(embeddings, attentional):
    return _join(_later(attentional), embeddings)


@_vector_first.variant
def _vector_first_not_shifted(embeddings, attentional):
    return _join(attentional, embeddings)


@mistake(
    "both shifted",
    "You shift the embeddings as well. They come shifted already: at index 0 stands <bos>, which the first "
    "step reads. Now every word arrives one step late.",
)
def _both_shifted(embeddings, attentional):
    return _later(_join(embeddings, attentional))


@mistake(
    "embeddings shifted",
    "You shift the embeddings and leave the vectors where they are. It is the other way round: the first "
    "step reads the embedding at index 0, <bos>, and no vector yet.",
)
def _embeddings_shifted(embeddings, attentional):
    return _join(_later(embeddings), attentional)


@mistake(
    "nothing fed",
    "Your decoder is never told what it attended to: the vectors are zero at every step, or left out. Only "
    "a_0 is zero.",
)
def _nothing_fed(embeddings, attentional):
    return _join(embeddings, torch.zeros_like(attentional))


@_nothing_fed.variant
def _embeddings_alone(embeddings, attentional):
    return embeddings


@mistake(
    "detached",
    "Your numbers are right, but no gradient goes back into the attentional vectors. Input feeding is part "
    "of the network: from it a step learns to leave word of what has been translated for the steps after it.",
)
def _detached(embeddings, attentional):
    return input_feeding(embeddings, attentional.detach())


EXERCISE = Exercise.from_task(TASK, input_feeding, CASES, mistakes_in(globals()), exact_zeros=True)
