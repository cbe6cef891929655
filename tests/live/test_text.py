"""The text side of the engine gives in a browser what the package gives in Python, for odd texts too."""

import json
import unicodedata
from functools import cache

import pytest
from playwright.sync_api import Error

from s2s_course.seeds import python_random
from s2s_course.text.codec import TextCodec
from s2s_course.text.join import join_words
from s2s_course.text.tokenize import UNK, BPETokenizer, CharacterTokenizer, WordTokenizer
from s2s_course.text.vocab import Vocab

from .odd_texts import ODD, assigned, random_texts, spelled_texts, written_sentences

READ = """async (given) => {
  await import("/more_tokenizers.js");
  const { createCodec } = await import("/codec.js");
  const [codecs, texts] = JSON.parse(given);
  return JSON.stringify(codecs.map(createCodec).map((codec) => texts.map((text) => {
    const [tokens, indices] = [codec.tokenizer.tokenize(text), codec.encode(text)];
    const written = Int32Array.of(1, ...indices.slice(0, 15), 0, 2, ...indices);
    return [
      tokens, codec.tokenizer.detokenize(tokens), indices, codec.tokens(written), codec.decode(written),
      codec.words(written),
    ];
  })));
}"""


def read(codec: TextCodec, text: str) -> list:
    """What READ gives of a text, in Python."""
    tokens, indices = codec.tokenizer.tokenize(text), codec.encode(text)
    written = [1, *indices[:15], 0, 2, *indices]
    return [
        *(tokens, codec.tokenizer.detokenize(tokens), indices, codec.tokens(written), codec.decode(written)),
        codec.words(written),
    ]


def assert_read_alike(engine, codecs: list[TextCodec], texts: list[str]) -> None:
    given = json.dumps([[codec.to_json() for codec in codecs], texts])
    for codec, in_browser in zip(codecs, json.loads(engine.evaluate(READ, given)), strict=True):
        for text, there in zip(texts, in_browser, strict=True):
            assert there == read(codec, text), (codec.tokenizer, text)


@pytest.fixture(scope="module")
def known(engine) -> str:
    """Characters that the Unicode of both this Python and the browser know."""
    return engine.evaluate(r"(text) => text.replace(/\p{Cn}/gu, '')", assigned())


@pytest.fixture(scope="module")
def texts(known) -> list[str]:
    random = python_random(0, "texts")
    made = [*random_texts(random, known, 200), *spelled_texts(random, 200)]
    return [*ODD, *made, *written_sentences()]


@pytest.mark.parametrize("language", ["en", "fr", "de"])
def test_words(engine, texts, language):
    assert len(texts) >= 500
    assert_read_alike(engine, [TextCodec.build(WordTokenizer(language), texts[::2])], texts)
    kept = WordTokenizer(language, lowercase=False)
    assert_read_alike(engine, [TextCodec.build(kept, texts[::2])], texts[:150])


def test_characters(engine, texts):
    assert_read_alike(engine, [TextCodec.build(CharacterTokenizer("fr"), texts[:200:2])], texts[:300])


def test_each_character(engine, known):
    """In a word, in lower case, and numbers beside the marks that stand between digits or letters."""
    parts = [known[start : start + 200] for start in range(0, len(known), 200)]
    texts = [" ".join(f"x{character}x" for character in part) for part in parts]
    numbers = [c for n, c in enumerate(known) if unicodedata.category(c)[0] == "N" or n % 16 == 0]
    tokens = [token for number in numbers for token in (number, ",", number, ".", number, "-")]
    tokens += ["l'", "a"]  # which English does not write
    script = """async (given) => {
      const { WordTokenizer } = await import("/tokenize.js");
      const [texts, tokens] = JSON.parse(given);
      const [kept, lowered] = [false, true].map((lowercase) => new WordTokenizer("en", { lowercase }));
      const found = [kept, lowered].map((tokenizer) => texts.map((text) => tokenizer.tokenize(text)));
      return JSON.stringify([...found, kept.detokenize(tokens)]);
    }"""
    kept, lowered, joined = json.loads(engine.evaluate(script, json.dumps([texts, tokens])))
    assert kept == [WordTokenizer("en", lowercase=False).tokenize(text) for text in texts]
    assert lowered == [WordTokenizer("en").tokenize(text) for text in texts]
    assert joined == join_words(tokens, "en")


def trained(lowercase: bool) -> TextCodec:
    texts = [*written_sentences(), "undefined null ▁x 3.5 ± 日本 ΣΑΣ İ", *ODD[:20]]
    bpe = BPETokenizer.train(texts, language="fr", num_tokens=300, lowercase=lowercase)
    return TextCodec.build(bpe, texts)


@pytest.mark.parametrize("lowercase", [True, False])
def test_subwords(engine, texts, lowercase):
    assert_read_alike(engine, [trained(lowercase)], texts)


def learned(merges: list[tuple[str, str]]) -> TextCodec:
    """With these merges, the first the one that was learned first."""
    stored = BPETokenizer.train(["a"], language="en", num_tokens=1).to_json()["tokenizer"]
    pieces = dict.fromkeys([UNK, *"abcdefinux", *map("".join, merges)])
    stored["model"] |= {"vocab": {piece: n for n, piece in enumerate(pieces)}, "merges": merges}
    return TextCodec(BPETokenizer("en", json.dumps(stored)), Vocab([]))


def random_merges(random) -> list[tuple[str, str]]:
    """In any order, and one piece may come from several pairs: more may happen than a training learns."""
    pieces, merges = list("abc"), []
    for _ in range(40):
        pair = tuple(random.choices(pieces, k=2))
        if len("".join(pair)) < 6:
            merges.append(pair)
            pieces.append("".join(pair))
    merges = list(dict.fromkeys(merges))
    random.shuffle(merges)
    return merges


def test_order_of_merges(engine):
    """A merge may make a pair, with what stands left or right of it, that goes before equals of its own."""
    random = python_random(0, "merges")
    left, right = [("cab", "a"), ("c", "ab"), ("a", "b")], [("ab", "a"), ("a", "b")]
    javascript = [("undefined"[:n], "undefined"[n]) for n in range(1, 9)] + [("x", "undefined")]
    texts = ["".join(random.choices("abc", k=random.randrange(1, 40))) for _ in range(60)]
    codecs = [
        learned(merges) for merges in (left, right, javascript, *(random_merges(random) for _ in range(15)))
    ]
    assert_read_alike(engine, codecs, ["xcabab", "xabab", "xundefinedx", *texts])
    assert codecs[0].tokenizer.tokenize("xcabab")[2:] == ["caba", "b"]


def test_what_is_not_unicode_is_refused(engine):
    """A lone surrogate is named as Python names it; a pair is one character before it."""
    script = """async ([kind, units]) => {
      const { createTokenizer } = await import("/tokenize.js");
      createTokenizer({ kind, language: "en", lowercase: true }).tokenize(String.fromCharCode(...units));
    }"""
    for text in ("\ud800", "ab\udfff", "İ\udc00 x", "\U0001f600\U0001f600a\ud83d", "\ud83d \ude00"):
        data = text.encode("utf-16-le", "surrogatepass")
        units = [int.from_bytes(data[n : n + 2], "little") for n in range(0, len(data), 2)]
        for tokenizer in (WordTokenizer("en"), CharacterTokenizer("en")):
            with pytest.raises(ValueError) as here:
                tokenizer.tokenize(text)
            with pytest.raises(Error) as there:
                engine.evaluate(script, [tokenizer.to_json()["kind"], units])
            assert f"Error: {here.value}\n" in str(there.value)


def test_what_no_codec_holds_is_refused(engine):
    """With the sentences of the package."""
    script = """async ([json, index]) => {
      await import("/more_tokenizers.js");
  const { createCodec } = await import("/codec.js");
      createCodec(JSON.parse(json)).decode([4, index]);
    }"""
    good = TextCodec(WordTokenizer("en"), Vocab(["a", "b"])).to_json()
    bad = [({**good, "tokens": ["a", token, "a"]}, 4) for token in ("b", "<unk>")]
    bad += [({**good, "tokenizer": {**good["tokenizer"], name: "xx"}}, 4) for name in ("kind", "language")]
    bad += [(good, 6), (good, -1)]
    for state, index in bad:
        with pytest.raises(ValueError) as here:
            TextCodec.from_json(state).decode([4, index])
        with pytest.raises(Error) as there:
            engine.evaluate(script, [json.dumps(state), index])
        assert f"Error: {here.value}\n" in str(there.value)


NEAREST = """async (given) => {
  const { completions, editDistance, nearest } = await import("/nearest.js");
  const [words, asked] = JSON.parse(given);
  return JSON.stringify([
    asked.map((word) => words.map((known) => editDistance(word, known))),
    asked.map((word) => nearest(word, words)),
    asked.map((word) => completions([...word].slice(0, 2).join(''), words, 4)),
  ]);
}"""


@cache
def distance(a: str, b: str) -> int:
    """The definition: optimal string alignment, from the ends of both words."""
    if not a or not b:
        return len(a) + len(b)
    ways = [distance(a[:-1], b) + 1, distance(a, b[:-1]) + 1, distance(a[:-1], b[:-1]) + (a[-1] != b[-1])]
    if a[-2:] == b[-2:][::-1] and len(a) > 1 and len(b) > 1:
        ways.append(distance(a[:-2], b[:-2]) + 1)
    return min(ways)


def test_nearest_words(engine):
    random = python_random(0, "nearest")
    made = {"".join(random.choices("abcé\U0001f600", k=random.randrange(1, 8))) for _ in range(60)}
    words = ["the", "cat", "cats", "chat", "that", "then", "élève", "éleve", *sorted(made)]
    asked = ["teh", "cta", "x", "eleve", "zzzzzz", "", "ca", "\U0001f600a", *sorted(made)[::3]]
    distances, nearest, completions = json.loads(engine.evaluate(NEAREST, json.dumps([words, asked])))
    assert distances == [[distance(word, known) for known in words] for word in asked]
    for word, found, begun in zip(asked, nearest, completions, strict=True):
        most = min(-(-len(word) // 3), len(word) - 1)
        near = [known for known in words if distance(word, known) <= most]
        assert found == sorted(near, key=lambda known: distance(word, known))[:3]
        assert begun == [known for known in words if known.startswith(word[:2])][:4]
    assert nearest[0] == ["the"] and nearest[2] == [] and nearest[3] == ["éleve", "élève"]
