import pytest
import torch

from s2s_course.data.text_stream import TextStream
from s2s_course.text.codec import TextCodec
from s2s_course.text.tokenize import CharacterTokenizer


def test_chunks_follow_each_other_and_targets_are_the_next_tokens():
    tokens = list(range(100, 130))
    chunks = list(TextStream(tokens, batch_size=3, chunk=4).epoch(0))
    assert len(chunks) == 2  # 29 targets, 9 a reader, 8 of them in whole chunks
    rows = torch.cat([chunk.inputs for chunk in chunks], dim=1)
    assert rows.tolist() == [tokens[0:8], tokens[8:16], tokens[16:24]]
    for chunk in chunks:
        assert torch.equal(chunk.targets, chunk.inputs + 1)
        assert chunk.mask.all() and chunk.target_mask.all() and chunk.num_targets == 12


def test_texts_stand_one_after_the_other():
    texts = ["abc", "ba", "c"] * 3
    codec = TextCodec.build(CharacterTokenizer("en"), texts)
    [chunk] = TextStream.from_texts(texts, codec, batch_size=1, chunk=20).epoch(0)
    assert "".join(codec.vocab.decode(chunk.inputs[0].tolist())).startswith("abc<eos>ba<eos>c<eos>abc<eos>")


def test_every_epoch_is_the_same():
    stream = TextStream(list(range(50)), batch_size=2, chunk=5)
    for one, two in zip(stream.epoch(0), stream.epoch(7), strict=True):
        assert torch.equal(one.inputs, two.inputs)


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({"batch_size": 0, "chunk": 3}, "batch_size must be at least 1, got 0"),
        ({"batch_size": 2, "chunk": 0}, "chunk must be at least 1, got 0"),
        ({"batch_size": 2, "chunk": 5}, "tokens must be more than 10, got 10"),
    ],
)
def test_bad_input_is_refused(choices, message):
    with pytest.raises(ValueError, match=message):
        TextStream(list(range(10)), **choices)
