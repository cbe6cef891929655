"""The step of project 3: one word more through multi-head self-attention, where the past is cached."""

import torch

from s2s_course.exercises.engine.exercise import Case, Exercise, Task
from s2s_course.exercises.engine.misconception import mistake, mistakes_in
from s2s_course.seeds import torch_generator

TASK = Task(
    id="P3.2",
    title="Heads with a cache",
    goal="Take the newest word of each sentence through multi-head self-attention. Keys and values of the "
    "words before it are there; give back theirs and its own for the next step.",
    points=3,
    difficulty="hard",
    minutes=20,
    outputs=("output", "keys", "values"),
    hints=(
        "Exercise 9.3 has the cache for one head, exercise 7.5 the heads. Which axis of (B, H, t, d) grows?",
        "Make query, key and value of the newest word with an axis of size 1 for the time, (B, H, 1, d). "
        "Join the new key and value to the past ones, then attend to all of them; no mask is needed.",
        "`(x @ W.T).unflatten(1, (num_heads, 1, -1))` is (B, H, 1, d), and `torch.cat([past, new], dim=2)` "
        "joins. What the heads find is (B, H, 1, d); `flatten(1)` puts them side by side for `@ W_o.T`.",
    ),
)


def heads_with_cache(
    x: torch.Tensor,
    past_keys: torch.Tensor,
    past_values: torch.Tensor,
    W_q: torch.Tensor,
    W_k: torch.Tensor,
    W_v: torch.Tensor,
    W_o: torch.Tensor,
    num_heads: int,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """One word more through multi-head self-attention.

    x:           (B, D), the newest word
    past_keys:   (B, H, t, d), keys of the t words before it; t may be 0
    past_values: (B, H, t, d), their values
    W_q, W_k, W_v, W_o: (D, D) each, applied as nn.Linear does: x @ W.T. Of the D
                 numbers the first d = D / H belong to the first head, and so on.
    num_heads:   H
    returns:     output (B, D), what it finds in the past and in itself; keys and
                 values (B, H, t + 1, d), in the order of the words
    """
    query, key, value = ((x @ W.T).unflatten(1, (num_heads, 1, -1)) for W in (W_q, W_k, W_v))
    keys = torch.cat([past_keys, key], dim=2)  # (B, H, t + 1, d)
    values = torch.cat([past_values, value], dim=2)
    weights = (query @ keys.transpose(2, 3) / query.shape[-1] ** 0.5).softmax(dim=-1)
    output = (weights @ values).flatten(1) @ W_o.T
    return output, keys, values


def _case(name: str, B: int, t: int, D: int, num_heads: int) -> Case:
    def make(seed: int) -> tuple[object, ...]:
        generator = torch_generator(seed)
        past = (B, num_heads, t, D // num_heads)
        shapes = (B, D), past, past, (D, D), (D, D), (D, D), (D, D)
        return *(torch.randn(shape, generator=generator) for shape in shapes), num_heads

    return Case(name, make)


CASES = (
    _case("the fourth word, two heads", 2, 3, 10, 2),
    _case("the first word: nothing is cached", 3, 0, 4, 2),
    _case("the eighth word, three heads", 2, 7, 6, 3),
    _case("one head", 4, 2, 3, 1),
)


@mistake(
    "does not attend to itself",
    "The newest word attends to the words before it, and not to itself. Join its key and value first.",
)
def _not_itself(x, past_keys, past_values, W_q, W_k, W_v, W_o, num_heads):
    _, keys, values = heads_with_cache(x, past_keys, past_values, W_q, W_k, W_v, W_o, num_heads)
    query = (x @ W_q.T).unflatten(1, (num_heads, 1, -1))
    weights = (query @ past_keys.transpose(2, 3) / query.shape[-1] ** 0.5).softmax(dim=-1)
    return (weights @ past_values).flatten(1) @ W_o.T, keys, values


@mistake(
    "nothing added to the cache",
    "You return the cache as it came. The next word must find this one in it as well.",
)
def _old_cache(x, past_keys, past_values, W_q, W_k, W_v, W_o, num_heads):
    output, _, _ = heads_with_cache(x, past_keys, past_values, W_q, W_k, W_v, W_o, num_heads)
    return output, past_keys.clone(), past_values.clone()


@mistake(
    "newest word put in front",
    "Your output is right, but the newest key and value belong behind the others: the cache keeps the order "
    "of the words.",
)
def _in_front(x, past_keys, past_values, W_q, W_k, W_v, W_o, num_heads):
    output, keys, values = heads_with_cache(x, past_keys, past_values, W_q, W_k, W_v, W_o, num_heads)
    return output, keys.roll(1, dims=2), values.roll(1, dims=2)


@mistake(
    "scaled by the root of D",
    "You divide the scores by the root of D. Each head compares d = D / H numbers, so it is the root of d.",
)
def _by_the_root_of_D(x, past_keys, past_values, W_q, W_k, W_v, W_o, num_heads):
    return heads_with_cache(x, past_keys, past_values, W_q / num_heads**0.5, W_k, W_v, W_o, num_heads)


@mistake(
    "heads take turns",
    "You cut the vector so that the heads take turns number by number. The first d numbers belong to the "
    "first head: `unflatten` by (H, d), and not by (d, H).",
)
def _heads_take_turns(x, past_keys, past_values, W_q, W_k, W_v, W_o, num_heads):
    order = torch.arange(x.shape[1]).view(-1, num_heads).T.flatten()
    projections = W_q[order], W_k[order], W_v[order]
    return heads_with_cache(x, past_keys, past_values, *projections, W_o[:, order], num_heads)


EXERCISE = Exercise.from_task(TASK, heads_with_cache, CASES, mistakes_in(globals()))
