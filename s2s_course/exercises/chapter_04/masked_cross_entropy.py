"""Exercise 4.1: the loss per real token."""

import torch

from s2s_course.exercises.engine.exercise import Case, Exercise, Task
from s2s_course.exercises.engine.misconception import mistake, mistakes_in
from s2s_course.seeds import torch_generator

TASK = Task(
    id="4.1",
    title="Masked cross-entropy",
    goal="Average the negative log-likelihood over the real target tokens of a batch, and over nothing else.",
    points=2,
    difficulty="medium",
    minutes=10,
    outputs=("loss",),
    hints=(
        "Compute one loss for each position first, a tensor of shape (B, T). Only then think about which"
        " of them to average.",
        "Logits become log-probabilities over the vocabulary. At each position one of the V numbers is "
        "picked: the one whose index stands in tgt_out. Of the (B, T) numbers only those where tgt_mask is "
        "True go into the mean, so that it is divided by the number of real tokens and not by B * T.",
        "`logits.log_softmax(dim=-1)` gives the log-probabilities, `gather` picks the one of the right "
        "token, a minus sign makes it a loss. Index the losses with tgt_mask and take the mean.",
    ),
)


def loss_per_token(
    logits: torch.Tensor,
    tgt_out: torch.Tensor,
    tgt_mask: torch.Tensor,
) -> torch.Tensor:
    """Masked cross-entropy: mean negative log-likelihood per real target token.

    logits:   (B, T, V) scores before the softmax
    tgt_out:  (B, T) int64, the token that is right at each position
    tgt_mask: (B, T) bool, True = real token, False = padding, which may stand
              anywhere; at least one is True
    returns:  a tensor of shape (), in nats
    """
    log_probs = logits.log_softmax(dim=-1)  # (B, T, V)
    right = log_probs.gather(dim=-1, index=tgt_out.unsqueeze(-1))  # (B, T, 1)
    token_losses = -right.squeeze(-1)  # (B, T)
    return token_losses[tgt_mask].mean()


def _case(
    name: str, lengths: tuple[int, ...], T: int, V: int, *, scale: float = 1.0, gaps: bool = False
) -> Case:
    """Sentences of ``lengths``, padded to ``T`` with the last index; 0 is the first word of the first one.

    With ``gaps`` so many tokens are real, but padding stands between them.
    """

    def make(seed: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        generator = torch_generator(seed)
        logits = scale * torch.randn(len(lengths), T, V, generator=generator)
        tgt_out = torch.randint(V - 1, (len(lengths), T), generator=generator)
        places = torch.rand(len(lengths), T, generator=generator).argsort(1) if gaps else torch.arange(T)
        tgt_mask = places < torch.tensor(lengths).unsqueeze(1)
        tgt_out[0, 0] = 0
        tgt_out[~tgt_mask] = V - 1
        return logits, tgt_out, tgt_mask

    return Case(name, make)


CASES = (
    _case("a padded sentence beside a longer one", (3, 1), 3, 4),
    _case("three sentences of different length", (2, 5, 1), 5, 7),
    _case("one sentence with padding behind it", (3,), 5, 4),
    _case("scores so large that a softmax gives exact zeros", (3, 1), 3, 4, scale=200.0),
    _case("padding between real tokens", (2, 1, 3, 2, 2), 4, 3, gaps=True),
)


def _token_losses(log_probs, tgt_out):
    return -log_probs.gather(-1, tgt_out.unsqueeze(-1)).squeeze(-1)


@mistake(
    "padding counts",
    "You average over all positions, padding included. The loss then depends on how far the batch was "
    "padded, and the model is trained to predict padding. Keep the positions where tgt_mask is True.",
)
def _padding_counts(logits, tgt_out, tgt_mask):
    return _token_losses(logits.log_softmax(-1), tgt_out).mean()


@mistake(
    "divides by all positions",
    "You set the loss of padding to 0, which is right, but then divide by B times T, padding included. "
    "Divide by the number of real tokens, `tgt_mask.sum()`.",
)
def _divides_by_all_positions(logits, tgt_out, tgt_mask):
    return (_token_losses(logits.log_softmax(-1), tgt_out) * tgt_mask).mean()


@mistake(
    "divides by the batch size",
    "You divide by the number of sentences. That gives the loss per sentence, which grows with the length "
    "of the sentences; the loss per token is asked for.",
)
def _divides_by_batch_size(logits, tgt_out, tgt_mask):
    return (_token_losses(logits.log_softmax(-1), tgt_out) * tgt_mask).sum() / len(logits)


@mistake(
    "divides by the padded length",
    "You divide by T, the padded length, and add up the sentences. Divide by the number of real tokens in "
    "the whole batch, `tgt_mask.sum()`.",
)
def _divides_by_length(logits, tgt_out, tgt_mask):
    return (_token_losses(logits.log_softmax(-1), tgt_out) * tgt_mask).sum() / logits.shape[1]


@mistake(
    "sentences averaged first",
    "You average each sentence and then the sentences, so a token of a short sentence weighs more than one "
    "of a long sentence. Every real token of the batch must weigh the same.",
)
def _sentences_first(logits, tgt_out, tgt_mask):
    losses = _token_losses(logits.log_softmax(-1), tgt_out) * tgt_mask
    return (losses.sum(1) / tgt_mask.sum(1)).mean()


@mistake(
    "summed, not averaged",
    "You add the losses of the real tokens but do not divide by their number, so the loss and its gradient "
    "grow with the batch.",
)
def _sum(logits, tgt_out, tgt_mask):
    return _token_losses(logits.log_softmax(-1), tgt_out)[tgt_mask].sum()


@mistake(
    "logits of padding set to 0",
    "You set the logits of padding to 0. After the softmax those positions still cost log V each, and they "
    "are still counted. Mask the losses of the tokens, not the logits.",
)
def _logits_zeroed(logits, tgt_out, tgt_mask):
    return _padding_counts(logits * tgt_mask.unsqueeze(-1), tgt_out, tgt_mask)


@mistake(
    "softmax over time",
    "Your softmax runs over the T positions instead of the V entries of the vocabulary: the probabilities "
    "of a word over time sum to 1. Use the last axis, `dim=-1`.",
)
def _softmax_over_time(logits, tgt_out, tgt_mask):
    return _token_losses(logits.log_softmax(1), tgt_out)[tgt_mask].mean()


@mistake(
    "softmax over the batch",
    "Your softmax runs over the B sentences instead of the V entries of the vocabulary. Use the last axis, "
    "`dim=-1`.",
)
def _softmax_over_batch(logits, tgt_out, tgt_mask):
    return _token_losses(logits.log_softmax(0), tgt_out)[tgt_mask].mean()


@mistake(
    "softmax twice",
    "You apply the softmax twice: `F.cross_entropy` and `log_softmax` already contain it. Scores that were "
    "probabilities lie between 0 and 1, so the loss can hardly fall and learning is slow.",
)
def _softmax_twice(logits, tgt_out, tgt_mask):
    return loss_per_token(logits.softmax(-1), tgt_out, tgt_mask)


@mistake(
    "no softmax",
    "You take the logits for log-probabilities. They are scores of any size: `log_softmax` must come first. "
    "`F.nll_loss` does not apply it.",
)
def _no_softmax(logits, tgt_out, tgt_mask):
    return _token_losses(logits, tgt_out)[tgt_mask].mean()


@mistake(
    "no logarithm",
    "You average the probabilities of the right tokens, without a logarithm. The negative log-likelihood is "
    "-log p; `log_softmax` gives log p.",
)
def _no_logarithm(logits, tgt_out, tgt_mask):
    return _token_losses(logits.softmax(-1), tgt_out)[tgt_mask].mean()


@mistake(
    "logarithm of a softmax",
    "You compute the softmax first and its logarithm second. That is right on paper, but in floating point "
    "a small probability becomes exactly 0 (or its exponential overflows), and the loss is infinite or NaN. "
    "`log_softmax` computes both at once and stays finite.",
)
def _log_of_softmax(logits, tgt_out, tgt_mask):
    return _token_losses(logits.softmax(-1).log(), tgt_out)[tgt_mask].mean()


@_log_of_softmax.variant
def _log_of_overflowing_exp(logits, tgt_out, tgt_mask):
    exps = logits.exp()
    return _token_losses((exps / exps.sum(-1, keepdim=True)).log(), tgt_out)[tgt_mask].mean()


@_log_of_softmax.variant
def _log_sum_exp_overflowing(logits, tgt_out, tgt_mask):
    return _token_losses(logits - logits.exp().sum(-1, keepdim=True).log(), tgt_out)[tgt_mask].mean()


def _with_small_number(small, *, clamped=False):
    def wrong(logits, tgt_out, tgt_mask):
        probs = logits.softmax(-1)
        log_probs = (probs.clamp(min=small) if clamped else probs + small).log()
        return _token_losses(log_probs, tgt_out)[tgt_mask].mean()

    return wrong


_small_number_added = mistake(
    "a small number added to the probability",
    "You keep the logarithm finite with a small number, as in `log(p + 1e-9)` or `clamp`. Then a token that "
    "was held for impossible costs no more than -log of that number, about 21, and its gradient vanishes "
    "where it is needed most. `log_softmax` needs no such number.",
)(_with_small_number(1e-9))
for _small in (1e-5, 1e-6, 1e-7, 1e-8, 1e-10, 1e-12, 1e-20):
    _small_number_added.variant(_with_small_number(_small))
for _small in (1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-12, 1e-20):
    _small_number_added.variant(_with_small_number(_small, clamped=True))


@mistake(
    "minus sign forgotten",
    "Your result is the mean log-likelihood: the sign is wrong. Minimizing it would make the right tokens "
    "less likely.",
)
def _minus_forgotten(logits, tgt_out, tgt_mask):
    return -loss_per_token(logits, tgt_out, tgt_mask)


@mistake(
    "mask inverted",
    "You average over the padding and leave out the real tokens. In tgt_mask True means a real token.",
)
def _mask_inverted(logits, tgt_out, tgt_mask):
    return loss_per_token(logits, tgt_out, ~tgt_mask)


@mistake(
    "padding taken to be index 0",
    "You ignore the tokens with index 0. Here 0 is an ordinary word and padding has another index: what is "
    "real is said by tgt_mask alone.",
)
def _padding_is_zero(logits, tgt_out, tgt_mask):
    return loss_per_token(logits, tgt_out, tgt_out != 0)


@mistake(
    "reshaped instead of transposed",
    "You got the shape (B, V, T) for `F.cross_entropy` with `reshape` or `view`. That deals out the same "
    "numbers in another order, so scores land at wrong words and times. Use `logits.transpose(1, 2)`.",
)
def _reshaped(logits, tgt_out, tgt_mask):
    B, T, V = logits.shape
    scores = logits.reshape(B, V, T).transpose(1, 2)
    return loss_per_token(scores, tgt_out, tgt_mask)


EXERCISE = Exercise.from_task(TASK, loss_per_token, CASES, mistakes_in(globals()))
