"""Exercise 6.4: Luong's attentional vector."""

import torch

from s2s_course.exercises.engine.exercise import Case, Exercise, Task
from s2s_course.exercises.engine.misconception import mistake, mistakes_in
from s2s_course.seeds import torch_generator

TASK = Task(
    id="6.4",
    title="The attentional vector",
    goal="Join what attention has read, the context, with what the decoder knows, its state, into the vector "
    "from which the next word is predicted.",
    points=1,
    difficulty="easy",
    minutes=5,
    outputs=("attentional",),
    hints=(
        "The context and the state of a step become one vector of 2D numbers. Along which axis must they be "
        "joined, and which of them comes first?",
        "Joining makes the last axis twice as long and touches no other. The first D columns of W_c belong "
        "to the context, so the context stands in front. Then comes one product for all steps, without a "
        "bias, and the tanh of all of it.",
        "`torch.cat([context, queries], dim=-1)` is (B, T, 2D). W_c has the shape of a linear layer's "
        "weight, (out, in), so it is multiplied from the right as `@ W_c.T`. tanh comes last.",
    ),
)


def attentional_vector(
    context: torch.Tensor,
    queries: torch.Tensor,
    W_c: torch.Tensor,
) -> torch.Tensor:
    """What the words are predicted from: a_t = tanh(W_c [c_t; z_t]), at all steps.

    context: (B, T, D) the contexts c_1 … c_T
    queries: (B, T, D) the decoder states z_1 … z_T
    W_c:     (D, 2D) weights; the first D columns belong to the context
    returns: (B, T, D) the attentional vectors a_1 … a_T
    """
    return torch.tanh(torch.cat([context, queries], dim=-1) @ W_c.T)


def _case(name: str, B: int, T: int, D: int, *, scale: float = 1.0) -> Case:
    """Standard normal numbers times ``scale``, and weights that keep tanh from saturating."""

    def make(seed: int) -> tuple[torch.Tensor, ...]:
        generator = torch_generator(seed)
        shapes = (B, T, D), (B, T, D), (D, 2 * D)
        context, queries, W_c = (torch.randn(shape, generator=generator) for shape in shapes)
        return scale * context, scale * queries, W_c / 2

    return Case(name, make)


CASES = (
    _case("two sentences of three steps", 2, 3, 2),
    _case("a single step", 3, 1, 5),
    _case("a single sentence", 1, 5, 3),
    _case("small states", 2, 3, 3, scale=0.2),
    _case("more sentences than steps", 5, 2, 4),
)


def _joined(context, queries):
    return torch.cat([context, queries], dim=-1)


@mistake(
    "decoder state first",
    "You join the two in the order [z; c], so the columns of W_c meet the wrong one. Nothing crashes, "
    "because both have D numbers. The order is [c; z]: the context comes first.",
)
def _query_first(context, queries, W_c):
    return attentional_vector(queries, context, W_c)


@mistake(
    "no tanh",
    "You leave out tanh. Another linear layer, the one that gives the logits, follows at once: two linear "
    "layers in a row can do no more than one.",
)
def _no_tanh(context, queries, W_c):
    return _joined(context, queries) @ W_c.T


@mistake(
    "another function than tanh",
    "You use another function than tanh. A network could learn with many of them, but the vector asked for "
    "has numbers between -1 and 1, as decoder states have, with no fixed sum.",
)
def _sigmoid(context, queries, W_c):
    return _no_tanh(context, queries, W_c).sigmoid()


@_sigmoid.variant
def _relu(context, queries, W_c):
    return _no_tanh(context, queries, W_c).relu()


@_sigmoid.variant
def _softmax(context, queries, W_c):
    return _no_tanh(context, queries, W_c).softmax(dim=-1)


@mistake(
    "tanh before W_c",
    "You apply tanh to the context and the state, and W_c afterwards. What comes out is a linear map again, "
    "and not limited to the range from -1 to 1. tanh comes last, around the product.",
)
def _tanh_first(context, queries, W_c):
    return _no_tanh(context.tanh(), queries.tanh(), W_c)


@mistake(
    "tanh of each part",
    "You apply tanh to the part of the context and to that of the state, and then add them up. Inside one "
    "tanh the two can act together; in your sum each acts by itself. Add the two parts first.",
)
def _tanh_of_each_part(context, queries, W_c):
    for_context, for_query = W_c.chunk(2, dim=1)
    return (context @ for_context.T).tanh() + (queries @ for_query.T).tanh()


@mistake(
    "added instead of joined",
    "You add the context and the decoder state before the weights are applied. Then nobody can tell any "
    "more which number came from which, and half of W_c has no work of its own. Put one behind the other, "
    "so that each has its own columns.",
)
def _added(context, queries, W_c):
    return torch.tanh((context + queries) @ W_c.chunk(2, dim=1)[0].T)


@_added.variant
def _added_and_repeated(context, queries, W_c):
    return attentional_vector(context + queries, context + queries, W_c)


@mistake(
    "decoder state without weights",
    "You multiply the context by its half of W_c but add the decoder state as it is. The state has weights "
    "of its own: the last D columns.",
)
def _query_added_as_it_is(context, queries, W_c):
    return torch.tanh(context @ W_c.chunk(2, dim=1)[0].T + queries)


@mistake(
    "context only",
    "Your vector is made of the context alone. The context says what the source holds at the place looked "
    "at; what has been written so far, and what must come next, only the decoder state knows.",
)
def _context_only(context, queries, W_c):
    return torch.tanh(context @ W_c.chunk(2, dim=1)[0].T)


@_context_only.variant
def _context_twice(context, queries, W_c):
    return attentional_vector(context, context, W_c)


@mistake(
    "decoder state only",
    "Your vector is made of the decoder state alone, so all of attention was computed for nothing: the word "
    "is predicted without a look at the source.",
)
def _query_only(context, queries, W_c):
    return torch.tanh(queries @ W_c.chunk(2, dim=1)[1].T)


@_query_only.variant
def _query_only_first_columns(context, queries, W_c):
    return torch.tanh(queries @ W_c.chunk(2, dim=1)[0].T)


@_query_only.variant
def _query_twice(context, queries, W_c):
    return attentional_vector(queries, queries, W_c)


@mistake(
    "joined number by number",
    "You take the numbers of the context and of the state in turn: c, z, c, z, … They must stand one block "
    "behind the other. Join them with `cat`; `stack` makes a new axis.",
)
def _in_turn(context, queries, W_c):
    return torch.tanh(torch.stack([context, queries], dim=-1).flatten(-2) @ W_c.T)


@mistake(
    "W_c reshaped instead of transposed",
    "You brought W_c to the shape (2D, D) with `reshape` or `view`. That deals out the same numbers in "
    "another order, so each output gets weights of several rows. Transpose it.",
)
def _reshaped(context, queries, W_c):
    return torch.tanh(_joined(context, queries) @ W_c.reshape(W_c.shape[1], W_c.shape[0]))


EXERCISE = Exercise.from_task(TASK, attentional_vector, CASES, mistakes_in(globals()))
