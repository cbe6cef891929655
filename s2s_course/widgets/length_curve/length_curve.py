"""LengthCurve: the quality of translators over the length of the source, and the sentences behind a point."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

import traitlets

from s2s_course.checks import check_at_least
from s2s_course.evaluation.by_length import Bucket
from s2s_course.text.tokenize import WordTokenizer
from s2s_course.widgets.length_curve import length_curve_figure
from s2s_course.widgets.shared.base import CourseWidget, front_end
from s2s_course.widgets.shared.figure import StaticFigure
from s2s_course.widgets.shared.view import OneOf, Whole

MOST_MODELS = 5
MEASURES = ("bleu", "exact_match")


class LengthCurve(CourseWidget):
    """One curve for each model over the length of the source; a chosen point shows its sentences.

    ``bucket`` is an index of the lengths, ``model`` of the models and ``sentence`` of the examples that are
    carried for these lengths; ``measure`` is ``"bleu"`` or ``"exact_match"``. All four can be set from Python
    and linked to another widget with ``ipywidgets.jslink((a, "bucket"), (b, "bucket"))``. The data does not
    change once the widget is made.
    """

    chapters: ClassVar[tuple[int, ...]] = (4, 5)
    _esm = front_end(__file__, "length_curve_sentences.js", "length_curve.js")
    _css = front_end(__file__, "length_curve.css")

    title = traitlets.Unicode().tag(sync=True)
    models = traitlets.List(traitlets.Unicode()).tag(sync=True)
    buckets = traitlets.List(traitlets.Dict()).tag(sync=True)  # scores and hypotheses in the models' order
    trained = traitlets.List(traitlets.Int()).tag(sync=True)  # shortest and longest in training, or empty
    measure = OneOf(MEASURES)
    bucket = Whole(last=lambda widget: len(widget.buckets) - 1)
    model = Whole(last=lambda widget: len(widget.models) - 1)
    sentence = Whole(last=lambda widget, bucket: len(widget.buckets[bucket]["sentences"]) - 1, after=bucket)

    @classmethod
    def from_buckets(
        cls,
        models: Mapping[str, Sequence[Bucket]],
        *,
        trained: tuple[int, int] | None = None,
        title: str = "",
        examples: int = 12,
        tgt_language: str = "fr",
        measure: str = "bleu",
        bucket: int = 0,
        model: int = 0,
        sentence: int = 0,
    ) -> "LengthCurve":
        """The buckets of ``by_length`` by the model's name, all from the same sentences.

        ``trained`` is the shortest and the longest length seen in training. At most ``examples`` sentences of
        a bucket, evenly chosen, are carried to be read. Words are those of ``tgt_language``.

        Raises ValueError for no model or more than five, for buckets or sentences that differ between models
        or are out of order, for scores out of range or not those of the sentences, and for a choice that does
        not exist.
        """
        if not 1 <= len(models) <= MOST_MODELS:
            raise ValueError(f"models must hold 1 to {MOST_MODELS} models, got {len(models)}")
        check_at_least(1, examples=examples)
        if trained is not None and not (len(trained) == 2 and 1 <= trained[0] <= trained[1]):
            raise ValueError(f"trained must be the shortest and the longest length, got {trained}")
        tokenizer = WordTokenizer(tgt_language, lowercase=False)
        for name, own in models.items():
            _check_buckets(name, own, tokenizer)
        _check_same(models)
        return cls(
            title=title,
            models=list(models),
            buckets=[_carry(each, examples, tokenizer) for each in zip(*models.values(), strict=True)],
            trained=list(trained or ()),
            measure=measure,
            bucket=bucket,
            model=model,
            sentence=sentence,
        )

    def figure(self) -> StaticFigure:
        return length_curve_figure.figure(self)

    def describe(self) -> str:
        count = sum(bucket["count"] for bucket in self.buckets)
        trained = ", trained on {} to {}".format(*self.trained) if self.trained else ""
        return (
            f"title={self.title!r}, BLEU and exact match of {', '.join(self.models)} on {count} sentences of "
            f"{self.buckets[0]['shortest']} to {self.buckets[-1]['longest']} words{trained}"
        )


def _check_buckets(name: str, buckets: Sequence[Bucket], tokenizer: WordTokenizer) -> None:
    if not name.strip():
        raise ValueError(f"each name in models must not be empty, got {name!r}")
    if not buckets:
        raise ValueError(f"models[{name!r}] must have at least one bucket, got none")
    before = -1
    for bucket in buckets:
        what = f"models[{name!r}] at lengths {bucket.shortest} to {bucket.longest}"
        if not before < bucket.shortest <= bucket.longest:
            raise ValueError(f"{what} must be longer than the bucket before, with the shortest length first")
        before = bucket.longest
        if not bucket.sentences:
            raise ValueError(f"{what} must have at least one sentence, got none")
        if not 0 <= bucket.bleu <= 100 + 1e-9:  # a perfect score can be off in its last digit
            raise ValueError(f"{what} must have a BLEU of 0 to 100, got {bucket.bleu}")
        right = sum(
            _words(s.hypothesis, tokenizer) == _words(s.reference, tokenizer) for s in bucket.sentences
        )
        share = right / len(bucket.sentences)
        if not abs(bucket.exact_match - share) < 1e-6:
            raise ValueError(
                f"{what} must have the exact match of its sentences, {share:g} over words of "
                f"{tokenizer.language!r}, got {bucket.exact_match:g}"
            )


def _words(text: str, tokenizer: WordTokenizer) -> list[str]:
    return tokenizer.tokenize(text.lower())


def _check_same(models: Mapping[str, Sequence[Bucket]]) -> None:
    """The models must be compared on the same sentences."""
    (first, expected), *others = models.items()
    for name, buckets in others:
        lengths, theirs = ([(b.shortest, b.longest) for b in each] for each in (buckets, expected))
        if lengths != theirs:
            raise ValueError(
                f"models must have the same buckets, got lengths {_ranges(theirs)} for {first!r} "
                f"and {_ranges(lengths)} for {name!r}"
            )
        for mine, their in zip(buckets, expected, strict=True):
            sentences = [[(s.src, s.reference, s.length) for s in b.sentences] for b in (mine, their)]
            if sentences[0] != sentences[1]:
                raise ValueError(
                    f"models must have translated the same sentences, got others for {first!r} than for "
                    f"{name!r} at lengths {mine.shortest} to {mine.longest}"
                )


def _ranges(lengths: Sequence[tuple[int, int]]) -> str:
    return ", ".join(f"{low}–{high}" for low, high in lengths)


def _carry(buckets: Sequence[Bucket], examples: int, tokenizer: WordTokenizer) -> dict:
    """One bucket of all models: their scores and, evenly chosen, the sentences that can be read."""
    count = len(buckets[0].sentences)
    shown = min(count, examples)
    sentences = []
    for i in range(shown):
        translated = [bucket.sentences[(2 * i + 1) * count // (2 * shown)] for bucket in buckets]
        reference = translated[0].reference
        sentences.append(
            {
                "src": translated[0].src,
                "length": translated[0].length,
                "reference": _mark_words(reference, tokenizer),
                # None stands for the reference itself: good translators then take little room
                "hypotheses": [
                    None if each.hypothesis == reference else _mark_words(each.hypothesis, tokenizer)
                    for each in translated
                ],
            }
        )
    return {
        "shortest": buckets[0].shortest,
        "longest": buckets[0].longest,
        "count": count,
        "bleu": [min(bucket.bleu, 100.0) for bucket in buckets],
        "exact_match": [bucket.exact_match for bucket in buckets],
        "sentences": sentences,
    }


def _mark_words(text: str, tokenizer: WordTokenizer) -> str:
    """``text`` with a space between words that it sets apart and a tab between those it writes together."""
    marked, end = "", 0
    for word in tokenizer.tokenize(text):
        start = text.index(word, end)
        marked += (" " if start > end else "\t") + word
        end = start + len(word)
    return marked[1:]
