"""The attention of project 3: several heads, a mask, and keys that may come from another sequence."""

import torch

from s2s_course.exercises.engine.exercise import Case, Exercise, Task
from s2s_course.exercises.engine.misconception import mistake, mistakes_in
from s2s_course.seeds import torch_generator

TASK = Task(
    id="P3.1",
    title="Heads with a mask",
    goal="Let vectors ask a memory in several heads, where a mask says who may look at what. With the "
    "vectors as the memory this is self-attention, with the encoder's outputs it is cross-attention.",
    points=3,
    difficulty="hard",
    minutes=20,
    outputs=("output",),
    hints=(
        "Exercise 7.5 has everything but the mask and the second sequence. What is asked, and what answers?",
        "Queries come from vectors, keys and values from memory; all three are cut into heads. The scores "
        "are (B, H, T, S), so the mask (B, 1, T, S) fits as it is. It goes in front of the softmax.",
        "`scores.masked_fill(~mask, float('-inf')).softmax(dim=-1) @ values` gives (B, H, T, d); then "
        "`transpose(1, 2).flatten(2)` joins the heads, and `@ W_o.T` is last.",
    ),
)


def heads_with_mask(
    vectors: torch.Tensor,
    memory: torch.Tensor,
    W_q: torch.Tensor,
    W_k: torch.Tensor,
    W_v: torch.Tensor,
    W_o: torch.Tensor,
    num_heads: int,
    mask: torch.Tensor,
) -> torch.Tensor:
    """Multi-head attention of ``vectors`` to ``memory``.

    vectors:  (B, T, D) ask
    memory:   (B, S, D) has keys and values
    W_q, W_k, W_v, W_o: (D, D) each, applied as nn.Linear does: vectors @ W.T. Of the D
              numbers the first d = D / H belong to the first head, and so on.
    num_heads: H
    mask:     (B, 1, T, S) bool, True = may attend; at least one in each row
    returns:  (B, T, D)
    """

    def split(projected):  # (B, T, D) to (B, H, T, d)
        return projected.unflatten(2, (num_heads, -1)).transpose(1, 2)

    queries, keys, values = split(vectors @ W_q.T), split(memory @ W_k.T), split(memory @ W_v.T)
    scores = queries @ keys.transpose(2, 3) / queries.shape[-1] ** 0.5  # (B, H, T, S)
    weights = scores.masked_fill(~mask, float("-inf")).softmax(dim=-1)
    return (weights @ values).transpose(1, 2).flatten(2) @ W_o.T


def _case(name: str, B: int, T: int, S: int, D: int, num_heads: int) -> Case:
    def make(seed: int) -> tuple[object, ...]:
        generator = torch_generator(seed)
        mask = torch.rand(B, 1, T, S, generator=generator) < 0.5
        forced = torch.randint(S, (B, 1, T, 1), generator=generator)  # every row has a True and a False
        mask = mask.scatter(3, forced, torch.tensor(True).expand(B, 1, T, 1))
        mask = mask.scatter(3, (forced + 1) % S, torch.tensor(False).expand(B, 1, T, 1))
        shapes = (B, T, D), (B, S, D), (D, D), (D, D), (D, D), (D, D)
        return *(torch.randn(shape, generator=generator) for shape in shapes), num_heads, mask

    return Case(name, make)


CASES = (
    _case("two heads", 3, 2, 5, 4, 2),
    _case("three heads", 2, 5, 4, 6, 3),
    _case("one head", 2, 3, 4, 5, 1),
)


def _changed(of_vectors=1.0, mask_of=lambda mask: mask):
    """The right answer with scaled queries or another mask."""

    def wrong(vectors, memory, W_q, W_k, W_v, W_o, num_heads, mask):
        d = vectors.shape[2] // num_heads
        scale = of_vectors(vectors.shape[2], d) if callable(of_vectors) else of_vectors
        return heads_with_mask(vectors, memory, scale * W_q, W_k, W_v, W_o, num_heads, mask_of(mask))

    return wrong


_ignored = mistake(
    "no mask",
    "Your mask has no effect: every query sees every key. Fill the scores with -inf where it is False.",
)(_changed(mask_of=torch.ones_like))

_inverted = mistake(
    "mask the other way round",
    "Your mask hides what may be seen, and shows the rest. True means: may attend.",
)(_changed(mask_of=torch.logical_not))

_of_all_numbers = mistake(
    "scaled by the root of D",
    "You divide the scores by the root of D. Each head compares d = D / H numbers, so it is the root of d.",
)(_changed(of_vectors=lambda D, d: (d / D) ** 0.5))

_not_scaled = mistake(
    "not scaled",
    "Your scores are not divided by the root of d, the size of one head.",
)(_changed(of_vectors=lambda D, d: d**0.5))


@mistake(
    "keys and values exchanged",
    "You have exchanged W_k and W_v. A query is compared with keys, and values are summed.",
)
def _exchanged(vectors, memory, W_q, W_k, W_v, W_o, num_heads, mask):
    return heads_with_mask(vectors, memory, W_q, W_v, W_k, W_o, num_heads, mask)


@mistake(
    "masked after the softmax",
    "You set weights to 0 after the softmax, so the others no longer sum to 1. Mask the scores before it.",
)
def _masked_afterwards(vectors, memory, W_q, W_k, W_v, W_o, num_heads, mask):
    queries, keys, values = (
        (x @ W.T).unflatten(2, (num_heads, -1)).transpose(1, 2)
        for x, W in ((vectors, W_q), (memory, W_k), (memory, W_v))
    )
    weights = (queries @ keys.transpose(2, 3) / queries.shape[-1] ** 0.5).softmax(dim=-1) * mask
    return (weights @ values).transpose(1, 2).flatten(2) @ W_o.T


@mistake(
    "heads merged in the wrong order",
    "You merge the heads without exchanging axes first, so a token gets pieces of other tokens. Bring the "
    "heads beside the numbers of a token, (B, T, H, d), then merge.",
)
def _merged_wrongly(vectors, memory, W_q, W_k, W_v, W_o, num_heads, mask):
    D = vectors.shape[2]
    heads = heads_with_mask(vectors, memory, W_q, W_k, W_v, torch.eye(D), num_heads, mask)
    heads = heads.unflatten(2, (num_heads, -1)).transpose(1, 2)
    return heads.reshape(vectors.shape) @ W_o.T


EXERCISE = Exercise.from_task(TASK, heads_with_mask, CASES, mistakes_in(globals()))
