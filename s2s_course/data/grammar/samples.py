"""The page of the book that shows what the grammar says."""

from s2s_course.data.grammar.corpus import sentences

_HEADER = """# A hundred sentences of the grammar

These pairs were drawn at random from the grammar that makes the embedded corpus of the course
(`s2s_course.data.grammar`). The last column names the constructions beyond a plain clause.

| English | French | constructions |
| --- | --- | --- |
"""


def samples_page(num_pairs: int = 100) -> str:
    """The page as MyST Markdown: ``num_pairs`` random pairs of 3 to 20 English tokens, always the same."""
    drawn = sentences(seed=0, max_length=20, stream="samples")
    rows = []
    for _, sentence in zip(range(num_pairs), drawn, strict=False):
        constructions = ", ".join(name.replace("_", " ") for name in sorted(sentence.constructions))
        rows.append(f"| {sentence.pair.src} | {sentence.pair.tgt} | {constructions or 'plain'} |\n")
    return _HEADER + "".join(rows)
