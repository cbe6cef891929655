"""A complete first exercise of an instructor's own, to be edited: what `s2s exercises new` writes."""

import keyword

_TEMPLATE = '''"""Exercise {id}: {title}.

This file is an exercise of your own, ready to be handed out. Change its parts from top to bottom; then

    s2s exercises try {file}

says whether it is in order, and `s2s assign 05 --exercises FOLDER --out DIR` hands it out with the others of
chapter 5. Its reference is published nowhere: students get the signature, the docstring and one example.
"""

import torch

from s2s_course.exercises.engine.exercise import Case, Exercise, Task
from s2s_course.exercises.engine.misconception import mistake, mistakes_in
from s2s_course.seeds import torch_generator

# What a student is told. The id is a chapter and a number that no other exercise has.
TASK = Task(
    id="{id}",
    title="{title}",
    goal="Average the vectors of the real tokens of each sentence, and of nothing else.",
    points=2,
    difficulty="easy",  # or "medium", "hard"
    minutes=10,
    outputs=("means",),  # a name for each tensor that is returned
    hints=(
        "What does padding add to the sum, and what to the number by which you divide?",
        "Set the vectors at padding to zero, add up each sentence, and divide by its number of real tokens.",
        "`vectors.masked_fill(~mask.unsqueeze(2), 0)` is zero at padding; `mask.sum(dim=1)` counts.",
    ),
)


# The right answer. Students get all above its body: tell them names, shapes and types, and what may occur.
# It can use torch, which the notebook imports, and nothing else that stands in this file.
def {function}(vectors: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """The mean of the real tokens of each sentence.

    vectors: (B, S, D); what stands at padding is arbitrary
    mask:    (B, S) bool, True = real token; at least one in each row
    returns: (B, D)
    """
    total = vectors.masked_fill(~mask.unsqueeze(2), 0).sum(dim=1)
    return total / mask.sum(dim=1, keepdim=True)


# The inputs on which answers are compared. Each case has a name and draws all from the seed. Points are given
# by cases, so let each try something else, and let every size be the larger one once.
def _case(name: str, B: int, S: int, D: int) -> Case:
    def make(seed: int) -> tuple[torch.Tensor, ...]:
        generator = torch_generator(seed)
        vectors = torch.randn(B, S, D, generator=generator)
        lengths = torch.randint(1, S + 1, (B, 1), generator=generator)
        return vectors, torch.arange(S) < lengths

    return Case(name, make)


CASES = (
    _case("three sentences with padding", 3, 5, 2),
    _case("a single sentence", 1, 4, 3),
    _case("longer vectors than sentences", 4, 3, 7),
)


# The mistakes that you expect, with what is said to those who make them. The first that fits decides. Each
# has the arguments of the reference; `.variant` is another way to make the same mistake.
@mistake(
    "padding counted",
    "You average over padding too, so a short sentence gets the mean of whatever stands behind it. Leave "
    "padding out of the sum and of the number by which you divide.",
)
def _padding_counted(vectors, mask):
    return vectors.mean(dim=1)


@mistake(
    "divided by the longest",
    "Your sum is right, but you divide it by S, the number of positions, also where a sentence has fewer "
    "tokens.",
)
def _divided_by_the_longest(vectors, mask):
    return vectors.masked_fill(~mask.unsqueeze(2), 0).mean(dim=1)


@mistake("a sum", "You add up the vectors of each sentence and do not divide by their number.")
def _sum(vectors, mask):
    return vectors.masked_fill(~mask.unsqueeze(2), 0).sum(dim=1)


@_sum.variant
def _sum_with_padding(vectors, mask):
    return vectors.sum(dim=1)


EXERCISE = Exercise.from_task(TASK, {function}, CASES, mistakes_in(globals()))
'''


def exercise_file(exercise_id: str, *, title: str, function: str, file: str) -> str:
    """The text of the file. Raises ValueError for a name that no function can have."""
    if not function.isascii() or not function.isidentifier() or keyword.iskeyword(function):
        raise ValueError(f"function must be a name that a function can have, got {function!r}")
    if '"' in title or "\\" in title:
        raise ValueError(f"title must have no quotation mark and no backslash, got {title!r}")
    values = {"id": exercise_id, "title": title, "function": function, "file": file}
    text = _TEMPLATE
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value)
    return text
