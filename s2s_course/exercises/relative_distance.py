"""Exercise 8.5: distances for a decoder that remembers its keys."""

import torch

from s2s_course.exercises.exercise import Case, Exercise, Misconception
from s2s_course.seeds import python_random


def relative_distance(first: int, num_queries: int, num_keys: int) -> torch.Tensor:
    """How far ahead each key stands, seen from each query.

    first:       the position of the first query: so many words were written before
    num_queries: T, at the positions first … first + T - 1
    num_keys:    S, at the positions 0 … S - 1. The keys of all words so far are kept,
                 and behind them there may be room for more: S is at least first + T
    returns:     (T, S) int64: the key's position minus the query's
    """
    queries = torch.arange(first, first + num_queries)
    keys = torch.arange(num_keys)
    return keys - queries[:, None]


def _distance(queries, keys):
    return keys - queries[:, None]


def _turned_round(first, num_queries, num_keys):
    return -relative_distance(first, num_queries, num_keys)


def _first_forgotten(first, num_queries, num_keys):
    return relative_distance(0, num_queries, num_keys)


def _first_forgotten_and_turned_round(first, num_queries, num_keys):
    return -relative_distance(0, num_queries, num_keys)


def _absolute(first, num_queries, num_keys):
    return relative_distance(first, num_queries, num_keys).abs()


def _ahead_is_zero(first, num_queries, num_keys):
    return relative_distance(first, num_queries, num_keys).clamp(max=0)


def _behind_is_zero(first, num_queries, num_keys):
    return relative_distance(first, num_queries, num_keys).clamp(min=0)


def _one_too_late(first, num_queries, num_keys):
    return relative_distance(first + 1, num_queries, num_keys)


def _one_too_early(first, num_queries, num_keys):
    return relative_distance(first - 1, num_queries, num_keys)


def _transposed(first, num_queries, num_keys):
    return relative_distance(first, num_queries, num_keys).T


def _keys_from_first(first, num_queries, num_keys):
    return _distance(torch.arange(num_queries), torch.arange(first, first + num_keys))


def _both_from_first(first, num_queries, num_keys):
    return _distance(torch.arange(first, first + num_queries), torch.arange(first, first + num_keys))


def _at_the_end_of_the_keys(first, num_queries, num_keys):
    return relative_distance(num_keys - num_queries, num_queries, num_keys)


def _one_query(first, num_queries, num_keys):
    return relative_distance(first, 1, num_keys)


def _last_query(first, num_queries, num_keys):
    return relative_distance(first + num_queries - 1, 1, num_keys)


def _same_for_all_queries(first, num_queries, num_keys):
    return relative_distance(first, 1, num_keys).repeat(num_queries, 1)


def _last_for_all_queries(first, num_queries, num_keys):
    return _last_query(first, num_queries, num_keys).repeat(num_queries, 1)


def _new_keys_alone(first, num_queries, num_keys):
    queries = torch.arange(first, first + num_queries)
    return _distance(queries, queries)


def _keys_so_far(first, num_queries, num_keys):
    return relative_distance(first, num_queries, first + num_queries)


def _case(name: str, first: tuple[int, int], queries: tuple[int, int], room: tuple[int, int]) -> Case:
    def make(seed: int) -> tuple[int, int, int]:
        random = python_random(seed)
        first_query, num_queries = random.randint(*first), random.randint(*queries)
        return first_query, num_queries, first_query + num_queries + random.randint(*room)

    return Case(name, make)


EXERCISE = Exercise(
    id="8.5",
    title="Distances with a cache",
    goal="A decoder that keeps its keys computes only the queries of new words. Give for each new query "
    "and each key the distance by which a relative position is looked up: how many places ahead of the "
    "query the key stands, negative for what was written before.",
    points=1,
    outputs=("distances",),
    reference=relative_distance,
    cases=(
        _case("several new words", (2, 20), (2, 5), (0, 0)),
        _case("a single new word", (2, 90), (1, 1), (0, 0)),
        _case("room for more keys", (2, 9), (2, 9), (2, 20)),
    ),
    misconceptions=(
        Misconception(
            "first forgotten",
            _first_forgotten,
            "Your distances are those of first = 0: you forgot it, or added it to both sides. In training, "
            "with all words at once, that is right. With a cache it is wrong from the second step on: each "
            "new word believes itself to be the first. Only the positions of the queries begin at first.",
            (_first_forgotten_and_turned_round, _both_from_first),
        ),
        Misconception(
            "query minus key",
            _turned_round,
            "Your sign is the other way round: you take the query's position minus the key's. Then what was "
            "written before looks as if it came after. Key minus query is negative for the past.",
        ),
        Misconception(
            "sign lost",
            _absolute,
            "You give up the sign, or set one side to 0. Then a relative position cannot tell what comes "
            "before from what comes after. A penalty as in ALiBi takes the absolute value itself; a bias "
            "that is looked up needs the sign.",
            (_ahead_is_zero, _behind_is_zero),
        ),
        Misconception(
            "off by one",
            _one_too_late,
            "All your distances are off by one. A query and the key of the same word have the distance 0. "
            "Both count from 0, and the first query stands at first.",
            (_one_too_early,),
        ),
        Misconception(
            "transposed",
            _transposed,
            "Your table lies on its side, (S, T). A row belongs to a query, as in the scores to which this "
            "will be added.",
        ),
        Misconception(
            "keys begin at first",
            _keys_from_first,
            "You let the keys begin at first. They are those of all words, from position 0 on, since the "
            "old ones are kept. It is the queries that begin at first.",
        ),
        Misconception(
            "queries at the end of the keys",
            _at_the_end_of_the_keys,
            "You put the queries at the end of the keys. That is right as long as there is no room behind "
            "them. But where S is larger than first + T, as when memory for a whole sentence is set aside, "
            "they stand at first.",
        ),
        Misconception(
            "one query for all",
            _one_query,
            "You have one row, or the same row for all queries. Each of the T queries stands one place "
            "further than the one before, and has a row of its own.",
            (_last_query, _same_for_all_queries, _last_for_all_queries),
        ),
        Misconception(
            "some keys left out",
            _new_keys_alone,
            "You leave keys out: the old ones, or those behind the last query. There are num_keys columns, "
            "one for each key that is kept.",
            (_keys_so_far,),
        ),
    ),
    hints=(
        "With first = 2, one query and three keys: at which positions do they stand, and what are the three "
        "distances? The last one must be 0.",
        "`torch.arange(first, first + num_queries)` are the positions of the queries, `torch.arange("
        "num_keys)` those of the keys. Give the queries an axis behind, `[:, None]`, and subtract them from "
        "the keys.",
    ),
)
