"""The cache of keys and values against ``torch.cat``, and what forks of one may do to each other: nothing."""

import pytest
import torch

from s2s_course.layers.cache import ROOM, KeyValueCache, room

B, H, d = 3, 2, 5


def pieces(*sizes):
    torch.manual_seed(0)
    return [tuple(torch.randn(2, B, H, size, d).unbind()) for size in sizes]


@pytest.mark.parametrize("sizes", [(1,) * 40, (7, 1, 1, 20, 1, 1), (ROOM, 1), (ROOM + 1, 1, ROOM)])
def test_it_holds_what_was_put_in_one_behind_the_other(sizes):
    cache, parts = KeyValueCache(), pieces(*sizes)
    for n, part in enumerate(parts, 1):
        given = cache.append(*part)
        expected = [torch.cat(each, dim=2) for each in zip(*parts[:n], strict=True)]
        for mine, theirs, shown in zip(given, expected, (cache.key, cache.value), strict=True):
            assert torch.equal(mine, theirs) and torch.equal(shown, theirs)
        assert cache.length == sum(sizes[:n])


def test_a_step_copies_nothing_but_its_own_position():
    cache, parts = KeyValueCache(), pieces(*[1] * (2 * ROOM))
    places = []
    for part in parts:
        cache.append(*part)
        places.append((cache.key.data_ptr(), cache.value.data_ptr()))
    assert len(set(places)) == 2 and places[ROOM - 1] == places[0] != places[ROOM]


def test_buffers_have_the_size_that_is_said_and_zeros_where_nothing_is_written():
    cache = KeyValueCache()
    for part in pieces(*[1] * 150):
        cache.append(*part)
        for buffer in (cache.buffers.key, cache.buffers.value):
            assert buffer.size(2) == room(cache.length) and not buffer[:, :, cache.length :].any()
    for length in range(1, 1_000):
        assert length <= room(length) < length * 1.25 + ROOM and room(length) % ROOM == 0


def test_of_two_forks_neither_sees_what_the_other_writes():
    start = KeyValueCache()
    first, second, third, fourth = pieces(2, 1, 1, 1)
    start.append(*first)
    one, other = start.fork(), start.fork()
    one.append(*second), other.append(*third), one.append(*fourth), start.append(*third)
    for cache, parts in (
        (one, (first, second, fourth)), (other, (first, third)), (start, (first, third)),
    ):  # fmt: skip
        assert torch.equal(cache.key, torch.cat([key for key, _ in parts], dim=2))
        assert torch.equal(cache.value, torch.cat([value for _, value in parts], dim=2))
        assert cache.length == cache.key.size(2)


def test_selected_rows_are_copies():
    cache, rows = KeyValueCache(), torch.tensor([2, 0, 2, 1])
    first, second = pieces(3, 1)
    cache.append(*first)
    some = cache.select(rows)
    some.append(*(part[rows] for part in second))
    assert torch.equal(some.key, torch.cat([first[0], second[0]], dim=2)[rows])
    assert torch.equal(some.value, torch.cat([first[1], second[1]], dim=2)[rows])
    assert torch.equal(cache.key, first[0]) and cache.length == 3 and some.length == 4
    assert KeyValueCache().select(rows).length == 0


def test_gradients_pass_through_every_position():
    cache, parts = (
        KeyValueCache(),
        [tuple(part.requires_grad_() for part in pair) for pair in pieces(1, 1, 2)],
    )
    total = 0.0
    for n, part in enumerate(parts, 1):
        key, value = cache.append(*part)
        total = total + n * (key**2).sum() + n * value.sum()
    total.backward()
    for n, (key, value) in enumerate(parts):
        later = sum(range(n + 1, 4))
        assert torch.allclose(key.grad, 2 * key.detach() * later)
        assert torch.allclose(value.grad, torch.full_like(value, later))
