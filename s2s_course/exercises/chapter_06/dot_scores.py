"""Exercise 6.1: the dot scores of all decoder steps in one product."""

import torch
from torch.nn.functional import normalize

from s2s_course.exercises.engine.exercise import Case, Exercise, Task
from s2s_course.exercises.engine.misconception import mistake, mistakes_in
from s2s_course.seeds import torch_generator

TASK = Task(
    id="6.1",
    title="The dot score of all steps",
    goal="Score every decoder state against every encoder state of its sentence by their dot product, all "
    "steps of the batch at once.",
    points=1,
    difficulty="easy",
    minutes=5,
    outputs=("scores",),
    hints=(
        "Take one sentence: queries are T rows, memory are S rows, all of D numbers. Which product of two "
        "matrices has the dot product of row t and row s at place (t, s)? Write down the shapes.",
        "It is one product of matrices for each sentence. The rows of queries must meet columns that are "
        "states of memory. But memory has its states as rows, so its last two axes have to change places; "
        "the axis of the batch stays in front.",
        "`@` treats the first axis as the batch: (B, T, D) times (B, D, S) gives (B, T, S). The second "
        "factor is memory with its last two axes exchanged, `memory.transpose(1, 2)`.",
    ),
)


def dot_scores(queries: torch.Tensor, memory: torch.Tensor) -> torch.Tensor:
    """Luong's dot score of every decoder state with every encoder state.

    queries: (B, T, D) the decoder states z_1 … z_T
    memory:  (B, S, D) the encoder states h_1 … h_S
    returns: (B, T, S): row t, column s holds the score of z_t and h_s, as it is before
             any scaling, mask or softmax
    """
    return queries @ memory.transpose(1, 2)


def _case(name: str, B: int, T: int, S: int, D: int) -> Case:
    """Standard normal numbers."""

    def make(seed: int) -> tuple[torch.Tensor, torch.Tensor]:
        generator = torch_generator(seed)
        return torch.randn(B, T, D, generator=generator), torch.randn(B, S, D, generator=generator)

    return Case(name, make)


CASES = (
    _case("two sentences, three steps and five words", 2, 3, 5, 2),
    _case("as many steps as words", 3, 4, 4, 2),
    _case("a single sentence", 1, 5, 2, 3),
    _case("all sizes the same", 3, 3, 3, 3),
    _case("more sentences than steps or words", 5, 2, 3, 4),
)


@mistake(
    "transposed",
    "Your scores stand on their side: (B, S, T) instead of (B, T, S). Where T equals S nothing would crash, "
    "and a softmax over the last axis would share each word out among the steps. A row belongs to a decoder "
    "step, so queries must be the left factor.",
)
def _transposed(queries, memory):
    return memory @ queries.transpose(1, 2)


@mistake(
    "reshaped instead of transposed",
    "You got (B, D, S) out of memory with `reshape` or `view`. That deals out the same numbers in another "
    "order, so a column mixes pieces of several encoder states. Exchange the last two axes instead.",
)
def _reshaped(queries, memory):
    B, S, D = memory.shape
    return queries @ memory.reshape(B, D, S)


@mistake(
    "scaled",
    "You divide by the root of D. That is the score of the Transformer, and often the better one for a "
    "large D. Luong's dot score is not scaled, and that one is asked for.",
)
def _scaled(queries, memory):
    return dot_scores(queries, memory) / queries.shape[-1] ** 0.5


@mistake(
    "mean instead of sum",
    "You average over the D products. A dot product is their sum. For a large D the mean is so small that "
    "before any training all weights are nearly equal.",
)
def _mean(queries, memory):
    return dot_scores(queries, memory) / queries.shape[-1]


@mistake(
    "cosine",
    "You bring the states, both kinds or one of them, to length 1. Then a state can no longer say by its "
    "length how much it matters. And a cosine, which lies between -1 and 1, never gives a sharp softmax. "
    "Use the states as they are.",
)
def _cosine(queries, memory):
    return dot_scores(normalize(queries, dim=-1), normalize(memory, dim=-1))


@_cosine.variant
def _memory_normalized(queries, memory):
    return dot_scores(queries, normalize(memory, dim=-1))


@_cosine.variant
def _queries_normalized(queries, memory):
    return dot_scores(normalize(queries, dim=-1), memory)


@mistake(
    "summed over the wrong axis",
    "You multiply every pair of states, which is right, but then add up over words or over steps. The axis "
    "that must go is the one both states share: the last, of size D.",
)
def _summed_over_words(queries, memory):
    return _products(queries, memory).sum(dim=2)


@_summed_over_words.variant
def _summed_over_steps(queries, memory):
    return _products(queries, memory).sum(dim=1)


@mistake(
    "not summed",
    "You multiply every pair of states number by number and stop there, so each pair has D numbers. A score "
    "is one number: the sum of these products.",
)
def _products(queries, memory):
    return queries.unsqueeze(2) * memory.unsqueeze(1)  # (B, T, S, D)


@mistake(
    "weights instead of scores",
    "You return attention weights: the softmax is done already. Keep it apart. Padding must be masked "
    "between the two, and a second softmax would flatten the weights.",
)
def _weights(queries, memory):
    return dot_scores(queries, memory).softmax(dim=-1)


@_weights.variant
def _weights_over_steps(queries, memory):
    return dot_scores(queries, memory).softmax(dim=1)


@mistake(
    "one decoder state only",
    "You use a single decoder state, as in a loop over the steps. Here all T states are given, and each "
    "needs its own row of scores.",
)
def _last_query(queries, memory):
    return dot_scores(queries[:, -1:], memory)


@_last_query.variant
def _last_query_without_axis(queries, memory):
    return _last_query(queries, memory).squeeze(1)


@_last_query.variant
def _first_query(queries, memory):
    return dot_scores(queries[:, :1], memory)


@_last_query.variant
def _first_query_without_axis(queries, memory):
    return _first_query(queries, memory).squeeze(1)


@_last_query.variant
def _one_query_for_all_steps(queries, memory):
    return _last_query(queries, memory).expand(-1, queries.shape[1], -1)


@mistake(
    "sentences mixed up",
    "Your scores use encoder states of other sentences in the batch. A sentence would be translated with "
    "the words of its neighbors. Each row of the batch must meet only its own memory: an einsum needs the "
    "same letter for the batch in both factors.",
)
def _summed_over_the_batch(queries, memory):
    return torch.einsum("btd,csd->bts", queries, memory)


@_summed_over_the_batch.variant
def _first_sentence_for_all(queries, memory):
    return queries @ memory[0].T


EXERCISE = Exercise.from_task(TASK, dot_scores, CASES, mistakes_in(globals()))
