import math
from collections import Counter

import pytest
import torch

from s2s_course.decoding.continue_text import continue_text
from s2s_course.models.language_model import LanguageModel, LanguageModelConfig
from s2s_course.seeds import torch_generator
from s2s_course.text.codec import TextCodec
from s2s_course.text.tokenize import CharacterTokenizer

CODEC = TextCodec.build(CharacterTokenizer("en"), ["abc"])


class Bigrams(LanguageModel):
    """Its logits depend on the token read last, by a table; the state counts the tokens read."""

    def __init__(self, table):
        super().__init__(LanguageModelConfig(vocab_size=len(CODEC.vocab), hidden_size=1))
        self.table = torch.full((len(CODEC.vocab),) * 2, -1e9)
        for before, chances in table.items():
            for after, chance in chances.items():
                self.table[self.index(before), self.index(after)] = torch.tensor(chance).log()
        self.read = []

    @staticmethod
    def index(token):
        return CODEC.vocab.eos_index if token == "." else CODEC.vocab.encode([token])[0]

    def forward(self, tokens, state=None):
        self.read += tokens[0].tolist()
        assert state is None or state[0].item() == len(self.read) - tokens.numel()
        return self.table[tokens], (torch.tensor([[[len(self.read)]]]),)


def test_a_chain_is_followed_to_its_end():
    model = Bigrams({".": {"a": 1.0}, "a": {"b": 1.0}, "b": {"c": 1.0}, "c": {".": 1.0}})
    assert continue_text(model, CODEC) == "abc"
    assert model.read == [CODEC.vocab.eos_index, *CODEC.encode("abc")], "every token is read once"
    model = Bigrams({"b": {"c": 1.0}, "c": {".": 1.0}})
    assert continue_text(model, CODEC, "ab") == "abc"
    assert model.read == [CODEC.vocab.eos_index, *CODEC.encode("abc")], "<eos> comes first here too"


def test_it_ends_after_max_length():
    model = Bigrams({".": {"a": 1.0}, "a": {"a": 1.0}})
    assert continue_text(model, CODEC, "a", max_length=7) == "a" * 8


@pytest.mark.parametrize(("temperature", "share"), [(1.0, 0.8), (0.5, 0.64 / 0.68)])
def test_tokens_come_as_often_as_the_softmax_says(temperature, share):
    model = Bigrams({".": {"a": 0.8, "b": 0.2}, "a": {".": 1.0}, "b": {".": 1.0}})
    counts = Counter(continue_text(model, CODEC, temperature=temperature, seed=seed) for seed in range(600))
    assert counts["a"] / 600 == pytest.approx(share, abs=5 * (share * (1 - share) / 600) ** 0.5)


@pytest.mark.parametrize("temperature", [1e-6, 1e-40])
def test_near_zero_the_likeliest_is_written(temperature):
    model = Bigrams({".": {"a": 0.3, "b": 0.7}, "b": {"a": 0.6, "b": 0.4}, "a": {"b": 1.0}})
    assert continue_text(model, CODEC, temperature=temperature, max_length=5) == "babab"


def test_tokens_are_drawn_from_one_stream_of_the_seed():
    model = Bigrams({token: {"a": 0.5, "b": 0.5} for token in ".ab"})
    generator, chances = torch_generator(4, "continue text"), torch.zeros(len(CODEC.vocab))
    chances[CODEC.encode("ab")] = 0.5
    drawn = [torch.multinomial(chances, 1, generator=generator).item() for _ in range(12)]
    assert continue_text(model, CODEC, max_length=12, seed=4) == CODEC.decode(drawn)


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({"temperature": 0.0}, "temperature must be more than 0, got 0.0"),
        ({"temperature": math.inf}, "temperature must be finite, got inf"),
        ({"max_length": 0}, "max_length must be at least 1, got 0"),
    ],
)
def test_bad_choices_are_refused(choices, message):
    with pytest.raises(ValueError, match=message):
        continue_text(Bigrams({}), CODEC, **choices)
