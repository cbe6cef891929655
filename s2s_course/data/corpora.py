"""Real parallel corpora: Multi30k (English, German, French) and Tatoeba (English, French).

Both are read from the folder in ``S2S_DATA_DIR``, or downloaded once (see ``source.py``). Sentences are
as published, but for what ``text.clean`` does: one form of accented letters, one space for any white space,
the narrow spaces of French included, and no invisible characters.
"""

from collections import defaultdict
from pathlib import Path

from s2s_course.data.pairs import ParallelCorpus, SentencePair, check_languages
from s2s_course.data.source import CorpusError, Folder, Source
from s2s_course.seeds import python_random
from s2s_course.text.clean import clean

# Software Heritage keeps what was ever public on GitHub and serves it by its hash.
_SOFTWARE_HERITAGE = "https://archive.softwareheritage.org/api/1/content/sha256:{sha256}/raw/"

MULTI30K = Source(
    name="multi30k",
    homepage="https://github.com/multi30k/dataset",
    terms="as Flickr30k: research and education, not commercial",
    attribution="Elliott, Frank, Sima'an and Specia (2016), Multi30K: Multilingual English-German Image "
    "Descriptions; French by Elliott, Frank, Barrault, Bougares and Specia (2017)",
    sha256={
        "train.en.gz": "d79cfa999dd4c51d2cb42499b6796d5a882c3a8a961923c25a898c90f8bbd56f",
        "train.de.gz": "726e39b2fa9eb9ffb6dc763fb35a179f80fae06ffc5d28b6ace5faa883de28a6",
        "train.fr.gz": "622e75069e9f4c577425c4f277116ce66e63a2401c0a2312d90073cb12379a3c",
        "val.en.gz": "14f7d25ddd868909a9213e361768460edcacdd6ab9d1e77b92560dc10c10dc28",
        "val.de.gz": "f0cba2f995189cf5770f29a8a9a537a3ad3f51657ad873405082ff6863a5e75a",
        "val.fr.gz": "ca3106f1a72390591d25f6c45cb4cd39dec4cd3f123e099748a3ce5256c160e9",
        "test_2016_flickr.en.gz": "611d361c6334bc7246101d48097c13cf5c4413c5befc793cc629934359d532d9",
        "test_2016_flickr.de.gz": "9204244e408ccb38d2a55cfcd344df15005fc42a07a6e55ca6c52b6ababb8cc8",
        "test_2016_flickr.fr.gz": "6d326e188d259fb1d04ac19eae3af956559b3a0b93d7635e56c90987c40c8b90",
    },
    mirrors=(
        "https://raw.githubusercontent.com/multi30k/dataset/master/data/task1/raw/{file}",
        "https://cdn.jsdelivr.net/gh/multi30k/dataset@master/data/task1/raw/{file}",
        _SOFTWARE_HERITAGE,
    ),
)

# The publisher replaces its file every few months, so archives come before it: they keep the pinned state.
TATOEBA = Source(
    name="tatoeba",
    homepage="https://www.manythings.org/anki",
    terms="CC BY 2.0",
    attribution="www.manythings.org/anki and tatoeba.org, state of 2017-09-29",
    sha256={"fra-eng.zip": "16c4f7d0df9e7c5e6c54cdb0447f3f4a18a55052ff5e2e0b27dd4a06c0e49d04"},
    mirrors=(
        _SOFTWARE_HERITAGE,
        "https://web.archive.org/web/20171015id_/http://www.manythings.org/anki/{file}",
        "https://www.manythings.org/anki/{file}",
    ),
    other_versions=(
        "https://www.manythings.org/anki/{file}",
        "https://d2l-data.s3-accelerate.amazonaws.com/{file}",
    ),
)

_MULTI30K_SPLITS = {"train": "train", "validation": "val", "test": "test_2016_flickr"}
_TATOEBA_HELD_OUT = 0.02  # the share of the pairs in each of validation and test


def multi30k(src: str = "en", tgt: str = "fr", *, data_dir: Folder | None = None) -> ParallelCorpus:
    """Multi30k, task 1: descriptions of photographs; 29,000 training, 1,014 validation and 1,000 test pairs.

    ``src`` and ``tgt`` are two of ``"en"``, ``"de"``, ``"fr"``. The splits are as published, the test split
    is ``test_2016_flickr``. One English sentence of the validation split and three French ones are also in
    the training split, and the German side of two training pairs is only ``@@``.

    From https://github.com/multi30k/dataset (Elliott et al. 2016, 2017), for research and education, not
    commercial, as Flickr30k. Raises ``ValueError`` for a language and ``CorpusError`` for a file.
    """
    check_languages(src, tgt, allowed=("en", "de", "fr"))
    splits = {}
    for split, stem in _MULTI30K_SPLITS.items():
        paths = [MULTI30K.locate(f"{stem}.{language}.gz", data_dir) for language in (src, tgt)]
        sides = [_sentences(MULTI30K, path, MULTI30K.lines(path)) for path in paths]
        if len(sides[0]) != len(sides[1]):
            raise CorpusError(
                f"{paths[0]} has {len(sides[0])} lines but {paths[1].name} has {len(sides[1])}: "
                f"replace both with the originals from {MULTI30K.homepage}"
            )
        # The hash comes last, so that what is wrong with a file is called by its name where it has one.
        for path in paths:
            MULTI30K.check_hash(path)
        splits[split] = [SentencePair(*pair) for pair in zip(*sides, strict=True)]
    return ParallelCorpus("multi30k", src, tgt, splits)


def tatoeba(
    src: str = "en",
    tgt: str = "fr",
    *,
    seed: int = 0,
    data_dir: Folder | None = None,
    allow_other_version: bool = False,
) -> ParallelCorpus:
    """Everyday sentences in English and French: 142,652 pairs, about 2% of them in each held-out split.

    Many sentences have several translations. No split shares a sentence with another, on either side and
    regardless of case: pairs that have a sentence in common, directly or through other pairs, form a group,
    and a group goes into one split as a whole. ``seed`` decides which; both directions have the same splits.
    Pairs come in random order, because the file is sorted by length, and each pair comes once.

    The published file grows: ``allow_other_version`` accepts any state of it (two columns, or three with the
    attribution), but results on different states cannot be compared. From https://www.manythings.org/anki
    and https://tatoeba.org, CC BY 2.0. Raises ``ValueError`` for a language and ``CorpusError`` for the file.
    """
    check_languages(src, tgt, allowed=("en", "fr"))
    path = TATOEBA.locate("fra-eng.zip", data_dir, any_version=allow_other_version)
    rows = [line.split("\t") for line in TATOEBA.lines(path, member="fra.txt")]
    for number, row in enumerate(rows, 1):
        if len(row) not in (2, 3):
            raise TATOEBA.broken(path, f"has {len(row)} columns in line {number}, not 2 or 3")
    sides = [_sentences(TATOEBA, path, [row[column] for row in rows]) for column in (0, 1)]
    if not allow_other_version:
        TATOEBA.check_hash(path)
    groups = _groups_sharing_a_sentence(list(dict.fromkeys(zip(*sides, strict=True))))
    if len(groups) < 3:
        raise TATOEBA.broken(path, "has too few unrelated sentences for three splits")
    splits = {
        split: [SentencePair(en, fr) if src == "en" else SentencePair(fr, en) for en, fr in pairs]
        for split, pairs in _split_groups(groups, seed).items()
    }
    return ParallelCorpus("tatoeba", src, tgt, splits)


def _sentences(source: Source, path: Path, texts: list[str]) -> list[str]:
    """The texts, cleaned. An empty one is an error, because no model can read or write it."""
    sentences = [clean(text) for text in texts]
    if "" in sentences:
        raise source.broken(path, f"has an empty sentence in line {sentences.index('') + 1}")
    return sentences


def _groups_sharing_a_sentence(pairs: list[tuple[str, str]]) -> list[list[tuple[str, str]]]:
    """Pairs that have a sentence in common, directly or through others: connected components of a graph."""
    sentences = [(("src", src.casefold()), ("tgt", tgt.casefold())) for src, tgt in pairs]
    pairs_with = defaultdict(list)
    for n, sides in enumerate(sentences):
        for sentence in sides:
            pairs_with[sentence].append(n)
    groups = []
    grouped = [False] * len(pairs)
    for start in range(len(pairs)):
        group = []
        waiting = [start]
        while waiting:
            n = waiting.pop()
            if not grouped[n]:
                grouped[n] = True
                group.append(pairs[n])
                for sentence in sentences[n]:
                    waiting.extend(pairs_with.pop(sentence, ()))  # popped: each is followed only once
        if group:
            groups.append(group)
    return groups


def _split_groups(groups: list[list[tuple[str, str]]], seed: int) -> dict[str, list[tuple[str, str]]]:
    """Groups in random order fill the test split, then validation, and the rest is for training."""
    random = python_random(seed, "tatoeba")
    random.shuffle(groups)
    wanted = max(1, round(_TATOEBA_HELD_OUT * sum(map(len, groups))))
    splits = {"train": [], "validation": [], "test": []}
    for group in groups:
        short = [split for split in ("test", "validation") if len(splits[split]) < wanted]
        splits[short[0] if short else "train"].extend(group)
    for pairs in splits.values():
        random.shuffle(pairs)
    return splits
