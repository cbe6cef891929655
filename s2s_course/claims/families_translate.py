"""Three families, one task: translate."""

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from s2s_course.claims.claim import Claim, Scale
from s2s_course.claims.clause import More
from s2s_course.claims.figures import Bars
from s2s_course.claims.transformer_tasks import (
    CONDITIONS,
    SIZES,
    TRANSFORMER,
    WARM_UP,
    best_rate,
    trained,
)
from s2s_course.claims.translation_tasks import BUDGETS, bleu_on_test, corpus_of
from s2s_course.data.batch import Batch, BucketedBatches, collate, encode_pairs
from s2s_course.decoding.fill_masks import fill_masks
from s2s_course.evaluation.evaluate import score_texts
from s2s_course.models.contract import evaluating
from s2s_course.models.decoder_only import DecoderOnly, DecoderOnlyConfig
from s2s_course.models.translator import Translator
from s2s_course.seeds import seed_everything, torch_generator
from s2s_course.text.vocab import Vocab
from s2s_course.training.loop import fit
from s2s_course.training.schedule import WarmUpAndDecay

ROUNDS = 4


class EncoderOnly(DecoderOnly):
    """The same stack without the causal mask: every position sees every other."""

    def logits(self, src: Tensor, tgt: Tensor, src_mask: Tensor) -> Tensor:
        """An answer at each position of a target (B, T) that has masks in it."""
        real = torch.cat([src_mask, tgt != Vocab.pad_index], dim=1)
        vectors = torch.cat([self.src_embedding(src), self.tgt_embedding(tgt)], dim=1)
        vectors = self._run(vectors, real[:, None, None])
        return self.to_logits(vectors[:, src.size(1) :])


def experiment(scale: Scale, seed: int) -> dict[str, float]:
    """BLEU on the test split and weights: encoder–decoder, decoder-only in two forms, encoder-only in two."""
    layers, rate = 2 * SIZES[scale]["num_layers"], best_rate(scale, "transformer")
    values, models = {}, {
        "encoder_decoder": trained(scale, seed, "transformer"),
        "decoder_only": trained(scale, seed, "decoder-only", rate=rate, num_layers=layers),
        "prefix": trained(scale, seed, "prefix-lm", rate=rate, num_layers=layers),
    }  # fmt: skip
    for name, translator in models.items():
        values[f"{name}_bleu"] = bleu_on_test(scale, translator)
        values[f"{name}_parameters"] = float(translator.num_parameters)
    model = encoder_only(scale, seed, models["encoder_decoder"])
    values["encoder_only_parameters"] = float(sum(weight.numel() for weight in model.parameters()))
    for name, rounds in (("encoder_only", 1), (f"encoder_only_{ROUNDS}_rounds", ROUNDS)):
        values[f"{name}_bleu"] = bleu_of_filling(scale, model, models["encoder_decoder"], rounds)
    return values


def encoder_only(scale: Scale, seed: int, like: Translator) -> EncoderOnly:
    """A stack trained to fill any share of masks in the translation. The mask is one token more."""
    budget, sizes = BUDGETS[scale], {**SIZES[scale], "num_layers": 2 * SIZES[scale]["num_layers"]}
    src_size, mask_index = len(like.src_codec.vocab), len(like.tgt_codec.vocab)
    seed_everything(seed)
    model = EncoderOnly(
        DecoderOnlyConfig(src_vocab_size=src_size, tgt_vocab_size=mask_index + 1, tied=False, **sizes)
    )
    encoded = encode_pairs(corpus_of(scale)["train"], like.src_codec, like.tgt_codec)
    fit(
        model, BucketedBatches(encoded, max_tokens=800, seed=seed), steps=budget.steps,
        learning_rate=best_rate(scale, "transformer"), seed=seed, progress_bar=False,
        schedule=WarmUpAndDecay(int(WARM_UP * budget.steps), steps=budget.steps),
        loss_of=filling_loss(mask_index, torch_generator(seed, "masks")),
    )  # fmt: skip
    return model


def filling_loss(mask_index: int, generator: torch.Generator) -> Callable[[EncoderOnly, Batch], Tensor]:
    """In each sentence a random share of the target is masked, at least one token, and asked for."""

    def loss_of(model: EncoderOnly, batch: Batch) -> Tensor:
        chance = torch.rand(batch.tgt_out.shape, generator=generator).masked_fill(~batch.tgt_mask, 2.0)
        share = torch.rand(len(chance), 1, generator=generator)
        chosen = (chance < share) | (chance == chance.amin(dim=1, keepdim=True))
        logits = model.logits(batch.src, batch.tgt_out.masked_fill(chosen, mask_index), batch.src_mask)
        return F.cross_entropy(logits[chosen], batch.tgt_out[chosen])

    return loss_of


def bleu_of_filling(scale: Scale, model: EncoderOnly, like: Translator, rounds: int) -> float:
    """BLEU on the test split. The model is told how many tokens the reference has."""
    pairs, mask_index, outputs = corpus_of(scale)["test"], len(like.tgt_codec.vocab), []
    with evaluating(model), torch.inference_mode():
        for pair in encode_pairs(pairs, like.src_codec, like.tgt_codec):
            batch = collate([pair])
            filled = fill_masks(
                lambda tgt, batch=batch: model.logits(batch.src, tgt, batch.src_mask)[..., :mask_index],
                torch.full_like(batch.tgt_out, mask_index),
                mask_index=mask_index,
                rounds=rounds,
            )
            outputs.append(like.tgt_codec.words(filled[0].tolist()))
    return score_texts(outputs, [pair.tgt for pair in pairs], "fr")[0].score


CLAIM = Claim(
    id="families-translate",
    chapter=10,
    title="Writing word by word translates better",
    statement="Encoder–decoder and decoder-only models translate better than an encoder-only model that "
    "fills in all words at once, even if it is told how many there are.",
    source="Ghazvininejad et al. 2019, who fill in rounds for this reason",
    conditions=CONDITIONS
    + TRANSFORMER
    + "One stack of 4 layers where there is one. The encoder-only model reads the source and as many masks "
    "as the reference has tokens; it was trained on any share of masks. Unlike elsewhere all use the rate "
    "that was best for the encoder–decoder.",
    experiment=experiment,
    clauses=(
        More(
            "An encoder–decoder translates better.", "encoder_decoder_bleu", "encoder_only_bleu", unit="BLEU"
        ),
        More(
            "A decoder-only model translates better.", "decoder_only_bleu", "encoder_only_bleu", unit="BLEU"
        ),
        More(
            "A decoder-only model that reads the source both ways translates better.",
            "prefix_bleu",
            "encoder_only_bleu",
            unit="BLEU",
        ),
    ),
    figures=(
        Bars(
            "BLEU on the test split",
            {
                "encoder_decoder_bleu": "encoder–decoder",
                "decoder_only_bleu": "decoder-only",
                "prefix_bleu": "decoder-only, source read both ways",
                "encoder_only_bleu": "encoder-only, all words at once",
                "encoder_only_4_rounds_bleu": "encoder-only, four rounds",
            },
        ),
    ),
    family="transformer",
    names={
        "encoder_only_parameters": "encoder-only, weights",
        "decoder_only_parameters": "decoder-only, weights",
        "prefix_parameters": "decoder-only, source read both ways, weights",
        "encoder_decoder_parameters": "encoder–decoder, weights",
    },
)
