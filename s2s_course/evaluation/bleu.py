"""BLEU (Papineni et al. 2002), computed by ``sacrebleu`` and always given with its signature."""

from collections.abc import Sequence
from dataclasses import dataclass

import sacrebleu

from s2s_course.evaluation.accuracy import check_parallel


@dataclass(frozen=True)
class Bleu:
    """``score`` runs from 0 to 100; ``signature`` says how it was computed (Post 2018)."""

    score: float
    signature: str

    def __str__(self) -> str:
        return f"BLEU {self.score:.1f} ({self.signature})"


def bleu(
    hypotheses: Sequence[list[str]], references: Sequence[list[str]], *, effective_order: bool = False
) -> Bleu:
    """Corpus BLEU over tokens, ignoring case; ``references`` holds one token list for each hypothesis.

    Both sides must come from the same word tokenizer, since a score depends on it: scores of different
    tokenizers cannot be compared, and subwords are joined to words first. With ``effective_order`` n-grams
    longer than every hypothesis do not count (``eff:yes``); else they make the score of short sentences 0.
    """
    check_parallel(hypotheses, references)
    metric = sacrebleu.BLEU(lowercase=True, tokenize="none", force=True, effective_order=effective_order)
    score = metric.corpus_score([" ".join(h) for h in hypotheses], [[" ".join(r) for r in references]])
    return Bleu(score.score, str(metric.get_signature()))
