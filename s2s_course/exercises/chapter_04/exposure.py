"""Exercise 4.6: a decoder that reads its own words while it is trained."""

import torch

from s2s_course.exercises.engine.exercise import Case, Exercise, Task
from s2s_course.exercises.engine.misconception import mistake, mistakes_in
from s2s_course.seeds import torch_generator

TASK = Task(
    id="4.6",
    title="Reading its own words",
    goal="Mix the inputs of a decoder for scheduled sampling: at each step the true word or the one that "
    "the model itself wrote at the step before, as keep says. `<bos>` always comes first.",
    points=2,
    difficulty="medium",
    minutes=10,
    outputs=("inputs",),
    hints=(
        "Write down tgt_in, tgt_out and guesses for a sentence of two words. Which column of guesses can be "
        "read at step 0, which at step 1?",
        "What the model wrote at one step is what it reads at the next: its own inputs are guesses, moved "
        "one place to the right. The place that becomes free in front belongs to <bos>, and the last guess "
        "is read by no step. Then keep only has to choose, place by place, between two tensors of the same "
        "shape.",
        "Put the first column of tgt_in in front of `guesses[:, :-1]` with `torch.cat([…], dim=1)`. That is "
        "what the decoder would read if it were on its own. Then `torch.where(keep, tgt_in, …)` chooses.",
    ),
)


def mixed_inputs(
    tgt_in: torch.Tensor,
    guesses: torch.Tensor,
    keep: torch.Tensor,
) -> torch.Tensor:
    """The decoder's inputs for scheduled sampling: true words and the model's own.

    tgt_in:  (B, T) int64, the true inputs: <bos>, then tgt_out without its last column
    guesses: (B, T) int64, what the model wrote at each step: guesses[:, t] stands in
             for tgt_out[:, t], the word after tgt_in[:, t]
    keep:    (B, T) bool, for the input of each step: True = the true one, False = the
             model's own
    returns: (B, T) int64, the inputs to read; the first is <bos>, whatever keep says
    """
    own = torch.cat([tgt_in[:, :1], guesses[:, :-1]], dim=1)  # one step later
    return torch.where(keep, tgt_in, own)


def _case(name: str, B: int, T: int, share: float) -> Case:
    """``share`` of the true words is kept on average; some row is told not to keep its <bos>."""

    def make(seed: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        generator = torch_generator(seed)
        tgt_in, guesses = torch.randint(31, (2, B, T), generator=generator)
        tgt_in[:, 0] = 31 + torch.randint(5, (), generator=generator)
        keep = torch.rand(B, T, generator=generator) < share
        keep[torch.randint(B, (), generator=generator), 0] = False
        return tgt_in, guesses, keep

    return Case(name, make)


CASES = (
    _case("half of the words kept", 3, 5, 0.5),
    _case("a single sentence", 1, 7, 0.5),
    _case("most words kept", 4, 6, 0.8),
    _case("nothing but <bos>", 2, 1, 0.5),
    _case("no true word kept", 3, 4, 0.0),
    _case("all true words kept", 4, 3, 1.0),
)


def _own(tgt_in, guesses):
    return torch.cat([tgt_in[:, :1], guesses[:, :-1]], dim=1)


def _with_bos(tgt_in, mixed):
    return torch.cat([tgt_in[:, :1], mixed[:, 1:]], dim=1)


@mistake(
    "guesses not shifted",
    "You put the guess of step t into step t. It is the model's answer to the input of that step, so it "
    "would be read before it was written. The input of step t is the guess of step t - 1, as in tgt_in, "
    "which is tgt_out one step later.",
)
def _not_shifted(tgt_in, guesses, keep):
    return torch.where(keep, tgt_in, guesses)


@_not_shifted.variant
def _not_shifted_with_bos(tgt_in, guesses, keep):
    return _with_bos(tgt_in, torch.where(keep, tgt_in, guesses))


@mistake(
    "shifted the wrong way",
    "You put the guess of step t + 1 into step t: the decoder would read what it writes only at the step "
    "after. A guess is read one step *after* it was written, not before.",
)
def _shifted_the_wrong_way(tgt_in, guesses, keep):
    return torch.where(keep, tgt_in, guesses.roll(-1, dims=1))


@_shifted_the_wrong_way.variant
def _shifted_the_wrong_way_with_bos(tgt_in, guesses, keep):
    return _with_bos(tgt_in, _shifted_the_wrong_way(tgt_in, guesses, keep))


@_shifted_the_wrong_way.variant
def _shifted_the_wrong_way_last_kept(tgt_in, guesses, keep):
    own = torch.cat([guesses[:, 1:], tgt_in[:, -1:]], dim=1)
    return _with_bos(tgt_in, torch.where(keep, tgt_in, own))


@mistake(
    "shifted twice",
    "You shift the guesses by two steps. guesses has the places of tgt_out, not of tgt_in: it has no <bos> "
    "in front, so one step is enough.",
)
def _shifted_twice(tgt_in, guesses, keep):
    own = torch.cat([tgt_in[:, :2], guesses[:, :-2]], dim=1)[:, : tgt_in.shape[1]]
    return torch.where(keep, tgt_in, own)


@mistake(
    "<bos> replaced",
    "After the shift some guess stands in the first place: `roll` brings the last one to the front. Nothing "
    "was written before the first step, so its input is <bos>, even where keep is False.",
)
def _wrapped_round(tgt_in, guesses, keep):
    return torch.where(keep, tgt_in, guesses.roll(1, dims=1))


@_wrapped_round.variant
def _wrapped_round_the_batch(tgt_in, guesses, keep):
    return torch.where(keep, tgt_in, guesses.roll(1))


@_wrapped_round.variant
def _first_guess_twice(tgt_in, guesses, keep):
    return torch.where(keep, tgt_in, torch.cat([guesses[:, :1], guesses[:, :-1]], dim=1))


@mistake(
    "shifted over the batch",
    "You shift along the batch, so a sentence reads the words written for another one. Time is the second "
    "axis, since the batch comes first.",
)
def _over_the_batch(tgt_in, guesses, keep):
    return _with_bos(tgt_in, torch.where(keep, tgt_in, guesses.roll(1, dims=0)))


@_over_the_batch.variant
def _first_row_kept(tgt_in, guesses, keep):
    return torch.where(keep, tgt_in, torch.cat([tgt_in[:1], guesses[:-1]]))


@mistake(
    "keep inverted",
    "You read the model's word where keep is True. True means that the true word is kept. A training that "
    "begins with all words true would begin with none.",
)
def _inverted(tgt_in, guesses, keep):
    return torch.where(keep, _own(tgt_in, guesses), tgt_in)


@_inverted.variant
def _inverted_and_not_shifted(tgt_in, guesses, keep):
    return torch.where(keep, guesses, tgt_in)


@_inverted.variant
def _inverted_and_not_shifted_with_bos(tgt_in, guesses, keep):
    return _with_bos(tgt_in, torch.where(keep, guesses, tgt_in))


@mistake(
    "keep shifted too",
    "You shift keep together with the guesses. keep belongs to the inputs: keep[:, t] decides what is read "
    "at step t. Only the guesses come from another step.",
)
def _keep_shifted_too(tgt_in, guesses, keep):
    words = torch.where(keep[:, :-1], tgt_in[:, 1:], guesses[:, :-1])
    return torch.cat([tgt_in[:, :1], words], dim=1)


@mistake(
    "one decision for a whole sentence",
    "You decide once for each sentence, by the first entry of keep or by all of them together. Every step "
    "has a decision of its own, so that true words and own words are mixed.",
)
def _first_decides(tgt_in, guesses, keep):
    return torch.where(keep[:, :1], tgt_in, _own(tgt_in, guesses))


@_first_decides.variant
def _all_decide(tgt_in, guesses, keep):
    return torch.where(keep.all(dim=1, keepdim=True), tgt_in, _own(tgt_in, guesses))


@mistake(
    "no way back to the truth",
    "Once the model has read a word of its own, you give it no true word any more. keep decides each step "
    "anew: the next word may be a true one again.",
)
def _no_way_back(tgt_in, guesses, keep):
    return torch.where(keep.cumprod(dim=1).bool(), tgt_in, _own(tgt_in, guesses))


@_no_way_back.variant
def _no_way_back_after_bos(tgt_in, guesses, keep):
    return _no_way_back(tgt_in, guesses, _with_bos(torch.ones_like(keep), keep))


@mistake(
    "truth alone",
    "You return the true inputs alone. This is plain teacher forcing: the model never reads a mistake of "
    "its own. (`torch.where` and `masked_fill` return a new tensor; keep it.)",
)
def _truth_alone(tgt_in, guesses, keep):
    return tgt_in.clone()


@mistake(
    "own words alone",
    "You return the model's own words alone, whatever keep says. At the beginning of training they are "
    "noise, and the model would learn from nothing else. Keep the true word where keep is True.",
)
def _guesses_alone(tgt_in, guesses, keep):
    return _own(tgt_in, guesses)


@_guesses_alone.variant
def _guesses_alone_not_shifted(tgt_in, guesses, keep):
    return _with_bos(tgt_in, guesses)


@mistake(
    "0 in place of a word",
    "Where keep is False you put 0, which is what multiplying by a mask gives. The index 0 is some token "
    "too. There must stand the word that the model wrote at the step before.",
)
def _zeros(tgt_in, guesses, keep):
    return _with_bos(tgt_in, tgt_in * keep)


EXERCISE = Exercise.from_task(TASK, mixed_inputs, CASES, mistakes_in(globals()))
