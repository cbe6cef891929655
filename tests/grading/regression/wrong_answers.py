"""One wrong answer for each kind of fault that the checker tells apart, and ten known mistakes."""

import inspect
from collections.abc import Callable

import torch
from grading.regression.entry import RIGHT

WRONG: list[tuple[str, str, Callable]] = []


def wrong(exercise: str, told: str) -> Callable[[Callable], Callable]:
    """A decorator: a wrong answer to ``exercise``; ``told`` is the fault or the misconception named."""

    def noted(function: Callable) -> Callable:
        WRONG.append((exercise, told, function))
        return function

    return noted


def as_answer(exercise: str, function: Callable) -> str:
    """The source of the learner's cell: the function under the name that the exercise asks for."""
    source = inspect.getsource(function).split("\n", 1)[1]  # without the decorator
    asked = RIGHT[exercise].split("(")[0].strip()
    return source.replace(f"def {function.__name__}", asked, 1)


@wrong("5.3", "arguments")
def fault_arguments(weights):
    return weights


@wrong("5.3", "crash")
def fault_crash(weights, memory):
    return weights @ memory.mean()


@wrong("5.3", "time")
def fault_time(weights, memory):
    while True:
        pass


@wrong("5.3", "type")
def fault_type(weights, memory):
    print(weights)


@wrong("5.3", "shape")
def fault_shape(weights, memory):
    return weights[..., None] * memory


@wrong("5.3", "dtype")
def fault_dtype(weights, memory):
    return torch.bmm(weights[:, None], memory)[:, 0].double()


@wrong("5.3", "device")
def fault_device(weights, memory):
    return torch.empty_like(memory[:, 0], device="meta")


@wrong("5.3", "nan")
def fault_nan(weights, memory):
    return memory[:, 0] * float("nan")


@wrong("5.3", "value")
def fault_value(weights, memory):
    return torch.bmm(weights[:, None], memory)[:, 0].abs() + 0.37


@wrong("7.3", "mask")
def fault_mask(tgt_mask):
    return tgt_mask[:, None, :, None] ^ tgt_mask[:, None, None]


@wrong("5.2", "zero")
def fault_zero(scores, src_mask):
    return scores.masked_fill(~src_mask, float("-inf")).softmax(dim=1) + 1e-9


@wrong("5.2", "modified")
def fault_modified(scores, src_mask):
    return scores.masked_fill_(~src_mask, float("-inf")).softmax(dim=1)


@wrong("5.1", "detached")
def fault_detached(query, memory, W, U, v):
    with torch.no_grad():
        return torch.tanh((query @ W.T)[:, None] + memory @ U.T) @ v


@wrong("5.1", "gradient")
def fault_gradient(query, memory, W, U, v):
    units = torch.tanh((query @ W.T)[:, None] + memory @ U.T)
    return units @ v + (units - units.detach()) @ v


@wrong("5.1", "no tanh")
def no_tanh(query, memory, W, U, v):
    return ((query @ W.T)[:, None] + memory @ U.T) @ v


@wrong("5.1", "query left out")
def query_left_out(query, memory, W, U, v):
    return torch.tanh(memory @ U.T) @ v


@wrong("5.2", "no mask")
def no_mask(scores, src_mask):
    return scores.softmax(dim=1)


@wrong("5.2", "zeroed after the softmax")
def zeroed_after_the_softmax(scores, src_mask):
    return scores.softmax(dim=1) * src_mask


@wrong("5.2", "mask inverted")
def mask_inverted(scores, src_mask):
    return scores.masked_fill(src_mask, float("-inf")).softmax(dim=1)


@wrong("5.3", "plain mean")
def plain_mean(weights, memory):
    return memory.mean(dim=1)


@wrong("5.3", "maximum")
def maximum(weights, memory):
    return memory.max(dim=1).values


@wrong("5.3", "memory detached")
def memory_detached(weights, memory):
    return torch.bmm(weights[:, None], memory.detach())[:, 0]


@wrong("7.2", "sees the next word")
def sees_the_next_word(tgt_in):
    T = tgt_in.shape[1]
    return torch.ones(T, T, dtype=torch.bool).tril(1)


@wrong("7.3", "or in place of and")
def or_in_place_of_and(tgt_mask):
    T = tgt_mask.shape[1]
    return torch.ones(T, T, dtype=torch.bool).tril() | tgt_mask[:, None, None]
