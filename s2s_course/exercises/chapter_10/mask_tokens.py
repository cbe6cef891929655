"""Exercise 10.1: what an encoder that fills gaps reads, and what it is asked for."""

import torch

from s2s_course.exercises.engine.exercise import Case, Exercise, Task
from s2s_course.exercises.engine.misconception import mistake, mistakes_in
from s2s_course.seeds import torch_generator

TASK = Task(
    id="10.1",
    title="Hidden words",
    goal="An encoder that reads in both directions cannot be asked for the next word, since it has read it. "
    "BERT is asked for hidden ones. Make its inputs and targets for a given choice of words. (BERT replaces "
    "eight in ten of the chosen words by the mask, one by a random word, and leaves one as it is. Here all "
    "of them get the mask.)",
    points=1,
    difficulty="easy",
    minutes=5,
    outputs=("inputs", "targets"),
    hints=(
        "Write down one sentence of five words of which the second is hidden. What stands at the second "
        "place of inputs and of targets, and what at the others?",
        "Both results are copies of tokens in which some places are overwritten by one number: in inputs the "
        "chosen places by mask_index, in targets all other places by -100. No loop is needed, and tokens "
        "itself must not change.",
        "`tokens.masked_fill(mask, number)` gives a copy with the number wherever the mask is True. For the "
        "targets the mask is `~chosen`.",
    ),
)


def mask_tokens(
    tokens: torch.Tensor,
    chosen: torch.Tensor,
    mask_index: int,
):
    """Inputs and targets of a model that learns by filling gaps.

    tokens:  (B, S) int64, the words of a batch
    chosen:  (B, S) bool, True = this word is hidden and has to be guessed; in BERT
             15 % of all words are
    returns: inputs (B, S) int64, where mask_index stands for each hidden word; targets
             (B, S) int64, the hidden words, and -100 everywhere else, which the loss
             ignores. tokens stays as it is.
    """
    inputs = tokens.masked_fill(chosen, mask_index)
    targets = tokens.masked_fill(~chosen, -100)
    return inputs, targets


def _case(name: str, B: int, S: int, share: float) -> Case:
    """About a ``share`` of the words is chosen; in the first row the first word, 0, and not the second."""

    def make(seed: int) -> tuple[torch.Tensor, torch.Tensor, int]:
        generator = torch_generator(seed)
        tokens = torch.randint(1, 200, (B, S), generator=generator)
        chosen = torch.rand(B, S, generator=generator) < share
        tokens[0, 0], chosen[0, 0], chosen[0, 1], chosen[-1, -1] = 0, True, False, B > 1
        return tokens, chosen, int(torch.randint(200, 300, (), generator=generator))

    return Case(name, make)


CASES = (
    _case("two sentences", 2, 5, 0.3),
    _case("few words are chosen", 5, 7, 0.15),
    _case("a single sentence", 1, 8, 0.4),
    _case("most words are chosen", 3, 3, 0.8),
    _case("more sentences than words", 6, 4, 0.3),
)


_IGNORED = -100


@mistake(
    "loss everywhere",
    "Your targets hold every word. Most of them can be read in the inputs, so the model is mainly trained "
    "to copy. Only hidden words count; everywhere else the target is -100.",
)
def _everywhere(tokens, chosen, mask_index):
    return tokens.masked_fill(chosen, mask_index), tokens.clone()


@mistake(
    "targets hidden too",
    "Your targets hold mask_index where they should hold the hidden words: the model is asked to answer "
    "with the mask. If you wrote the mask into tokens before you made the targets, the words were gone by "
    "then.",
)
def _targets_hidden_too(tokens, chosen, mask_index):
    inputs = tokens.masked_fill(chosen, mask_index)
    return inputs, inputs.masked_fill(~chosen, _IGNORED)


@_targets_hidden_too.variant
def _targets_hidden_and_nothing_ignored(tokens, chosen, mask_index):
    inputs = tokens.masked_fill(chosen, mask_index)
    return inputs, inputs.clone()


@mistake(
    "choice inverted",
    "You take the words that are not chosen for the chosen ones, in the inputs, the targets or both. True "
    "means that a word is hidden and asked for. `masked_fill` fills where its mask is True.",
)
def _inverted(tokens, chosen, mask_index):
    return mask_tokens(tokens, ~chosen, mask_index)


@_inverted.variant
def _targets_inverted(tokens, chosen, mask_index):
    return tokens.masked_fill(chosen, mask_index), tokens.masked_fill(chosen, _IGNORED)


@_inverted.variant
def _inputs_inverted(tokens, chosen, mask_index):
    return tokens.masked_fill(~chosen, mask_index), tokens.masked_fill(~chosen, _IGNORED)


@mistake(
    "another index is ignored",
    "Where no word is hidden your targets hold another number than -100. `F.cross_entropy` ignores -100 and "
    "nothing else, unless it is told so; 0 and mask_index are ordinary classes to it.",
)
def _zeros_elsewhere(tokens, chosen, mask_index):
    return tokens.masked_fill(chosen, mask_index), tokens.masked_fill(~chosen, 0)


@_zeros_elsewhere.variant
def _minus_one_elsewhere(tokens, chosen, mask_index):
    return tokens.masked_fill(chosen, mask_index), tokens.masked_fill(~chosen, -1)


@_zeros_elsewhere.variant
def _mask_elsewhere(tokens, chosen, mask_index):
    return tokens.masked_fill(chosen, mask_index), tokens.masked_fill(~chosen, mask_index)


@mistake(
    "nothing is hidden",
    "Your inputs still show the words that are asked for, so the model has only to copy them. `masked_fill` "
    "returns a new tensor: keep what it returns.",
)
def _nothing_hidden(tokens, chosen, mask_index):
    return tokens.clone(), tokens.masked_fill(~chosen, _IGNORED)


@mistake(
    "hidden by another index",
    "You hide words with another number than mask_index. 0 is an ordinary word here, and -100 is known to "
    "the loss alone: no row of an embedding belongs to it.",
)
def _zeros_hide(tokens, chosen, mask_index):
    return tokens * ~chosen, tokens.masked_fill(~chosen, _IGNORED)


@_zeros_hide.variant
def _minus_100_hides(tokens, chosen, mask_index):
    return mask_tokens(tokens, chosen, _IGNORED)


@mistake(
    "next word asked for",
    "Your targets are shifted by one position, as for a language model that goes from left to right. Here "
    "the answer stands where the gap is.",
)
def _shifted(tokens, chosen, mask_index):
    """As a language model would be asked: the word that follows a hidden one."""
    inputs = tokens.masked_fill(chosen, mask_index)
    following = torch.cat([tokens[:, 1:], torch.full((len(tokens), 1), _IGNORED)], dim=1)
    return inputs, following.masked_fill(~chosen, _IGNORED)


@_shifted.variant
def _all_words_shifted(tokens, chosen, mask_index):
    inputs = tokens.masked_fill(chosen, mask_index)
    return inputs, torch.cat([tokens[:, 1:], torch.full((len(tokens), 1), _IGNORED)], dim=1)


@mistake(
    "one choice for all sentences",
    "You use the choice of the first sentence for all of them. Each row of tokens has its own row in chosen.",
)
def _first_row_for_all(tokens, chosen, mask_index):
    return mask_tokens(tokens, chosen[:1].expand_as(chosen), mask_index)


@mistake(
    "inputs and targets exchanged",
    "You have exchanged inputs and targets: inputs come first.",
)
def _exchanged(tokens, chosen, mask_index):
    return mask_tokens(tokens, chosen, mask_index)[::-1]


EXERCISE = Exercise.from_task(TASK, mask_tokens, CASES, mistakes_in(globals()))
