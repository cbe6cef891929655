"""Exercise 9.3: find the bug in a cache that forgets its positions."""

import math

import torch

from s2s_course.exercises.exercise import Case, Exercise, Misconception
from s2s_course.seeds import torch_generator


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


def _project(vectors, *maps):
    return [(vectors @ w.T).unsqueeze(1) for w in maps]


def _attend(query, keys, values, *, scale=None):
    scores = keys @ query.transpose(1, 2) / (math.sqrt(keys.shape[2]) if scale is None else scale)
    return (scores.softmax(dim=1) * values).sum(dim=1)


def _placed(place):
    """The right step, but ``place(x, past_keys, table)`` is what is added to the embeddings."""

    def wrong(x, past_keys, past_values, table, w_q, w_k, w_v):
        x = x + place(x, past_keys, table)
        return cached_step(x, past_keys, past_values, torch.zeros_like(table), w_q, w_k, w_v)

    return wrong


forgetful_step = _placed(lambda x, past_keys, table: table[0])
_first_rows_of_the_table = _placed(lambda x, past_keys, table: table[: len(x)])
_one_too_far = _placed(lambda x, past_keys, table: table[(past_keys.shape[1] + 1) % len(table)])
_one_behind = _placed(lambda x, past_keys, table: table[max(past_keys.shape[1] - 1, 0)])
_one_behind_from_the_end = _placed(lambda x, past_keys, table: table[past_keys.shape[1] - 1])
_size_of_the_batch = _placed(lambda x, past_keys, table: table[len(past_keys)])
_last_row = _placed(lambda x, past_keys, table: table[-1])
_no_position = _placed(lambda x, past_keys, table: 0)


def _only_where(of_query, of_key, of_value):
    """The position reaches only some of query, key and value (1 or 0)."""

    def wrong(x, past_keys, past_values, table, w_q, w_k, w_v):
        place = table[past_keys.shape[1]]
        [query], [key] = _project(x + of_query * place, w_q), _project(x + of_key * place, w_k)
        [value] = _project(x + of_value * place, w_v)
        keys, values = torch.cat([past_keys, key], 1), torch.cat([past_values, value], 1)
        return _attend(query, keys, values), keys, values

    return wrong


_position_in_the_query = _only_where(1, 0, 0)
_position_in_query_and_key = _only_where(1, 1, 0)
_position_in_key_and_value = _only_where(0, 1, 1)
_position_in_key = _only_where(0, 1, 0)


def _not_itself(x, past_keys, past_values, table, w_q, w_k, w_v):
    _, keys, values = cached_step(x, past_keys, past_values, table, w_q, w_k, w_v)
    [query] = _project(x + table[past_keys.shape[1]], w_q)
    return _attend(query, past_keys, past_values), keys, values


def _only_itself(x, past_keys, past_values, table, w_q, w_k, w_v):
    _, keys, values = cached_step(x, past_keys, past_values, table, w_q, w_k, w_v)
    return values[:, -1].clone(), keys, values


def _only_the_first_word(x, past_keys, past_values, table, w_q, w_k, w_v):
    _, keys, values = cached_step(x, past_keys, past_values, table, w_q, w_k, w_v)
    return values[:, 0].clone(), keys, values


def _scaled(scale):
    def wrong(x, past_keys, past_values, table, w_q, w_k, w_v):
        _, keys, values = cached_step(x, past_keys, past_values, table, w_q, w_k, w_v)
        [query] = _project(x + table[past_keys.shape[1]], w_q)
        return _attend(query, keys, values, scale=scale(keys)), keys, values

    return wrong


_not_scaled = _scaled(lambda keys: 1)
_divided_by_D = _scaled(lambda keys: keys.shape[2])
_divided_by_the_root_of_the_words = _scaled(lambda keys: math.sqrt(keys.shape[1]))


def _old_cache(x, past_keys, past_values, table, w_q, w_k, w_v):
    output, _, _ = cached_step(x, past_keys, past_values, table, w_q, w_k, w_v)
    return output, past_keys.clone(), past_values.clone()


def _newest_alone(x, past_keys, past_values, table, w_q, w_k, w_v):
    output, keys, values = cached_step(x, past_keys, past_values, table, w_q, w_k, w_v)
    return output, keys[:, -1:], values[:, -1:]


def _newest_first(x, past_keys, past_values, table, w_q, w_k, w_v):
    output, keys, values = cached_step(x, past_keys, past_values, table, w_q, w_k, w_v)
    return output, keys.roll(1, dims=1), values.roll(1, dims=1)


def _embedding_cached(x, past_keys, past_values, table, w_q, w_k, w_v):
    x = x + table[past_keys.shape[1]]
    [query], new = _project(x, w_q), x.unsqueeze(1)
    keys, values = torch.cat([past_keys, new], 1), torch.cat([past_values, new], 1)
    return _attend(query, keys, values), keys, values


def _past_projected_again(x, past_keys, past_values, table, w_q, w_k, w_v):
    return cached_step(x, past_keys @ w_k.T, past_values @ w_v.T, table, w_q, w_k, w_v)


def _past_placed_again(x, past_keys, past_values, table, w_q, w_k, w_v):
    rows = table[: past_keys.shape[1]]
    return cached_step(x, past_keys + rows @ w_k.T, past_values + rows @ w_v.T, table, w_q, w_k, w_v)


def _rows_added_to_the_past(x, past_keys, past_values, table, w_q, w_k, w_v):
    rows = table[: past_keys.shape[1]]
    return cached_step(x, past_keys + rows, past_values + rows, table, w_q, w_k, w_v)


def _not_transposed(x, past_keys, past_values, table, w_q, w_k, w_v):
    return cached_step(x, past_keys, past_values, table, w_q.T, w_k.T, w_v.T)


def _exchanged(x, past_keys, past_values, table, w_q, w_k, w_v):
    output, keys, values = cached_step(x, past_values, past_keys, table, w_q, w_v, w_k)
    return output, values, keys


def _case(name: str, B: int, t: int, D: int, P: int) -> Case:
    def make(seed: int) -> tuple[torch.Tensor, ...]:
        generator = torch_generator(seed)
        shapes = (B, D), (B, t, D), (B, t, D), (P, D), (D, D), (D, D), (D, D)
        return tuple(torch.randn(shape, generator=generator) for shape in shapes)

    return Case(name, make)


EXERCISE = Exercise(
    id="9.3",
    title="Find the bug: a cache that forgets its positions",
    goal="This decoder learns well and translates badly. In training it reads whole sentences; when it "
    "translates it reads one word at a time, `x + table[: 1]`, and takes keys and values of the words before "
    "from a cache. The first word comes out as in training, all others differ. Make the step right.",
    points=3,
    outputs=("output", "keys", "values"),
    reference=cached_step,
    cases=(
        _case("the third word", 2, 2, 3, 5),
        _case("the first word: nothing is cached", 3, 0, 2, 5),
        _case("the eighth word, the last row of the table", 3, 7, 5, 8),
        _case("a single sentence", 1, 4, 3, 11),
    ),
    misconceptions=(
        Misconception(
            "the bug is still there",
            forgetful_step,
            "The bug is still there: every word gets row 0 of the table. The step reads one word, but that "
            "word does not stand at position 0. How many words came before it, the cache knows.",
        ),
        Misconception(
            "rows of the table dealt out to the sentences",
            _first_rows_of_the_table,
            "You add the first rows of the table to the sentences of the batch, one row to each. All "
            "sentences are at the same position: one row for all of them.",
        ),
        Misconception(
            "one position off",
            _one_behind,
            "Your position is off by one. Counted from 0, the word that has t words before it stands at "
            "position t, so the first word takes row 0.",
            (_one_too_far, _one_behind_from_the_end),
        ),
        Misconception(
            "position from another axis",
            _size_of_the_batch,
            "Your position is the same at every step: the number of sentences, or the last row of the "
            "table. What counts is how many words are cached, and past_keys has the shape (B, t, D).",
            (_last_row,),
        ),
        Misconception(
            "no position",
            _no_position,
            "You add no position at all. In training every word had one, so these are other keys and other "
            "queries than those that the model has learned with.",
        ),
        Misconception(
            "position not everywhere",
            _position_in_the_query,
            "Your position does not reach all three: query, key and value. It is added to the embedding, "
            "and all three are made from the sum.",
            (_position_in_query_and_key, _position_in_key_and_value, _position_in_key),
        ),
        Misconception(
            "does not attend to itself",
            _not_itself,
            "The newest word attends to the words before it, and not to itself. In training the causal mask "
            "lets each position see itself too. Add the new key and value first, then attend.",
        ),
        Misconception(
            "attends to itself alone",
            _only_itself,
            "The newest word attends to itself alone, so the cache is never read. It attends to all keys, "
            "the cached ones and its own.",
        ),
        Misconception(
            "attends to the first word alone",
            _only_the_first_word,
            "The newest word sees the first word alone. That is what row 0 of a causal mask allows. Here "
            "no mask is needed: nothing in the cache is later than the newest word.",
        ),
        Misconception(
            "not scaled by the root of D",
            _not_scaled,
            "Your scores are not divided by the root of D, or by something else. In training they were, and "
            "without it the softmax is sharper than what the model has learned with.",
            (_divided_by_D, _divided_by_the_root_of_the_words),
        ),
        Misconception(
            "nothing added to the cache",
            _old_cache,
            "You return the cache as it came, or the newest key and value alone. The next word must find "
            "all words before it: the old ones and this one.",
            (_newest_alone,),
        ),
        Misconception(
            "newest word put in front",
            _newest_first,
            "Your output is right, since attention does not ask for an order of its keys. But the newest "
            "key and value belong behind the others: the cache keeps the order of the words.",
        ),
        Misconception(
            "embedding cached",
            _embedding_cached,
            "You cache the embedding of the newest word. What the cache holds are keys and values: the "
            "embedding with its position, mapped by w_k and by w_v.",
        ),
        Misconception(
            "past worked on again",
            _past_projected_again,
            "You map or place what is in the cache once more. It is finished: these are the keys and values "
            "that were computed when each word was the newest. That is what saves the work.",
            (_past_placed_again, _rows_added_to_the_past),
        ),
        Misconception(
            "w not transposed",
            _not_transposed,
            "You multiply by w where `w.T` is meant: each row of w makes one number, as in `nn.Linear`. "
            "Since w is square, there is no error.",
        ),
        Misconception(
            "keys and values exchanged",
            _exchanged,
            "You have exchanged keys and values. The query is compared with keys, and values are summed.",
        ),
    ),
    hints=(
        "Say what is read at the first, second and third step: how many words are in the cache, and at which "
        "position does the newest word stand? Where in the shapes is this number?",
        "`t = past_keys.shape[1]`, then `x + table[t]` for query, key and value. Join the new key to "
        "past_keys and the new value to past_values, along the axis of words, and attend to all of them "
        "without a mask.",
    ),
)
