"""A function that means harm, and how it becomes the answer to an exercise."""

import inspect
import textwrap
from collections.abc import Callable

# How the inputs of an exercise become the two tensors that every attack is called with.
HEADS = {
    "5.1": "def additive_score(query, memory, W, U, v):\n    weights = memory[..., 0]\n",
    "5.2": "def masked_softmax(scores, src_mask):\n    weights, memory = scores, scores[..., None]\n",
    "5.3": "def context_vector(weights, memory):\n",
    "7.2": "def causal_mask(tgt_in):\n    weights = tgt_in.float()\n    memory = weights[..., None]\n",
}
ATTACKS: dict[Callable, tuple[str, ...]] = {}


def attack(*fault: str) -> Callable[[Callable], Callable]:
    """A decorator: the function is an attack. ``fault`` is what is told, where it can be one thing only."""

    def noted(function: Callable) -> Callable:
        ATTACKS[function] = fault
        return function

    return noted


def as_answer(function: Callable, exercise: str) -> str:
    """The source of a cell in which the answer to ``exercise`` is this attack."""
    source = textwrap.dedent(inspect.getsource(function)).split("\n", 1)[1]  # without the decorator
    return f"{source}\n\n{HEADS[exercise]}    return {function.__name__}(weights, memory)\n"
