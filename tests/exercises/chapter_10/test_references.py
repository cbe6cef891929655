"""The references of chapter 10 against loops and a network's own behavior; other answers, right and wrong."""

import itertools

import pytest
import torch
import torch.nn.functional as F

from s2s_course.exercises.chapter_10 import mask_tokens, prefix_mask, span_corruption
from s2s_course.exercises.engine.checker import diagnose
from s2s_course.masks import causal_mask

from ..lookup import draws_of

MODULES = (mask_tokens, prefix_mask, span_corruption)
EXERCISES = {module.EXERCISE.id: module.EXERCISE for module in MODULES}


def test_ids_and_functions():
    assert list(EXERCISES) == [f"10.{number}" for number in range(1, 4)]
    assert all(len(exercise.misconceptions) >= 5 for exercise in EXERCISES.values())


def test_mask_tokens_word_by_word():
    for tokens, chosen, mask_index in draws_of("10.1"):
        inputs, targets = mask_tokens.mask_tokens(tokens, chosen, mask_index)
        assert inputs.shape == targets.shape == tokens.shape
        for token, hidden, read, asked in zip(
            tokens.flatten().tolist(),
            chosen.flatten().tolist(),
            inputs.flatten().tolist(),
            targets.flatten().tolist(),
            strict=True,
        ):
            assert (read, asked) == ((mask_index, token) if hidden else (token, -100))


def test_torch_s_loss_sees_the_hidden_words_and_no_others():
    generator = torch.Generator().manual_seed(0)
    for tokens, chosen, mask_index in draws_of("10.1"):
        _, targets = mask_tokens.mask_tokens(tokens, chosen, mask_index)
        logits = torch.randn(*tokens.shape, 300, generator=generator)
        mine = F.cross_entropy(logits.transpose(1, 2), targets)
        assert torch.allclose(mine, F.cross_entropy(logits[chosen], tokens[chosen]))


def test_the_cases_of_mask_tokens_hold_what_is_hard():
    for tokens, chosen, mask_index in draws_of("10.1"):
        assert chosen.any() and not chosen.all() and (tokens[chosen] == 0).any()
        assert mask_index not in tokens


def prefix_by_sentences(src_length, tgt_length):
    """Every pair of words, as the docstring says it."""
    words = [("src", s) for s in range(src_length)] + [("tgt", t) for t in range(tgt_length)]

    def may_attend(who, to):
        if to[0] == "src":
            return True
        return who[0] == "tgt" and to[1] <= who[1]

    return torch.tensor([[may_attend(who, to) for to in words] for who in words])


def test_prefix_mask_pair_by_pair():
    for lengths in [(1, 1), *draws_of("10.2")]:
        mask = prefix_mask.prefix_mask(*lengths)
        assert mask.dtype == torch.bool and torch.equal(mask, prefix_by_sentences(*lengths))


def test_with_one_word_of_source_it_is_the_causal_mask():
    """The first word of a text is seen by all words behind it anyway."""
    assert torch.equal(prefix_mask.prefix_mask(1, 6), causal_mask(7))


def test_through_any_number_of_layers_no_word_of_the_target_reaches_one_before_it():
    for S, T in itertools.product((1, 2, 5), (1, 3, 4)):
        reach = prefix_mask.prefix_mask(S, T).double()
        for _ in range(4):
            reach = (reach @ reach).clamp(max=1)
        assert torch.equal(reach.bool(), prefix_mask.prefix_mask(S, T))


def test_span_corruption_by_hand_as_in_the_goal():
    tokens, (X, Y) = list(range(5)), (90, 91)
    src, tgt = span_corruption.span_corruption(tokens, [(1, 3)], [X, Y])
    assert src.tolist() == [0, X, 3, 4] and tgt.tolist() == [X, 1, 2, Y]
    assert "`a <X> d e`" in EXERCISES["10.3"].goal and "`<X> b c <Y>`" in EXERCISES["10.3"].goal


def test_from_source_and_target_together_the_text_comes_back():
    for tokens, spans, sentinels in draws_of("10.3"):
        src, tgt = (t.tolist() for t in span_corruption.span_corruption(tokens, spans, sentinels))
        assert tgt[0] == sentinels[0] and tgt[-1] == sentinels[-1]
        gaps, last = {}, None
        for token in tgt:
            if token in sentinels:
                last = gaps[token] = []
            else:
                last.append(token)
        assert gaps.pop(sentinels[-1]) == []
        assert [token for token in src if token in sentinels] == sentinels[:-1] == list(gaps)
        assert [word for token in src for word in gaps.get(token, [token])] == tokens
        assert [len(words) for words in gaps.values()] == [end - start for start, end in spans]


def test_the_cases_of_the_spans_hold_what_is_hard():
    draws = draws_of("10.3")
    assert any(spans[0][0] == 0 and spans[-1][1] == len(tokens) for tokens, spans, _ in draws)
    assert any(len(spans) == 1 for _, spans, _ in draws) and any(len(spans) > 3 for _, spans, _ in draws)
    for tokens, spans, sentinels in draws:
        assert len(sentinels) == len(spans) + 1 and not set(sentinels) & set(tokens)
        assert all(after[0] > before[1] for before, after in itertools.pairwise(spans))


def hidden_with_where(tokens, chosen, mask_index):
    return torch.where(chosen, mask_index, tokens), torch.where(chosen, tokens, -100)


def hidden_in_a_copy(tokens, chosen, mask_index):
    inputs, targets = tokens.clone(), torch.full_like(tokens, -100)
    targets[chosen] = tokens[chosen]
    inputs[chosen] = mask_index
    return [inputs, targets]


def prefix_by_columns(src_length, tgt_length):
    mask = causal_mask(src_length + tgt_length)
    mask[:, :src_length] = True
    return mask


def prefix_in_blocks(src_length, tgt_length):
    yes = torch.ones(src_length + tgt_length, src_length, dtype=torch.bool)
    no = torch.zeros(src_length, tgt_length, dtype=torch.bool)
    return torch.cat([yes, torch.cat([no, causal_mask(tgt_length)])], dim=1)


def spans_from_behind(tokens, spans, sentinels):
    src, tgt = list(tokens), [sentinels[-1]]
    for (start, end), sentinel in reversed(list(zip(spans, sentinels[:-1], strict=True))):
        tgt = [sentinel, *src[start:end], *tgt]
        src[start:end] = [sentinel]
    return torch.tensor(src), torch.tensor(tgt)


def spans_word_by_word(tokens, spans, sentinels):
    starts, src, tgt = dict(zip((s for s, _ in spans), sentinels, strict=False)), [], []
    for place, token in enumerate(tokens):
        if place in starts:
            src.append(starts[place])
            tgt.append(starts[place])
        hidden = any(start <= place < end for start, end in spans)
        (tgt if hidden else src).append(token)
    return torch.tensor(src), torch.tensor([*tgt, sentinels[-1]])


@pytest.mark.parametrize(
    "exercise_id, answer",
    [
        ("10.1", hidden_with_where),
        ("10.1", hidden_in_a_copy),
        ("10.2", prefix_by_columns),
        ("10.2", prefix_in_blocks),
        ("10.3", spans_from_behind),
        ("10.3", spans_word_by_word),
    ],
)
def test_an_answer_that_is_right_in_another_way_passes(exercise_id, answer):
    for seed in range(3):
        result = diagnose(EXERCISES[exercise_id], answer, seed=seed)
        assert result.passed, repr(result)


def words_lost_before_they_are_asked_for(tokens, chosen, mask_index):
    inputs = tokens.clone()
    inputs[chosen] = mask_index
    targets = inputs.clone()
    targets[~chosen] = -100
    return inputs, targets


def wrong_side_of_where(tokens, chosen, mask_index):
    return torch.where(chosen, mask_index, tokens), torch.where(chosen, -100, tokens)


def result_not_kept(tokens, chosen, mask_index):
    inputs, targets = tokens.clone(), torch.full_like(tokens, -100)
    inputs.masked_fill(chosen, mask_index)
    targets[chosen] = tokens[chosen]
    return inputs, targets


def times_the_mask(tokens, chosen, mask_index):
    return torch.where(chosen, mask_index, tokens), tokens * chosen


def only_tril(src_length, tgt_length):
    return causal_mask(src_length + tgt_length)


def source_rows_instead_of_columns(src_length, tgt_length):
    mask = causal_mask(src_length + tgt_length)
    mask[:src_length] = True
    return mask


def only_the_source_block_filled(src_length, tgt_length):
    N = src_length + tgt_length
    mask = torch.eye(N, dtype=torch.bool)
    mask[:src_length, :src_length] = True
    mask[src_length:, src_length:] = causal_mask(tgt_length)
    return mask


def triu_of_the_forbidden(src_length, tgt_length):
    forbidden = torch.ones(src_length + tgt_length, src_length + tgt_length, dtype=torch.bool).triu(1)
    forbidden[:, :src_length] = False
    return forbidden


def arange_up_to_S(src_length, tgt_length):
    places = torch.arange(src_length + tgt_length)
    return (places[:, None] >= places) | (places <= src_length)


def replaced_in_one_list(tokens, spans, sentinels):
    src, tgt = tokens.copy(), []
    for k, (start, end) in enumerate(spans):
        tgt += [sentinels[k], *src[start:end]]
        src = [*src[:start], sentinels[k], *src[end:]]
    return torch.tensor(src), torch.tensor([*tgt, sentinels[-1]])


def one_for_each_word(tokens, spans, sentinels):
    src = list(tokens)
    for (start, end), sentinel in zip(spans, sentinels, strict=False):
        src[start:end] = [sentinel] * (end - start)
    return torch.tensor(src), spans_from_behind(tokens, spans, sentinels)[1]


def without_the_end(tokens, spans, sentinels):
    src, tgt = spans_word_by_word(tokens, spans, sentinels)
    return src, tgt[:-1]


def as_bart(tokens, spans, sentinels):
    return spans_from_behind(tokens, spans, sentinels)[0], torch.tensor(tokens)


@pytest.mark.parametrize(
    "exercise_id, answer, name",
    [
        ("10.1", words_lost_before_they_are_asked_for, "targets hidden too"),
        ("10.1", wrong_side_of_where, "choice inverted"),
        ("10.1", result_not_kept, "nothing is hidden"),
        ("10.1", times_the_mask, "another index is ignored"),
        ("10.2", only_tril, "causal everywhere"),
        ("10.2", source_rows_instead_of_columns, "source sees the target"),
        ("10.2", only_the_source_block_filled, "target does not see the source"),
        ("10.2", triu_of_the_forbidden, "True where it is forbidden"),
        ("10.2", arange_up_to_S, "border one off"),
        ("10.3", replaced_in_one_list, "places slide"),
        ("10.3", one_for_each_word, "a sentinel for each word"),
        ("10.3", without_the_end, "no last sentinel"),
        ("10.3", as_bart, "whole text as the target"),
    ],
)
def test_a_mistake_written_in_another_way_is_named(exercise_id, answer, name):
    for seed in range(2):
        assert diagnose(EXERCISES[exercise_id], answer, seed=seed).misconception == name


def test_tokens_changed_in_place_are_found():
    def in_place(tokens, chosen, mask_index):
        targets = tokens.masked_fill(~chosen, -100)
        tokens[chosen] = mask_index
        return tokens, targets

    assert diagnose(EXERCISES["10.1"], in_place).fault == "modified"
