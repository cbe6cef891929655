"""Texts as readers type, paste and find them: both sides of the course must read all of them alike."""

import gzip
import os
import unicodedata
from pathlib import Path
from random import Random

from s2s_course.data.grammar import grammar_corpus

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"  # three emoji that zero-width joiners make one
ODD = [
    "",
    " ",
    "\n\t\r\n ",
    "the\tcat\n sleeps .",
    "THE CAT",
    "A man's hat, (old).",
    "a_b __init__ x_1",
    "don't they've o'clock y'all",
    "the dogs' bones",
    "he said 'stop!' to 'em",
    "''",
    "'",
    '"',
    '"a" "b',
    "`a`",
    "L'homme n'a pas vu l’arbre.",
    "aujourd'hui AUJOURD’HUI aujourd'hu",
    "AUJOURD'HUİ aujourd'huı Aujourd'Huİ",
    "est-ce-que -t-il- va-t'en --",
    "Qu'est-ce qu'« il » dit ?",
    "quoi ?! … ! ?",
    "„So“ und „so",
    "“a” ‘b’ »c«",
    "<unk>",
    "a<unk>b <UNK> <Unk>s <un\u212a>",
    "<eos> <pad><bos>",
    "<b>bold</b> &amp; <script>alert(1)</script>",
    f"a {FAMILY} b",
    "\U0001f600\U0001f3fd\ufe0f",
    "\U0001f1eb\U0001f1f7",
    "e\u0301 e\u0300\u0323 \u0301x x\u0489 q\u0307",
    "\u05e9\u05dc\u05d5\u05dd \u05e2\u05d5\u05dc\u05dd",
    "\u200fمرحبا\u200e بالعالم؟",
    "٣٫٥ ١٢:٣٠ ١,٠٠٠",
    "५.५ ²,³ ①:② Ⅷ.Ⅷ ½,½",
    "İstanbul I\u0307 ı",
    "ΣΑΣ ΑΣ. ΑΣΑ Σ Α\u00adΣ ΟΔΟΣ-ΟΔΟΣ",
    "ß ẞ STRASSE Straße ŉ ǰ ﬁ ﬀ",
    "Ǆ ǅ ǆ \u1fb3 \u1fbc ᾳ ÅÅ",
    "\u00a0a\u00a0\u202fb\u2009c\u3000d\u1680",
    "a\x1cb\x1dc\x1ed\x1fe\x85f\x0bg\x0ch",
    "a\u2028b\u2029c",
    "\ufeffa\ufeff b",
    "zero\u200bwidth so\u00adft a\u2060b\u180eb",
    "a\x00b\x07c\x7fd\x9fe",
    "v\U000e0041w \u034f\u3164\uffa0\u115f",
    "\ufffd",
    "日本語 한국어 한 ไทย हिन्दी",
    "i\u0345 \u0345 \u036f \u0370",
    "3.5 1,000 10:30 5% $20 20$ -5 5-3 a.m. r&b",
    "50 % 5 %",
    "may 4, 2026 and 4,2026 and 4,202",
    "undefined null constructor __proto__ length toString",
    "▁a ▁▁b▁ a▁b ▁",
    "kajak- und kanu",
    "helm und -handschuhe",
    "„stop“-schild",
    "a--b a - b -a a- / _",
    "U-Bahn e-mail",
    "the cat sees a dog . " * 34,  # 200 words
    "„a“ b “ c “ d",
    "4,2\U0001d7ce2 4,\U0001d7ce2",
    "x" * 3000,
    "l'" * 300 + "é-" * 300,
]
# What the rules of spelling ask about, so that every two and many threes of them meet.
PIECES = """
. . , , : ; ! ? … ) ] } ” » › % ° ( [ { ¿ ¡ „ ‚ “ « ‹ # @ $ £ € ' ' ' ' ’ ‘ ` " " - - - ‐ ‑ / _ & &
s t re ve ll d m clock am all o l em cause til bout tis twas und oder sowie bzw bis
the dogs cat a b é 3 5 1 000 10 2026 20 ² ٣ ½ Ⅷ 日 中 x² 3a <unk> <eos> aujourd'hui l' qu’ œ
"""


def assigned() -> str:
    """All characters that this Python's Unicode knows, but few ideographs, Hangul and private ones."""
    blocks = ((0, 0x3500), (0x4D80, 0x4F00), (0x9F80, 0xAD00), (0xD780, 0xD800), (0xF8F0, 0x17100))
    blocks += ((0x18700, 0x20100), (0x31300, 0x31400), (0xE0000, 0xE1000))
    characters = (chr(code) for block in blocks for code in range(*block))
    return "".join(
        character for character in characters if unicodedata.category(character) not in ("Cn", "Cs")
    )


def random_texts(random: Random, characters: str, how_many: int) -> list[str]:
    """Words of characters from a few blocks each, among pieces and spaces of all kinds."""
    pieces, texts = PIECES.split(), []
    for _ in range(how_many):
        starts = [random.randrange(len(characters) - 64) for _ in range(3)] + [random.randrange(1000)]
        near = "".join(characters[start : start + 64] for start in starts)
        parts = [
            random.choice(pieces)
            if random.random() < 0.3
            else "".join(random.choices(near, k=random.randrange(9)))
            for _ in range(random.randrange(1, 15))
        ]
        texts.append("".join(part + random.choice(["", " ", " ", "\u00a0", "\x85"]) for part in parts))
    return texts


def spelled_texts(random: Random, how_many: int) -> list[str]:
    """Pieces in any order, and each on both sides of an apostrophe."""
    pieces = PIECES.split()
    texts = [" ".join(random.choices(pieces, k=random.randrange(1, 30))) for _ in range(how_many)]
    return texts + [text for piece in pieces for text in (f"dogs ' {piece}", f"{piece} ' cat")]


def written_sentences() -> list[str]:
    """Of the grammar, in both languages, and of Multi30k where ``S2S_DATA_DIR`` has it."""
    corpus = grammar_corpus(train=60, validation=0, test=0, longer=20, compositional=0)
    sentences = [text for pairs in corpus.splits.values() for pair in pairs for text in (pair.src, pair.tgt)]
    folder = Path(os.environ.get("S2S_DATA_DIR") or "nowhere") / "multi30k"
    for path in sorted(folder.glob("val.*.gz")):
        sentences += gzip.decompress(path.read_bytes()).decode("utf-8").splitlines()[:300]
    return sentences
