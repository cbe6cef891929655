"""Three families, one question: which word is missing?"""

from collections.abc import Callable, Sequence

import torch

from s2s_course.claims.claim import Claim, Scale
from s2s_course.claims.clause import More
from s2s_course.claims.figures import Bars
from s2s_course.claims.transformer_tasks import SIZES
from s2s_course.claims.translation_tasks import BUDGETS, corpus_of
from s2s_course.data.batch import BucketedBatches, Encoded, collate, collate_sources
from s2s_course.data.corruption import corrupt_spans, mask_tokens, next_tokens
from s2s_course.decoding.greedy import greedy
from s2s_course.models.contract import evaluating
from s2s_course.models.stack import Stack, StackConfig
from s2s_course.models.transformer import Transformer, TransformerConfig
from s2s_course.seeds import derive, python_random, seed_everything
from s2s_course.text.tokenize import WordTokenizer
from s2s_course.text.vocab import Vocab
from s2s_course.training.loop import fit
from s2s_course.training.objectives import labeling_loss, translation_loss
from s2s_course.training.schedule import WarmUpAndDecay

LEARNING_RATE, SENTINELS, PASSES, CANDIDATES = 2e-3, 4, 4, 50


class Family:
    """The sentences, and what the three families have in common: words, sizes, steps."""

    def __init__(self, scale: Scale, seed: int):
        tokenize = WordTokenizer("en").tokenize
        corpus = corpus_of(scale)
        rows = {split: [tokenize(pair.src) for pair in corpus[split]] for split in ("train", "test")}
        self.vocab = Vocab.build(rows["train"])
        self.train, self.test = ([self.vocab.encode(row) for row in rows[split]] for split in rows)
        self.mask_index, size = len(self.vocab), SIZES[scale]
        self.sentinels = tuple(range(len(self.vocab), len(self.vocab) + SENTINELS))
        self.steps, self.seed, self.size = BUDGETS[scale].steps, seed, size
        choose = python_random(seed, "gap")
        self.gaps = [choose.randrange(len(row)) for row in self.test]

    def fit(
        self, model: torch.nn.Module, pairs: Sequence[Encoded], make: Callable, loss_of: Callable
    ) -> None:
        fit(
            model, BucketedBatches(pairs, max_tokens=800, seed=self.seed, collate=make), steps=self.steps,
            learning_rate=LEARNING_RATE, schedule=WarmUpAndDecay(self.steps // 10, steps=self.steps),
            seed=self.seed, loss_of=loss_of, progress_bar=False,
        )  # fmt: skip

    def stack(self, *, causal: bool) -> Stack:
        """All layers in one stack; one token more than words, for the mask."""
        seed_everything(self.seed)
        layers = 2 * self.size["num_layers"]
        choices = {**self.size, "num_layers": layers, "causal": causal}
        return Stack(StackConfig(vocab_size=len(self.vocab) + 1, **choices))

    def encoder_only(self) -> tuple[Stack, float]:
        """Trained on masked tokens. At the gap stands a mask; both sides are seen."""
        model, batches = self.stack(causal=False), iter(range(10**9))

        def make(pairs: Sequence[Encoded]):
            number = derive(self.seed, "masks", next(batches))
            return mask_tokens([row for row, _ in pairs], mask_index=self.mask_index, seed=number)

        self.fit(model, [(row, row) for row in self.train], make, labeling_loss)
        right = 0
        with evaluating(model), torch.inference_mode():
            for row, gap in zip(self.test, self.gaps, strict=True):
                tokens = torch.tensor([[*row[:gap], self.mask_index, *row[gap + 1 :]]])
                logits = model(tokens, torch.ones_like(tokens, dtype=torch.bool))
                right += int(logits[0, gap].argmax()) == row[gap]
        return model, right / len(self.test)

    def decoder_only(self) -> tuple[Stack, float]:
        """Trained on the next token. It sees what stands before the gap."""
        model, ends = self.stack(causal=True), {"bos_index": Vocab.bos_index, "eos_index": Vocab.eos_index}

        def make(pairs: Sequence[Encoded]):
            return next_tokens([row for row, _ in pairs], **ends)

        self.fit(model, [(row, row) for row in self.train], make, labeling_loss)
        right = 0
        with evaluating(model), torch.inference_mode():
            for row, gap in zip(self.test, self.gaps, strict=True):
                tokens = torch.tensor([[Vocab.bos_index, *row[:gap]]])
                logits = model(tokens, torch.ones_like(tokens, dtype=torch.bool))
                right += int(logits[0, -1].argmax()) == row[gap]
        return model, right / len(self.test)

    @torch.inference_mode()
    def rescored(self, model: Stack) -> float:
        """The decoder-only model asked otherwise: which word makes the whole sentence likeliest?

        The candidates are the likeliest words after what stands before the gap.
        """
        right, bos, eos = 0, Vocab.bos_index, Vocab.eos_index
        with evaluating(model):
            for row, gap in zip(self.test, self.gaps, strict=True):
                past = torch.tensor([[bos, *row[:gap]]])
                likeliest = (
                    model(past, torch.ones_like(past, dtype=torch.bool))[0, -1].topk(CANDIDATES).indices
                )
                whole = torch.tensor([bos, *row, eos]).repeat(CANDIDATES, 1)
                whole[:, gap + 1] = likeliest
                read, written = whole[:, :-1], whole[:, 1:]
                log_probabilities = model(read, torch.ones_like(read, dtype=torch.bool)).log_softmax(dim=-1)
                scores = log_probabilities.gather(2, written[:, :, None]).sum(dim=(1, 2))
                right += int(likeliest[scores.argmax()]) == row[gap]
        return right / len(self.test)

    def encoder_decoder(self) -> tuple[Transformer, float]:
        """Trained on corrupted spans. At the gap stands a sentinel; it writes as many words as it thinks."""
        seed_everything(self.seed)
        size = len(self.vocab) + SENTINELS
        model = Transformer(
            TransformerConfig(src_vocab_size=size, tgt_vocab_size=size, tied=False, **self.size)
        )
        pairs = [
            corrupt_spans(row, sentinels=self.sentinels, seed=derive(self.seed, "spans", number))
            for number in range(PASSES)
            for row in self.train
            if len(row) > 1
        ]
        self.fit(model, pairs, collate, translation_loss)
        right, first, second = 0, *self.sentinels[:2]
        ends = {"bos_index": Vocab.bos_index, "eos_index": Vocab.eos_index}
        for row, gap in zip(self.test, self.gaps, strict=True):
            src, src_mask = collate_sources([[*row[:gap], first, *row[gap + 1 :]]])
            [written] = greedy(model, src, src_mask, max_length=8, **ends)
            right += written == [first, row[gap], second, Vocab.eos_index]
        return model, right / len(self.test)


def experiment(scale: Scale, seed: int) -> dict[str, float]:
    """Percent of gaps filled with exactly the missing word, and weights, for each family."""
    family, values = Family(scale, seed), {}
    for name in ("encoder_only", "decoder_only", "encoder_decoder"):
        model, share = getattr(family, name)()
        values[f"{name}_percent"] = 100 * share
        values[f"{name}_parameters"] = float(sum(weight.numel() for weight in model.parameters()))
        if name == "decoder_only":
            values["rescored_percent"] = 100 * family.rescored(model)
    return values


CLAIM = Claim(
    id="fill-the-gap",
    chapter=10,
    title="Seeing both sides fills a gap better",
    statement="Asked for a missing word, a model that sees both sides of the gap (encoder-only, or "
    "encoder–decoder) is right more often than a decoder-only model that is asked for its next word.",
    source="Devlin et al. 2019, section 1: the restriction to one direction; measured there on whole tasks",
    conditions="The English side of the grammar corpus, 20,000 sentences of 3 to 14 words, 900 steps of at "
    "most 800 tokens, Adam at 0.002 after 90 steps of warm-up, falling to 0; nothing was tuned. Each family "
    "is trained with its own objective: masked tokens (15 %), the next token, one corrupted span of one or "
    "two words (15 %), which is nearly the question of the test. Four layers in one stack, or two and two, "
    "128 numbers, 4 heads, no tied weights. Then one random word of each of 1,000 test sentences is missing. "
    "The encoder–decoder is right only if it writes that word and no other. Beside the claim the "
    "decoder-only model also ranks its 50 likeliest words by the probability of the whole sentence.",
    experiment=experiment,
    clauses=(
        More(
            "An encoder-only model is right more often.",
            "encoder_only_percent",
            "decoder_only_percent",
            unit="percentage points",
        ),
        More(
            "An encoder–decoder is right more often.",
            "encoder_decoder_percent",
            "decoder_only_percent",
            unit="percentage points",
        ),
    ),
    figures=(
        Bars(
            "gaps filled with the missing word, in percent",
            {
                "encoder_only_percent": "encoder-only",
                "encoder_decoder_percent": "encoder–decoder",
                "decoder_only_percent": "decoder-only, next word",
                "rescored_percent": "decoder-only, whole sentence",
            },
        ),
    ),
    family="transformer",
    names={
        "encoder_only_parameters": "encoder-only, weights",
        "decoder_only_parameters": "decoder-only, weights",
        "encoder_decoder_parameters": "encoder–decoder, weights",
    },
)
