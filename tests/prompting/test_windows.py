"""A window passes over a long list from its end to its beginning."""

import numpy as np
import pytest

from penchant.core import UsageError
from penchant.prompting import slide, window_starts


def oracle(worth):
    """Places of the candidates of each part by how good they are."""

    def order(asked, parts):
        return [np.argsort(np.argsort(-worth[part])).astype(np.float32) for part in parts]

    return order


def test_the_best_come_to_the_front_wherever_they_stood():
    rng = np.random.default_rng(1)
    worth = rng.random(23)
    lists = [rng.permutation(23).astype(np.int32) for _ in range(5)]
    for ended, begun in zip(slide(lists, oracle(worth), window=8, stride=4), lists, strict=True):
        # What is carried along is as long as a window less a stride.
        assert ended[:4].tolist() == np.argsort(-worth)[:4].tolist()
        assert sorted(ended.tolist()) == sorted(begun.tolist())


def test_lists_of_different_lengths_move_on_together():
    seen = []

    def order(asked, parts):
        seen.append((asked, [len(part) for part in parts]))
        return [np.arange(len(part), dtype=np.float32) for part in parts]

    ended = slide([np.arange(3), np.arange(7), np.arange(0)], order, window=4, stride=3)
    assert seen == [([0, 1], [3, 4]), ([1], [4])]
    assert [None if one is None else one.tolist() for one in ended] == [
        [0, 1, 2],
        [0, 1, 2, 3, 4, 5, 6],
        None,
    ]


def test_what_an_answer_leaves_out_follows_in_its_order():
    def order(asked, parts):
        return [np.array([np.nan, np.nan, 0], np.float32)]

    assert slide([np.array([5, 6, 7])], order, window=3, stride=1)[0].tolist() == [7, 5, 6]


def test_a_list_of_which_nothing_was_read_is_none():
    def order(asked, parts):
        return [np.full(len(part), np.nan, np.float32) for part in parts]

    assert slide([np.arange(5)], order, window=2, stride=1) == [None]


def test_what_was_in_no_readable_window_keeps_its_proposed_place():
    answers = iter([[np.nan] * 4, [np.nan] * 4, [np.nan, 0, np.nan, np.nan]])

    def order(asked, parts):
        return [np.array(next(answers), np.float32)]

    shown = np.array([6, 4, 3, 1, 7, 0, 5, 2], np.int32)
    ended = slide([shown], order, window=4, stride=2)[0]
    # Only 6, 4, 3 and 1 stood in the window that was read, and 4 was liked best of them.
    assert ended.tolist() == [0, 4, 2, 1, 3, 5, 6, 7]


@pytest.mark.parametrize(("window", "stride"), [(0, 0), (3, 0), (3, 4)])
def test_a_window_that_skips_or_stands_still_is_refused(window, stride):
    with pytest.raises(UsageError, match="1 <= stride <= window"):
        window_starts(9, window, stride)
