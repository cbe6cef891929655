"""Exercise 5.3: the context, a weighted sum of encoder states."""

import torch

from s2s_course.exercises.engine.exercise import Case, Exercise, Task
from s2s_course.exercises.engine.misconception import mistake, mistakes_in
from s2s_course.seeds import torch_generator

TASK = Task(
    id="5.3",
    title="The context vector",
    goal="Add up the encoder states of each sentence, each multiplied by its attention weight.",
    points=1,
    difficulty="easy",
    minutes=5,
    outputs=("context",),
    hints=(
        "There is one weight for a state of M numbers. Give weights a last axis of size 1, so that each "
        "weight multiplies all M numbers of its state.",
        "The weighted states are (B, S, M), as memory is. What is asked for is (B, M), so one axis has to "
        "go: the one along which the words stand. The same can be had from a product of matrices, (B, 1, S) "
        "times (B, S, M).",
        "`weights.unsqueeze(2) * memory` has the shape (B, S, M). Add it up over the axis of the words.",
    ),
)


def context_vector(
    weights: torch.Tensor,
    memory: torch.Tensor,
) -> torch.Tensor:
    """What the decoder reads at one step: encoder states, each as much as it weighs.

    weights: (B, S) attention weights; each row sums to 1 and is 0 at padding
    memory:  (B, S, M) the encoder's states
    returns: (B, M), in each sentence the sum of its states times their weights
    """
    return (weights.unsqueeze(2) * memory).sum(dim=1)


def _case(name: str, lengths: tuple[int, ...], S: int, M: int) -> Case:
    """Two sentences or more: with one alone nobody could mix them up. What stands at padding is large."""

    def make(seed: int) -> tuple[torch.Tensor, torch.Tensor]:
        generator = torch_generator(seed)
        scores = 2 * torch.randn(len(lengths), S, generator=generator)
        padding = torch.arange(S) >= torch.tensor(lengths).unsqueeze(1)
        memory = torch.randn(len(lengths), S, M, generator=generator)
        return scores.masked_fill(padding, float("-inf")).softmax(dim=1), memory + 5 * padding.unsqueeze(2)

    return Case(name, make)


CASES = (
    _case("two sentences of three words", (3, 3), 3, 2),
    _case("padding behind the words", (2, 5, 3), 7, 2),
    _case("as many words as numbers in a state", (5, 4), 5, 5),
    _case("as many sentences as words", (3, 2, 3), 3, 5),
    _case("more sentences than words", (2, 1, 3, 2, 3), 3, 4),
)


@mistake(
    "plain mean",
    "Your context is the mean of the encoder states, and the weights do nothing. The decoder would read the "
    "same vector at every step. Multiply each state by its weight.",
)
def _mean(weights, memory):
    return memory.mean(dim=1)


@_mean.variant
def _mean_of_the_words(weights, memory):
    real = (weights > 0).float()
    return context_vector(real / real.sum(dim=1, keepdim=True), memory)


@mistake(
    "plain sum",
    "You add up the encoder states without their weights, so all words count alike and the context grows "
    "with the length of the sentence. Multiply each state by its weight first.",
)
def _sum(weights, memory):
    return memory.sum(dim=1)


@_sum.variant
def _sum_of_the_words(weights, memory):
    return context_vector((weights > 0).float(), memory)


@mistake(
    "divided by the length",
    "You divide the weighted sum by the number of words, by taking the mean for instance. The weights sum "
    "to 1 already, so the sum is an average as it is. A mean of it makes the context small, and smaller in "
    "a longer sentence.",
)
def _divided_by_the_length(weights, memory):
    return (weights.unsqueeze(2) * memory).mean(dim=1)


@_divided_by_the_length.variant
def _divided_by_the_words(weights, memory):
    return context_vector(weights, memory) / (weights > 0).sum(dim=1, keepdim=True)


@mistake(
    "maximum",
    "You take the maximum over the words, each of the M numbers for itself. It mixes numbers of different "
    "words, and the weights do not decide. The context is a weighted sum.",
)
def _maximum(weights, memory):
    return memory.amax(dim=1)


@_maximum.variant
def _maximum_of_the_products(weights, memory):
    return (weights.unsqueeze(2) * memory).amax(dim=1)


@mistake(
    "only the word of the largest weight",
    "You pick the word with the largest weight. That is hard attention: no gradient reaches the weights "
    "through a choice, so they could not be trained like this. All words enter, each with its weight.",
)
def _largest_weight(weights, memory):
    return memory[torch.arange(len(memory)), weights.argmax(dim=1)]


@_largest_weight.variant
def _largest_weight_times_its_state(weights, memory):
    return weights.amax(dim=1, keepdim=True) * _largest_weight(weights, memory)


@mistake(
    "one fixed state",
    "Your context comes from the first or the last encoder state alone. That is the bottleneck of chapter "
    "4, which attention is made to remove. Add up all S states with their weights.",
)
def _last_state(weights, memory):
    return memory[:, -1]


@_last_state.variant
def _first_state(weights, memory):
    return memory[:, 0]


@_last_state.variant
def _last_word(weights, memory):
    return memory[torch.arange(len(memory)), (weights > 0).sum(dim=1) - 1]


@_last_state.variant
def _first_product(weights, memory):
    return weights[:, :1] * memory[:, 0]


@_last_state.variant
def _last_product(weights, memory):
    return weights[:, -1:] * memory[:, -1]


@mistake(
    "sentences mixed up",
    "Your sentences read each other's states or weights. `weights @ memory` multiplies the weights of every "
    "sentence with the memory of every sentence and gives (B, B, M). Row b of the weights belongs to memory "
    "b and to no other; each needs an axis with which they can meet.",
)
def _memory_of_the_first_sentence(weights, memory):
    return (weights @ memory)[0]


@_memory_of_the_first_sentence.variant
def _weights_of_the_first_sentence(weights, memory):
    return (weights @ memory)[:, 0]


@_memory_of_the_first_sentence.variant
def _memory_of_all_sentences(weights, memory):
    return torch.einsum("bs,csm->bm", weights, memory)


@_memory_of_the_first_sentence.variant
def _weights_of_all_sentences(weights, memory):
    return torch.einsum("cs,bsm->bm", weights, memory)


@_memory_of_the_first_sentence.variant
def _mean_over_memories(weights, memory):
    return (weights @ memory).mean(dim=0)


@_memory_of_the_first_sentence.variant
def _mean_over_weights(weights, memory):
    return (weights @ memory).mean(dim=1)


@mistake(
    "weights in reverse",
    "Your weights meet the states in reverse order: the first weight is multiplied with the last state. "
    "Both count the words from left to right.",
)
def _weights_in_reverse(weights, memory):
    return context_vector(weights.flip(1), memory)


@mistake(
    "softmax twice",
    "You apply a softmax to the weights. They have been through one already. A second one flattens them, "
    "since numbers between 0 and 1 differ little, and gives weight back to padding.",
)
def _softmax_again(weights, memory):
    return context_vector(weights.softmax(dim=1), memory)


@mistake(
    "weights detached",
    "Your context is right, but you have cut the weights off from the gradient. The scores would stay as "
    "they were initialized: the decoder could never learn where to look.",
)
def _weights_detached(weights, memory):
    return context_vector(weights.detach(), memory)


@mistake(
    "memory detached",
    "Your context is right, but you have cut the memory off from the gradient, so the encoder would not "
    "learn through attention what is worth reading.",
)
def _memory_detached(weights, memory):
    return context_vector(weights, memory.detach())


EXERCISE = Exercise.from_task(TASK, context_vector, CASES, mistakes_in(globals()))
