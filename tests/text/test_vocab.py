import pytest

from s2s_course.text.vocab import SPECIALS, Vocab


def test_order_is_by_frequency_then_alphabet():
    vocab = Vocab.build([["b", "a", "c"], ["c", "b"], ["c"]])
    assert vocab.tokens == (*SPECIALS, "c", "b", "a")


def test_order_of_sentences_does_not_matter():
    sentences = [["x", "y"], ["y", "z"], ["z", "x"]]
    assert Vocab.build(sentences).tokens == Vocab.build(sentences[::-1]).tokens


def test_rare_tokens_become_unknown():
    vocab = Vocab.build([["a", "a", "b"]], min_frequency=2)
    assert "b" not in vocab
    assert vocab.decode(vocab.encode(["a", "b", "never seen"])) == ["a", "<unk>", "<unk>"]


def test_round_trip():
    vocab = Vocab(["un", "deux", "trois"])
    assert vocab.decode(vocab.encode(["trois", "un"])) == ["trois", "un"]
    assert len(vocab) == 7


def test_special_tokens_in_a_text_never_enter_the_vocabulary_twice():
    assert Vocab.build([["<pad>", "a"]]).tokens == (*SPECIALS, "a")


@pytest.mark.parametrize("tokens", [["a", "b", "a"], ["a", "<pad>"]])
def test_repeated_tokens_are_refused(tokens):
    with pytest.raises(ValueError, match="tokens must be distinct"):
        Vocab(tokens)


@pytest.mark.parametrize("index", [-1, 5])
def test_an_index_outside_is_refused(index):
    with pytest.raises(ValueError, match=rf"indices must lie in \[0, 5\), got {index}"):
        Vocab(["a"]).decode([index])


def test_min_frequency_zero_is_refused():
    with pytest.raises(ValueError, match="min_frequency must be at least 1, got 0"):
        Vocab.build([], min_frequency=0)
