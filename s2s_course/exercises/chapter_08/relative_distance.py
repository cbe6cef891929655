"""Exercise 8.5: distances for a decoder that remembers its keys."""

import torch

from s2s_course.exercises.engine.exercise import Case, Exercise, Task
from s2s_course.exercises.engine.misconception import mistake, mistakes_in
from s2s_course.seeds import python_random

TASK = Task(
    id="8.5",
    title="Distances with a cache",
    goal="A decoder that keeps its keys computes only the queries of new words. Give for each new query "
    "and each key the distance by which a relative position is looked up: how many places ahead of the "
    "query the key stands, negative for what was written before.",
    points=1,
    difficulty="medium",
    minutes=10,
    outputs=("distances",),
    hints=(
        "With first = 2, one query and three keys: at which positions do they stand, and what are the three "
        "distances? The last one must be 0.",
        "Only the queries are counted from first on; the keys begin at 0. Two rows of positions become a "
        "table (T, S) when one of them stands as a column. What was written before the query has the smaller "
        "position, and must get a negative distance: what is taken away from what?",
        "`torch.arange(first, first + num_queries)` are the positions of the queries, `torch.arange("
        "num_keys)` those of the keys. Give the queries an axis behind, `[:, None]`, and subtract them from "
        "the keys.",
    ),
)


def relative_distance(
    first: int,
    num_queries: int,
    num_keys: int,
) -> torch.Tensor:
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


def _case(name: str, first: tuple[int, int], queries: tuple[int, int], room: tuple[int, int]) -> Case:
    def make(seed: int) -> tuple[int, int, int]:
        random = python_random(seed)
        first_query, num_queries = random.randint(*first), random.randint(*queries)
        return first_query, num_queries, first_query + num_queries + random.randint(*room)

    return Case(name, make)


CASES = (
    _case("several new words", (2, 20), (2, 5), (0, 0)),
    _case("a single new word", (2, 90), (1, 1), (0, 0)),
    _case("room for more keys", (2, 9), (2, 9), (2, 20)),
    _case("the first words: nothing is cached", (0, 0), (2, 40), (0, 40)),
)


def _distance(queries, keys):
    return keys - queries[:, None]


@mistake(
    "first forgotten",
    "Your distances are those of first = 0: you forgot it, or added it to both sides. In training, with all "
    "words at once, that is right. With a cache it is wrong from the second step on: each new word believes "
    "itself to be the first. Only the positions of the queries begin at first.",
)
def _first_forgotten(first, num_queries, num_keys):
    return relative_distance(0, num_queries, num_keys)


@_first_forgotten.variant
def _first_forgotten_and_turned_round(first, num_queries, num_keys):
    return -relative_distance(0, num_queries, num_keys)


@_first_forgotten.variant
def _both_from_first(first, num_queries, num_keys):
    return _distance(torch.arange(first, first + num_queries), torch.arange(first, first + num_keys))


@mistake(
    "query minus key",
    "Your sign is the other way round: you take the query's position minus the key's. Then what was written "
    "before looks as if it came after. Key minus query is negative for the past.",
)
def _turned_round(first, num_queries, num_keys):
    return -relative_distance(first, num_queries, num_keys)


@mistake(
    "sign lost",
    "You give up the sign, or set one side to 0. Then a relative position cannot tell what comes before "
    "from what comes after. A penalty as in ALiBi takes the absolute value itself; a bias that is looked up "
    "needs the sign.",
)
def _absolute(first, num_queries, num_keys):
    return relative_distance(first, num_queries, num_keys).abs()


@_absolute.variant
def _ahead_is_zero(first, num_queries, num_keys):
    return relative_distance(first, num_queries, num_keys).clamp(max=0)


@_absolute.variant
def _behind_is_zero(first, num_queries, num_keys):
    return relative_distance(first, num_queries, num_keys).clamp(min=0)


@mistake(
    "off by one",
    "All your distances are off by one. A query and the key of the same word have the distance 0. Both "
    "count from 0, and the first query stands at first.",
)
def _one_too_late(first, num_queries, num_keys):
    return relative_distance(first + 1, num_queries, num_keys)


@_one_too_late.variant
def _one_too_early(first, num_queries, num_keys):
    return relative_distance(first - 1, num_queries, num_keys)


@mistake(
    "transposed",
    "Your table lies on its side, (S, T). A row belongs to a query, as in the scores to which this will be "
    "added.",
)
def _transposed(first, num_queries, num_keys):
    return relative_distance(first, num_queries, num_keys).T


@mistake(
    "keys begin at first",
    "You let the keys begin at first. They are those of all words, from position 0 on, since the old ones "
    "are kept. It is the queries that begin at first.",
)
def _keys_from_first(first, num_queries, num_keys):
    return _distance(torch.arange(num_queries), torch.arange(first, first + num_keys))


@mistake(
    "queries at the end of the keys",
    "You put the queries at the end of the keys. That is right as long as there is no room behind them. But "
    "where S is larger than first + T, as when memory for a whole sentence is set aside, they stand at "
    "first.",
)
def _at_the_end_of_the_keys(first, num_queries, num_keys):
    return relative_distance(num_keys - num_queries, num_queries, num_keys)


@mistake(
    "one query for all",
    "You have one row, or the same row for all queries. Each of the T queries stands one place further than "
    "the one before, and has a row of its own.",
)
def _one_query(first, num_queries, num_keys):
    return relative_distance(first, 1, num_keys)


@_one_query.variant
def _last_query(first, num_queries, num_keys):
    return relative_distance(first + num_queries - 1, 1, num_keys)


@_one_query.variant
def _same_for_all_queries(first, num_queries, num_keys):
    return relative_distance(first, 1, num_keys).repeat(num_queries, 1)


@_one_query.variant
def _last_for_all_queries(first, num_queries, num_keys):
    return _last_query(first, num_queries, num_keys).repeat(num_queries, 1)


@mistake(
    "some keys left out",
    "You leave keys out: the old ones, or those behind the last query. There are num_keys columns, one for "
    "each key that is kept.",
)
def _new_keys_alone(first, num_queries, num_keys):
    queries = torch.arange(first, first + num_queries)
    return _distance(queries, queries)


@_new_keys_alone.variant
def _keys_so_far(first, num_queries, num_keys):
    return relative_distance(first, num_queries, first + num_queries)


EXERCISE = Exercise.from_task(TASK, relative_distance, CASES, mistakes_in(globals()))
