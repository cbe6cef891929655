import json

from s2s_course.text.codec import TextCodec
from s2s_course.text.tokenize import BPETokenizer, WordTokenizer
from s2s_course.text.vocab import Vocab

TEXTS = ["l'homme dort.", "la femme ne dort pas."]


def test_decode_undoes_encode():
    codec = TextCodec.build(WordTokenizer("fr"), TEXTS)
    assert [codec.decode(codec.encode(text)) for text in TEXTS] == TEXTS


def test_decode_stops_at_eos_and_shows_unknown_words():
    codec = TextCodec.build(WordTokenizer("fr"), TEXTS)
    indices = [
        Vocab.bos_index,
        *codec.encode("la zzz dort"),
        Vocab.eos_index,
        *codec.encode("pas"),
        Vocab.pad_index,
    ]
    assert codec.decode(indices) == "la <unk> dort"
    assert codec.tokens(indices)[-1] == "<eos>"


def test_json_round_trip_with_words_and_subwords():
    for tokenizer in (WordTokenizer("fr"), BPETokenizer.train(TEXTS, language="fr", num_tokens=40)):
        codec = TextCodec.build(tokenizer, TEXTS)
        again = TextCodec.from_json(json.loads(json.dumps(codec.to_json())))
        assert again.encode(TEXTS[1]) == codec.encode(TEXTS[1])
        assert again.decode(codec.encode(TEXTS[1])) == TEXTS[1]
