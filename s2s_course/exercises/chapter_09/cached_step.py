"""Exercise 9.3: find the bug in a cache that forgets its positions."""

import torch

from s2s_course.exercises.engine.exercise import Case, Exercise, Task
from s2s_course.exercises.engine.misconception import mistake, mistakes_in
from s2s_course.seeds import torch_generator

TASK = Task(
    id="9.3",
    title="Find the bug: right in training, wrong in translation",
    goal="This decoder learns well and translates badly. In training it reads whole sentences; when it "
    "translates it reads one word at a time, and takes keys and values of the words before from a "
    "cache. The first word comes out as in training, all others differ, though each of the two "
    "functions does what it says. Find out why, and make the step right.",
    points=3,
    difficulty="hard",
    minutes=25,
    outputs=("output", "keys", "values"),
    hints=(
        "Say what is read at the first, second and third step: how many words are in the cache, and at which "
        "position does the newest word stand? Where in the shapes is this number?",
        "As many words as are cached stand before the newest one. Its place counts for query, key and value "
        "alike, and it looks at itself too: compare when its own key has joined the others.",
        "`t = past_keys.shape[1]`, then `x + table[t]` for query, key and value. Join the new key and value "
        "to the past ones, along the axis of words, and attend to all of them without a mask.",
    ),
)


def cached_step(
    x: torch.Tensor,
    past_keys: torch.Tensor,
    past_values: torch.Tensor,
    table: torch.Tensor,
    w_q: torch.Tensor,
    w_k: torch.Tensor,
    w_v: torch.Tensor,
):
    """One word more through self-attention with one head, where the past is cached.

    x:           (B, D), embeddings of the newest word, without its position
    past_keys:   (B, t, D), keys of the t words before it; t may be 0
    past_values: (B, t, D), their values
    table:       (P, D), row p is added to the embedding of the word at position p,
                 counted from 0; P is above t
    w_q, w_k, w_v: (D, D), a vector v is mapped to v @ w.T
    returns:     output (B, D) of the attention of the newest word to the past and to
                 itself; keys and values (B, t + 1, D), in the order of the words
    """
    t, D = past_keys.shape[1:]
    x = x + table[t]
    query = x @ w_q.T  # (B, D)
    keys = torch.cat([past_keys, (x @ w_k.T).unsqueeze(1)], dim=1)  # (B, t + 1, D)
    values = torch.cat([past_values, (x @ w_v.T).unsqueeze(1)], dim=1)
    scores = (keys @ query.unsqueeze(2)).squeeze(2) / D**0.5  # (B, t + 1)
    weights = scores.softmax(dim=1)
    output = (weights.unsqueeze(1) @ values).squeeze(1)
    return output, keys, values


def _case(name: str, B: int, t: int, D: int, P: int) -> Case:
    def make(seed: int) -> tuple[torch.Tensor, ...]:
        generator = torch_generator(seed)
        shapes = (B, D), (B, t, D), (B, t, D), (P, D), (D, D), (D, D), (D, D)
        return tuple(torch.randn(shape, generator=generator) for shape in shapes)

    return Case(name, make)


CASES = (
    _case("the third word", 2, 2, 3, 5),
    _case("the first word: nothing is cached", 3, 0, 2, 5),
    _case("the eighth word, the last row of the table", 3, 7, 5, 8),
    _case("a single sentence", 1, 4, 3, 11),
    _case("a short table", 4, 1, 5, 3),
)


def with_positions(words: torch.Tensor, table: torch.Tensor) -> torch.Tensor:
    """Words (B, T, D) with row t of the table added to word t."""
    return words + table[: words.shape[1]]


def step_without_place(x, past_keys, past_values, table, w_q, w_k, w_v):
    """Each line is right by itself, and so is ``with_positions``."""
    x = with_positions(x.unsqueeze(1), table)  # (B, 1, D)
    keys = torch.cat([past_keys, x @ w_k.T], dim=1)  # (B, t + 1, D)
    values = torch.cat([past_values, x @ w_v.T], dim=1)
    scores = x @ w_q.T @ keys.transpose(1, 2) / x.shape[2] ** 0.5  # (B, 1, t + 1)
    output = (scores.softmax(dim=2) @ values).squeeze(1)
    return output, keys, values


def _attend(query, keys, values):
    scores = keys @ query.unsqueeze(2) / keys.shape[2] ** 0.5
    return (scores.softmax(dim=1) * values).sum(dim=1)


def _placed(place):
    """The right step, but ``place(x, past_keys, table)`` is what is added to the embeddings."""

    def wrong(x, past_keys, past_values, table, w_q, w_k, w_v):
        x = x + place(x, past_keys, table)
        return cached_step(x, past_keys, past_values, torch.zeros_like(table), w_q, w_k, w_v)

    return wrong


_the_bug_is_still_there = mistake(
    "the bug is still there",
    "The bug is still there: every word gets row 0 of the table. The step reads one word, but that word "
    "does not stand at position 0. How many words came before it, the cache knows.",
)(step_without_place)


@mistake(
    "rows of the table dealt out to the sentences",
    "You add the first rows of the table to the sentences of the batch, one row to each. All sentences are "
    "at the same position: one row for all of them.",
)
@_placed
def _first_rows_of_the_table(x, past_keys, table):
    return table[: len(x)]


@mistake(
    "one position off",
    "Your position is off by one. Counted from 0, the word that has t words before it stands at position t, "
    "so the first word takes row 0.",
)
@_placed
def _one_behind(x, past_keys, table):
    return table[max(past_keys.shape[1] - 1, 0)]


_one_behind.variant(_placed(lambda x, past_keys, table: table[(past_keys.shape[1] + 1) % len(table)]))
_one_behind.variant(_placed(lambda x, past_keys, table: table[past_keys.shape[1] - 1]))


@mistake(
    "position from another axis",
    "Your position is the same at every step: the number of sentences, or the last row of the table. What "
    "counts is how many words are cached, and past_keys has the shape (B, t, D).",
)
@_placed
def _size_of_the_batch(x, past_keys, table):
    return table[len(past_keys)]


_size_of_the_batch.variant(_placed(lambda x, past_keys, table: table[-1]))


@mistake(
    "no position",
    "You add no position at all. In training every word had one, so these are other keys and other queries "
    "than those that the model has learned with.",
)
@_placed
def _no_position(x, past_keys, table):
    return 0


def _only_where(of_query, of_key, of_value):
    """The position reaches only some of query, key and value (1 or 0)."""

    def wrong(x, past_keys, past_values, table, w_q, w_k, w_v):
        place = table[past_keys.shape[1]]
        key = ((x + of_key * place) @ w_k.T).unsqueeze(1)
        value = ((x + of_value * place) @ w_v.T).unsqueeze(1)
        keys, values = torch.cat([past_keys, key], 1), torch.cat([past_values, value], 1)
        return _attend((x + of_query * place) @ w_q.T, keys, values), keys, values

    return wrong


_position_in_the_query = mistake(
    "position not everywhere",
    "Your position does not reach all three: query, key and value. It is added to the embedding, and all "
    "three are made from the sum.",
)(_only_where(1, 0, 0))
_position_in_the_query.variant(_only_where(1, 1, 0))
_position_in_the_query.variant(_only_where(0, 1, 1))
_position_in_the_query.variant(_only_where(0, 1, 0))


@mistake(
    "does not attend to itself",
    "The newest word attends to the words before it, and not to itself. In training the causal mask lets "
    "each position see itself too. Add the new key and value first, then attend.",
)
def _not_itself(x, past_keys, past_values, table, w_q, w_k, w_v):
    _, keys, values = cached_step(x, past_keys, past_values, table, w_q, w_k, w_v)
    return _attend((x + table[past_keys.shape[1]]) @ w_q.T, past_keys, past_values), keys, values


@mistake(
    "attends to itself alone",
    "The newest word attends to itself alone, so the cache is never read. It attends to all keys, the "
    "cached ones and its own.",
)
def _only_itself(x, past_keys, past_values, table, w_q, w_k, w_v):
    _, keys, values = cached_step(x, past_keys, past_values, table, w_q, w_k, w_v)
    return values[:, -1].clone(), keys, values


@mistake(
    "attends to the first word alone",
    "The newest word sees the first word alone. That is what row 0 of a causal mask allows. Here no mask is "
    "needed: nothing in the cache is later than the newest word.",
)
def _only_the_first_word(x, past_keys, past_values, table, w_q, w_k, w_v):
    _, keys, values = cached_step(x, past_keys, past_values, table, w_q, w_k, w_v)
    return values[:, 0].clone(), keys, values


@mistake(
    "not scaled by the root of D",
    "Your scores are not divided by the root of D, or by something else. In training they were, and without "
    "it the softmax is sharper than what the model has learned with.",
)
def _not_scaled(x, past_keys, past_values, table, w_q, w_k, w_v):
    return cached_step(x, past_keys, past_values, table, w_q * len(w_q) ** 0.5, w_k, w_v)


@_not_scaled.variant
def _divided_by_D(x, past_keys, past_values, table, w_q, w_k, w_v):
    return cached_step(x, past_keys, past_values, table, w_q / len(w_q) ** 0.5, w_k, w_v)


@mistake(
    "nothing added to the cache",
    "You return the cache as it came, or the newest key and value alone. The next word must find all words "
    "before it: the old ones and this one.",
)
def _old_cache(x, past_keys, past_values, table, w_q, w_k, w_v):
    output, _, _ = cached_step(x, past_keys, past_values, table, w_q, w_k, w_v)
    return output, past_keys.clone(), past_values.clone()


@mistake(
    "newest word put in front",
    "Your output is right, since attention does not ask for an order of its keys. But the newest key and "
    "value belong behind the others: the cache keeps the order of the words.",
)
def _newest_first(x, past_keys, past_values, table, w_q, w_k, w_v):
    output, keys, values = cached_step(x, past_keys, past_values, table, w_q, w_k, w_v)
    return output, keys.roll(1, dims=1), values.roll(1, dims=1)


@mistake(
    "embedding cached",
    "You cache the embedding of the newest word. What the cache holds are keys and values: the embedding "
    "with its position, mapped by w_k and by w_v.",
)
def _embedding_cached(x, past_keys, past_values, table, w_q, w_k, w_v):
    x = x + table[past_keys.shape[1]]
    query, new = x @ w_q.T, x.unsqueeze(1)
    keys, values = torch.cat([past_keys, new], 1), torch.cat([past_values, new], 1)
    return _attend(query, keys, values), keys, values


@mistake(
    "past worked on again",
    "You map or place what is in the cache once more. It is finished: these are the keys and values that "
    "were computed when each word was the newest. That is what saves the work.",
)
def _past_projected_again(x, past_keys, past_values, table, w_q, w_k, w_v):
    return cached_step(x, past_keys @ w_k.T, past_values @ w_v.T, table, w_q, w_k, w_v)


@_past_projected_again.variant
def _past_placed_again(x, past_keys, past_values, table, w_q, w_k, w_v):
    rows = table[: past_keys.shape[1]]
    return cached_step(x, past_keys + rows @ w_k.T, past_values + rows @ w_v.T, table, w_q, w_k, w_v)


@mistake(
    "w not transposed",
    "You multiply by w where `w.T` is meant: each row of w makes one number, as in `nn.Linear`. Since w is "
    "square, there is no error.",
)
def _not_transposed(x, past_keys, past_values, table, w_q, w_k, w_v):
    return cached_step(x, past_keys, past_values, table, w_q.T, w_k.T, w_v.T)


@mistake("keys and values exchanged", "You have exchanged the keys, which a query meets, and the values.")
def _exchanged(x, past_keys, past_values, table, w_q, w_k, w_v):
    output, keys, values = cached_step(x, past_values, past_keys, table, w_q, w_v, w_k)
    return output, values, keys


EXERCISE = Exercise.from_task(
    TASK, cached_step, CASES, mistakes_in(globals()), broken=(with_positions, step_without_place)
)
