"""What the checks of a manifest must let through, and how errors are put into one line."""

import json

import pytest

from s2s_course.text.codec import TextCodec
from s2s_course.text.tokenize import BPETokenizer, WordTokenizer
from s2s_course.training.manifest import Manifest, one_line

WORDS = TextCodec.build(WordTokenizer("en"), ["a b c"])


def document(codec: TextCodec = WORDS, **changes) -> dict:
    config = {"embed_size": 4, "hidden_size": 4, "dropout": 0.5}
    made = Manifest("gru", config, "weights-1.safetensors", "0" * 64, codec, codec, {})
    return json.loads(json.dumps(made.to_json())) | changes


def test_a_vocabulary_may_be_what_one_merge_needs_and_no_more():
    codec = TextCodec.build(BPETokenizer.train(["ab"], language="en", num_tokens=3), ["ab"])
    changed = document(codec)
    model = changed["src"]["tokenizer"]["tokenizer"]["model"]
    model |= {"vocab": {"a": 0, "b": 1, "ab": 2}, "merges": [["a", "b"]], "unk_token": None}
    assert Manifest.from_json(changed).src_codec.tokenizer.tokenize("ab") == ["ab"]


def test_a_whole_number_is_a_number_as_long_as_it_is_exact():
    def with_dropout(value):
        return document(config=document()["config"] | {"dropout": value})

    dropout = Manifest.from_json(with_dropout(0)).config["dropout"]
    assert (dropout, type(dropout)) == (0.0, float)
    assert Manifest.from_json(with_dropout(2**53 - 1)).config["dropout"] == 2.0**53 - 1
    for wrong in (2**53, -(2**53), True, "0", float("nan"), float("inf")):
        with pytest.raises(ValueError, match=r"config\.dropout must be a number, got "):
            Manifest.from_json(with_dropout(wrong))


@pytest.mark.parametrize("name", ["w", "weights-1.safetensors", "w" * 200, "a.b_c-1"])
def test_the_weights_are_a_plain_file_beside_it(name):
    assert Manifest.from_json(document(weights=name)).weights == name


@pytest.mark.parametrize("name", ["", ".", "..", ".hidden", "a/b", "/etc/x", "w" * 201, "wé", "a b", "w\n"])
def test_any_other_name_is_refused(name):
    with pytest.raises(ValueError, match="weights must be the name of a file beside it, got "):
        Manifest.from_json(document(weights=name))


def test_what_came_is_told_in_sixty_characters():
    for length, shown in ((58, 60), (59, 60)):
        with pytest.raises(ValueError) as caught:
            Manifest.from_json(document(model=["x" * (length - 2)]))
        got = str(caught.value).removeprefix("model must be a string, got ")
        assert len(got) == shown and got.endswith("…") == (length == 59)


def test_an_error_is_told_in_one_line():
    assert one_line(ValueError("two\n  lines\tand more")) == "two lines and more"
    assert one_line(KeyError("name")) == "KeyError: 'name'"
    assert one_line(ValueError("a\x00b")) == "a�b"
    assert one_line(ValueError("x" * 300)) == "x" * 300
    assert one_line(ValueError("x" * 301)) == "x" * 299 + "…"
    assert one_line(ValueError("x" * 81), most=80) == "x" * 79 + "…"
