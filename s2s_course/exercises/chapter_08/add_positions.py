"""Exercise 8.2: find the bug in positions that are sliced along the batch."""

import torch

from s2s_course.exercises.engine.exercise import Case, Exercise, Task
from s2s_course.exercises.engine.misconception import mistake, mistakes_in
from s2s_course.seeds import torch_generator

TASK = Task(
    id="8.2",
    title="Find the bug: an order that cannot be seen",
    goal="No error is raised here, but the model treats the words of a sentence as a set, and what it "
    "writes changes with the place of a sentence in the batch. Find out why, and add to each word the"
    " vector of its position.",
    points=1,
    difficulty="easy",
    minutes=5,
    outputs=("vectors with positions",),
    hints=(
        "Write the shapes below each other, aligned at the right: B T D and, below it, what the code adds. "
        "Which axis of the table should meet T, and how many rows must it have?",
        "The code takes as many rows as there are sentences, and its extra axis hands a row to each "
        "sentence. As many rows are needed as there are words, and they must stand on the axis just before "
        "D. Does that need an extra axis?",
        "`vectors.shape[1]` is T. `table[:T]` has the shape (T, D), which fits (B, T, D) from the right: "
        "the same T rows for every sentence.",
    ),
)


def add_positions(vectors: torch.Tensor, table: torch.Tensor) -> torch.Tensor:
    """Tell each word its position.

    vectors: (B, T, D) the embeddings of T words in each of B sentences
    table:   (P, D) a vector for each position 0 … P - 1; there are more than needed
    returns: (B, T, D): each word's vector plus the one of its position
    """
    return vectors + table[: vectors.shape[1]]


def _case(name: str, B: int, T: int, D: int, P: int | None = None) -> Case:
    """A table of P rows, or one that is longer than all words of the batch together."""

    def make(seed: int) -> tuple[torch.Tensor, torch.Tensor]:
        generator = torch_generator(seed)
        vectors = torch.randn(B, T, D, generator=generator)
        return vectors, torch.randn(P or B * T + 3, D, generator=generator)

    return Case(name, make)


CASES = (
    _case("two sentences of three words", 2, 3, 4),
    _case("as many sentences as words", 3, 3, 2),
    _case("more sentences than words", 5, 2, 3),
    _case("a single sentence", 1, 7, 2),
    _case("more sentences than rows in the table", 6, 2, 5, 4),
)


@mistake(
    "the bug is still there",
    "The bug is still there: all words of the first sentence get row 0 of the table, all words of the "
    "second row 1. `len(vectors)` is the size of the batch. Take as many rows as a sentence has words, and "
    "let them meet the axis of the words.",
)
def sliced_along_the_batch(vectors, table):
    """The shape is right, whatever the sizes are."""
    return vectors + table[: len(vectors)].unsqueeze(1)


@mistake(
    "one position for all words",
    "You add the same vector to all words. Then their order cannot be seen. Each word gets the row of its "
    "own position.",
)
def _same_position_for_all(vectors, table):
    return vectors + table[0]


@_same_position_for_all.variant
def _position_of_the_length(vectors, table):
    return vectors + table[vectors.shape[1]]


@_same_position_for_all.variant
def _last_position_for_all(vectors, table):
    return vectors + table[vectors.shape[1] - 1]


@_same_position_for_all.variant
def _mean_for_all(vectors, table):
    return vectors + table[: vectors.shape[1]].mean(dim=0)


@mistake(
    "counted on from sentence to sentence",
    "Your second sentence goes on counting where the first one ends. Every sentence begins at position 0; "
    "the same T rows are for all of them.",
)
def _counted_on(vectors, table):
    B, T, D = vectors.shape
    return vectors + table[: B * T].reshape(B, T, D)


@mistake(
    "positions counted from 1",
    "Your first word gets row 1. Positions count from 0, and row 0 is a position like the others.",
)
def _from_one(vectors, table):
    return vectors + table[1 : vectors.shape[1] + 1]


@mistake(
    "last rows of the table",
    "You take the last rows of the table. Then the first word of a short sentence is at another position "
    "than that of a long one. Take the first rows.",
)
def _last_rows(vectors, table):
    return vectors + table[-vectors.shape[1] :]


@mistake(
    "counted backward",
    "Your positions run backward: the last word gets the smallest one. Row t belongs to word t.",
)
def _backward(vectors, table):
    return vectors + table[: vectors.shape[1]].flip(0)


@_backward.variant
def _last_rows_backward(vectors, table):
    return vectors + table.flip(0)[: vectors.shape[1]]


@mistake(
    "multiplied",
    "You multiply by the positions. Where a position has a number near 0 the word is wiped out, and in a "
    "table of sinusoids row 0 is half zeros. The positions are added.",
)
def _multiplied(vectors, table):
    return vectors * table[: vectors.shape[1]]


@_multiplied.variant
def _multiplied_and_added(vectors, table):
    return vectors * (1 + table[: vectors.shape[1]])


@mistake(
    "joined in place of added",
    "You put the positions beside or behind the words. Beside the words they would need 2D numbers in all "
    "layers that follow. Adding keeps the size; a matrix that follows can still treat the two differently.",
)
def _joined(vectors, table):
    return torch.cat([vectors, table[: vectors.shape[1]].expand_as(vectors)], dim=2)


@_joined.variant
def _joined_along_the_words(vectors, table):
    return torch.cat([vectors, table[: vectors.shape[1]].expand_as(vectors)], dim=1)


@mistake(
    "one of the two alone",
    "You return the positions without the words, or the words without positions. Asked for is their sum.",
)
def _positions_alone(vectors, table):
    return table[: vectors.shape[1]].expand_as(vectors).clone()


@_positions_alone.variant
def _nothing_added(vectors, table):
    return vectors.clone()


@mistake(
    "words scaled as well",
    "You multiply the embeddings by the root of D or halve the sum. The paper does scale its embeddings by "
    "the root of D (section 3.4), as a part of the embedding. Here the vectors come as they should be: add "
    "only.",
)
def _embeddings_scaled(vectors, table):
    return vectors * vectors.shape[2] ** 0.5 + table[: vectors.shape[1]]


@_embeddings_scaled.variant
def _averaged(vectors, table):
    return add_positions(vectors, table) / 2


@mistake(
    "table reshaped",
    "You turned the table with `T` and then brought it back to its shape with `reshape`. That deals out its "
    "numbers in another order. The rows are right as they are.",
)
def _reshaped(vectors, table):
    return vectors + table.T.reshape(table.shape)[: vectors.shape[1]]


@mistake(
    "table detached",
    "Your sum is right, but no gradient reaches the table. For sinusoids that is of no matter. But a table "
    "may be learned, and so it could not be.",
)
def _table_detached(vectors, table):
    return add_positions(vectors, table.detach())


EXERCISE = Exercise.from_task(
    TASK, add_positions, CASES, mistakes_in(globals()), broken=(sliced_along_the_batch.wrong,)
)
