"""Exercise 10.1: what an encoder that fills gaps reads, and what it is asked for."""

import torch

from s2s_course.exercises.exercise import Case, Exercise, Misconception
from s2s_course.seeds import torch_generator

_IGNORED = -100


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


def _everywhere(tokens, chosen, mask_index):
    return tokens.masked_fill(chosen, mask_index), tokens.clone()


def _targets_hidden_too(tokens, chosen, mask_index):
    inputs = tokens.masked_fill(chosen, mask_index)
    return inputs, inputs.masked_fill(~chosen, _IGNORED)


def _targets_hidden_and_nothing_ignored(tokens, chosen, mask_index):
    inputs = tokens.masked_fill(chosen, mask_index)
    return inputs, inputs.clone()


def _inverted(tokens, chosen, mask_index):
    return mask_tokens(tokens, ~chosen, mask_index)


def _targets_inverted(tokens, chosen, mask_index):
    return tokens.masked_fill(chosen, mask_index), tokens.masked_fill(chosen, _IGNORED)


def _inputs_inverted(tokens, chosen, mask_index):
    return tokens.masked_fill(~chosen, mask_index), tokens.masked_fill(~chosen, _IGNORED)


def _ignored_is(index):
    def wrong(tokens, chosen, mask_index):
        value = mask_index if index is None else index
        return tokens.masked_fill(chosen, mask_index), tokens.masked_fill(~chosen, value)

    return wrong


_zeros_elsewhere = _ignored_is(0)
_minus_one_elsewhere = _ignored_is(-1)
_mask_elsewhere = _ignored_is(None)


def _nothing_hidden(tokens, chosen, mask_index):
    return tokens.clone(), tokens.masked_fill(~chosen, _IGNORED)


def _zeros_hide(tokens, chosen, mask_index):
    return tokens * ~chosen, tokens.masked_fill(~chosen, _IGNORED)


def _minus_100_hides(tokens, chosen, mask_index):
    return mask_tokens(tokens, chosen, _IGNORED)


def _shifted(tokens, chosen, mask_index):
    """As a language model would be asked: the word that follows a hidden one."""
    inputs = tokens.masked_fill(chosen, mask_index)
    following = torch.cat([tokens[:, 1:], torch.full((len(tokens), 1), _IGNORED)], dim=1)
    return inputs, following.masked_fill(~chosen, _IGNORED)


def _all_words_shifted(tokens, chosen, mask_index):
    inputs = tokens.masked_fill(chosen, mask_index)
    return inputs, torch.cat([tokens[:, 1:], torch.full((len(tokens), 1), _IGNORED)], dim=1)


def _first_row_for_all(tokens, chosen, mask_index):
    return mask_tokens(tokens, chosen[:1].expand_as(chosen), mask_index)


def _exchanged(tokens, chosen, mask_index):
    return mask_tokens(tokens, chosen, mask_index)[::-1]


def _case(name: str, B: int, S: int, share: float) -> Case:
    """About a ``share`` of the words is chosen; in the first row the first word, 0, and not the second."""

    def make(seed: int) -> tuple[torch.Tensor, torch.Tensor, int]:
        generator = torch_generator(seed)
        tokens = torch.randint(1, 200, (B, S), generator=generator)
        chosen = torch.rand(B, S, generator=generator) < share
        tokens[0, 0], chosen[0, 0], chosen[0, 1], chosen[-1, -1] = 0, True, False, B > 1
        return tokens, chosen, int(torch.randint(200, 300, (), generator=generator))

    return Case(name, make)


EXERCISE = Exercise(
    id="10.1",
    title="Hidden words",
    goal="An encoder that reads in both directions cannot be asked for the next word, since it has read it. "
    "BERT is asked for hidden ones. Make its inputs and targets for a given choice of words. (BERT replaces "
    "eight in ten of the chosen words by the mask, one by a random word, and leaves one as it is. Here all "
    "of them get the mask.)",
    points=1,
    outputs=("inputs", "targets"),
    reference=mask_tokens,
    cases=(
        _case("two sentences", 2, 5, 0.3),
        _case("few words are chosen", 5, 7, 0.15),
        _case("a single sentence", 1, 8, 0.4),
        _case("most words are chosen", 3, 3, 0.8),
    ),
    misconceptions=(
        Misconception(
            "loss everywhere",
            _everywhere,
            "Your targets hold every word. Most of them can be read in the inputs, so the model is mainly "
            "trained to copy. Only hidden words count; everywhere else the target is -100.",
        ),
        Misconception(
            "targets hidden too",
            _targets_hidden_too,
            "Your targets hold mask_index where they should hold the hidden words: the model is asked to "
            "answer with the mask. If you wrote the mask into tokens before you made the targets, the words "
            "were gone by then.",
            (_targets_hidden_and_nothing_ignored,),
        ),
        Misconception(
            "choice inverted",
            _inverted,
            "You take the words that are not chosen for the chosen ones, in the inputs, the targets or both. "
            "True means that a word is hidden and asked for. `masked_fill` fills where its mask is True.",
            (_targets_inverted, _inputs_inverted),
        ),
        Misconception(
            "another index is ignored",
            _zeros_elsewhere,
            "Where no word is hidden your targets hold another number than -100. `F.cross_entropy` ignores "
            "-100 and nothing else, unless it is told so; 0 and mask_index are ordinary classes to it.",
            (_minus_one_elsewhere, _mask_elsewhere),
        ),
        Misconception(
            "nothing is hidden",
            _nothing_hidden,
            "Your inputs still show the words that are asked for, so the model has only to copy them. "
            "`masked_fill` returns a new tensor: keep what it returns.",
        ),
        Misconception(
            "hidden by another index",
            _zeros_hide,
            "You hide words with another number than mask_index. 0 is an ordinary word here, and -100 is "
            "known to the loss alone: no row of an embedding belongs to it.",
            (_minus_100_hides,),
        ),
        Misconception(
            "next word asked for",
            _shifted,
            "Your targets are shifted by one position, as for a language model that goes from left to right. "
            "Here the answer stands where the gap is.",
            (_all_words_shifted,),
        ),
        Misconception(
            "one choice for all sentences",
            _first_row_for_all,
            "You use the choice of the first sentence for all of them. Each row of tokens has its own row in "
            "chosen.",
        ),
        Misconception(
            "inputs and targets exchanged",
            _exchanged,
            "You have exchanged inputs and targets: inputs come first.",
        ),
    ),
    hints=(
        "Write down one sentence of five words of which the second is hidden. What stands at the second "
        "place of inputs and of targets, and what at the others?",
        "`tokens.masked_fill(mask, number)` gives a copy with the number wherever the mask is True. For the "
        "targets the mask is `~chosen`.",
    ),
)
