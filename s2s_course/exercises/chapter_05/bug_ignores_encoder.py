"""Exercise 5.4: find the bug in an attention that never looks at the encoder."""

import torch

from s2s_course.exercises.engine.exercise import Case, Exercise, Task
from s2s_course.exercises.engine.misconception import mistake, mistakes_in
from s2s_course.seeds import torch_generator

TASK = Task(
    id="5.4",
    title="Find the bug: every word has the same weight",
    goal="In this attention all shapes are right and the loss falls, but every word of a sentence has the "
    "same weight, at every step and after any amount of training, and the translations ignore the "
    "source. Find out why, and repair the step.",
    points=2,
    difficulty="medium",
    minutes=15,
    outputs=("context", "weights"),
    hints=(
        "Ask of each line: would its result change if memory held other numbers? And: which of the words "
        "does a result belong to?",
        "Follow the name memory through the code. The scores compare the query with each word, so they must "
        "be S different numbers; the context is a sum of S different states. At which two places does the "
        "code take one vector, the same for all words, where it should take those of the words?",
        "There are two wrong places, in the scores and in the context, and the same name stands in both. "
        "W multiplies the query, U multiplies memory, and the weights multiply memory.",
    ),
)


def attend(
    query: torch.Tensor,
    memory: torch.Tensor,
    W: torch.Tensor,
    U: torch.Tensor,
    v: torch.Tensor,
    src_mask: torch.Tensor,
) -> tuple[torch.Tensor, torch.Tensor]:
    """One step of additive attention: scores, weights and context.

    query:    (B, D) the decoder's states before this step
    memory:   (B, S, M) the encoder's states
    W, U, v:  (A, D), (A, M) and (A,)
    src_mask: (B, S) bool, True = real token; at least one in each row, and padding
              may stand anywhere
    returns:  the context (B, M) and the weights (B, S), which are exactly 0 at padding
    """
    units = torch.tanh((query @ W.T).unsqueeze(1) + memory @ U.T)  # (B, S, A)
    scores = (units @ v).masked_fill(~src_mask, float("-inf"))  # (B, S)
    weights = scores.softmax(dim=1)
    context = (weights.unsqueeze(2) * memory).sum(dim=1)
    return context, weights


def _case(
    name: str,
    lengths: tuple[int, ...],
    S: int,
    D: int,
    M: int,
    A: int,
    *,
    low: bool = False,
    gaps: bool = False,
) -> Case:
    """Where D = M the one state can be taken for the other.

    With ``low`` a saturated unit brings all scores near -400; with ``gaps`` padding stands between words.
    """

    def make(seed: int) -> tuple[torch.Tensor, ...]:
        generator = torch_generator(seed)
        B = len(lengths)
        shapes = (B, D), (B, S, M), (A, D), (A, M), (A,)
        query, memory, W, U, v = (torch.randn(shape, generator=generator) for shape in shapes)
        if low:
            query[:, 0], W[0], W[0, 0], U[0], v[0] = 4.0, 0.0, 4.0, 0.0, -400.0
        places = torch.rand(B, S, generator=generator).argsort(1) if gaps else torch.arange(S)
        return query, memory, W, U, v, places < torch.tensor(lengths).unsqueeze(1)

    return Case(name, make)


CASES = (
    _case("a padded sentence beside a longer one", (3, 2), 3, 2, 2, 5),
    _case("one sentence", (5,), 5, 3, 3, 2),
    _case("three sentences of different length", (2, 7, 4), 7, 3, 3, 5),
    _case("scores far below 0", (4, 1, 2), 4, 2, 2, 3, low=True),
    _case("padding between the words, a large decoder state", (3, 2, 4, 3, 1, 2), 5, 4, 3, 2, gaps=True),
    _case("an encoder's state is larger than the decoder's", (2, 3), 3, 4, 5, 6),
)


def _weights(query, keys, W, U, v, src_mask):
    units = torch.tanh((query @ W.T).unsqueeze(1) + keys @ U.T)
    return (units @ v).masked_fill(~src_mask, float("-inf")).softmax(dim=1)


def _sum_of(values, weights):
    return (weights.unsqueeze(2) * values).sum(dim=1)


def _for_each_word(query, memory):
    return query.unsqueeze(1).expand_as(memory)


def blind_attend(query, memory, W, U, v, src_mask):
    """All shapes are right, the loss falls, and every word gets the same weight."""
    keys = query.unsqueeze(1).expand(-1, memory.shape[1], -1)
    units = torch.tanh((query @ W.T).unsqueeze(1) + keys @ U.T)
    scores = (units @ v).masked_fill(~src_mask, float("-inf"))
    weights = scores.softmax(dim=1)
    context = (weights.unsqueeze(2) * keys).sum(dim=1)
    return context, weights


_the_bug_is_still_there = mistake(
    "the bug is still there",
    "The bug is still there: memory gives you nothing but its shape. The query is scored with itself, so "
    "all words get the same score, and the context is the query again. Both what is scored and what is "
    "added up must be the encoder's states.",
)(blind_attend)


@mistake(
    "weights that are all the same",
    "Half of it is repaired: your context is made of encoder states. But all words still get the same "
    "weight, because their scores do not depend on them. Which vectors does U multiply?",
)
def _only_the_context_looks(query, memory, W, U, v, src_mask):
    weights = _weights(query, _for_each_word(query, memory), W, U, v, src_mask)
    return _sum_of(memory, weights), weights


@_only_the_context_looks.variant
def _mean_of_the_source_scored(query, memory, W, U, v, src_mask):
    weights = src_mask / src_mask.sum(dim=1, keepdim=True)
    return _sum_of(memory, weights), weights


@mistake(
    "context made of the query",
    "Half of it is repaired: your weights look at the encoder. But what you add up with them is the "
    "decoder's state, and as the weights sum to 1 the context is the query itself. The weights say where to "
    "read; what is read must come from memory.",
)
def _only_the_scores_look(query, memory, W, U, v, src_mask):
    weights = _weights(query, memory, W, U, v, src_mask)
    return _sum_of(_for_each_word(query, memory), weights), weights


@mistake(
    "query added to the context",
    "You add the decoder's state to the context. The decoder has its own state anyway; the context is what "
    "the encoder tells it, and nothing else.",
)
def _decoder_added_to_the_context(query, memory, W, U, v, src_mask):
    context, weights = attend(query, memory, W, U, v, src_mask)
    return context + query, weights


@mistake(
    "query left out",
    "Now the decoder is not asked: your weights depend on the source alone, so every step reads the same. "
    "The part with W and the query belongs into the score of each word.",
)
def _query_left_out(query, memory, W, U, v, src_mask):
    return attend(torch.zeros_like(query), memory, W, U, v, src_mask)


@mistake(
    "an encoder state as query",
    "You use encoder states as the query as well: those of the words themselves, or the last one. Then what "
    "has been written so far does not matter, and every step reads the same. W multiplies the decoder's "
    "state.",
)
def _memory_scored_with_itself(query, memory, W, U, v, src_mask):
    units = torch.tanh(memory @ W.T + memory @ U.T)
    weights = (units @ v).masked_fill(~src_mask, float("-inf")).softmax(dim=1)
    return _sum_of(memory, weights), weights


@_memory_scored_with_itself.variant
def _last_state_as_query(query, memory, W, U, v, src_mask):
    last = memory[torch.arange(len(memory)), src_mask.sum(dim=1) - 1]
    return attend(last, memory, W, U, v, src_mask)


@_memory_scored_with_itself.variant
def _last_position_as_query(query, memory, W, U, v, src_mask):
    return attend(memory[:, -1], memory, W, U, v, src_mask)


@mistake(
    "weights not used",
    "Your weights are right, but your context is not made with them: it is the mean of the encoder states, "
    "or the last of them. Multiply each state by its weight and add them up.",
)
def _weights_unused(query, memory, W, U, v, src_mask):
    words = src_mask / src_mask.sum(dim=1, keepdim=True)
    return _sum_of(memory, words), _weights(query, memory, W, U, v, src_mask)


@_weights_unused.variant
def _weights_unused_in_the_mean(query, memory, W, U, v, src_mask):
    return memory.mean(dim=1), _weights(query, memory, W, U, v, src_mask)


@_weights_unused.variant
def _last_state_as_context(query, memory, W, U, v, src_mask):
    last = memory[torch.arange(len(memory)), src_mask.sum(dim=1) - 1]
    return last, _weights(query, memory, W, U, v, src_mask)


@mistake(
    "padding attended to",
    "You repaired the bug and lost the mask: padding takes a share of the softmax. Set the scores at "
    "padding to -inf before it.",
)
def _padding_attended(query, memory, W, U, v, src_mask):
    return attend(query, memory, W, U, v, torch.ones_like(src_mask))


@_padding_attended.variant
def _padding_attended_in_the_context(query, memory, W, U, v, src_mask):
    context, weights = _padding_attended(query, memory, W, U, v, src_mask)
    return context, weights * src_mask


@_padding_attended.variant
def _padding_zeroed_after(query, memory, W, U, v, src_mask):
    weights = _padding_attended(query, memory, W, U, v, src_mask)[1] * src_mask
    return _sum_of(memory, weights), weights


@mistake(
    "W and U exchanged",
    "Your step looks at both, but with the weights exchanged: W belongs to the query and U to the memory. "
    "It runs only because the two states happen to be of one size.",
)
def _W_and_U_exchanged(query, memory, W, U, v, src_mask):
    return attend(query, memory, U, W, v, src_mask)


@mistake(
    "no tanh",
    "Your step looks at both, but without the tanh the query adds the same number to all scores of a "
    "sentence, and the softmax cancels it. So the weights depend on the source alone.",
)
def _no_tanh(query, memory, W, U, v, src_mask):
    scores = ((query @ W.T).unsqueeze(1) + memory @ U.T) @ v
    weights = scores.masked_fill(~src_mask, float("-inf")).softmax(dim=1)
    return _sum_of(memory, weights), weights


@mistake(
    "memory detached",
    "The numbers are right, but memory is cut off from the gradient: the decoder looks at an encoder that "
    "attention cannot train.",
)
def _memory_detached(query, memory, W, U, v, src_mask):
    return attend(query, memory.detach(), W, U, v, src_mask)


@mistake(
    "weights detached",
    "The numbers are right, but in the context the weights are cut off from the gradient. Nothing could "
    "learn where to look.",
)
def _weights_detached(query, memory, W, U, v, src_mask):
    weights = _weights(query, memory, W, U, v, src_mask)
    return _sum_of(memory, weights.detach()), weights


@mistake(
    "outputs exchanged",
    "You return the weights first and the context second. The order is context, weights.",
)
def _outputs_exchanged(query, memory, W, U, v, src_mask):
    return attend(query, memory, W, U, v, src_mask)[::-1]


EXERCISE = Exercise.from_task(
    TASK, attend, CASES, mistakes_in(globals()), broken=(blind_attend,), exact_zeros=True
)
