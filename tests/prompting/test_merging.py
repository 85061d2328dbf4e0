"""Several answers to one question become one order: tables worked by hand."""

import numpy as np
import pytest

from penchant.core import UsageError
from penchant.prompting import MERGES, merge_ranks, pair_scores, ranks_by_scores, ranks_of

NAN = float("nan")


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        # Places 0 1 2 and 2 0 1 of three: shares below are 1 ½ 0 and 0 1 ½.
        ("borda", [0.5, 0.75, 0.25]),
        ("mean-rank", [0.5, 0.75, 0.25]),
        ("rrf", [(1 + 61 / 63) / 2, (61 / 62 + 1) / 2, (61 / 63 + 61 / 62) / 2]),
    ],
)
def test_two_whole_answers(how, expected):
    ranks = np.array([[0, 1, 2], [2, 0, 1]], np.float32)
    assert merge_ranks(ranks, how) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        # One answer names the second of three alone.
        ("borda", [0, 1, 0]),
        # The two left out share the places 1 and 2: 1 - 1.5 / 2.
        ("mean-rank", [0.25, 1, 0.25]),
        ("rrf", [0, 1, 0]),
    ],
)
def test_who_is_left_out(how, expected):
    assert merge_ranks(np.array([[NAN, 0, NAN]], np.float32), how) == pytest.approx(expected)


@pytest.mark.parametrize("how", MERGES)
def test_an_answer_that_was_not_read_does_not_count(how):
    read = np.array([[1, 0, 2]], np.float32)
    both = np.concatenate([read, np.full((1, 3), NAN, np.float32)])
    assert np.array_equal(merge_ranks(read, how), merge_ranks(both, how))
    assert np.isnan(merge_ranks(both[1:], how)).all()


@pytest.mark.parametrize("how", MERGES)
def test_one_candidate_alone(how):
    assert merge_ranks(np.zeros((2, 1), np.float32), how).tolist() == [1.0]


def test_an_unknown_merge_is_refused():
    with pytest.raises(UsageError, match="know borda, mean-rank, rrf"):
        merge_ranks(np.zeros((1, 2), np.float32), "sum")


def test_places_from_an_order_and_from_scores():
    assert ranks_of(np.array([2, 0]), 4).tolist() == pytest.approx([1, NAN, 0, NAN], nan_ok=True)
    assert ranks_by_scores(np.array([1, 3, 1, 0], np.float32)).tolist() == [1.5, 0, 1.5, 3]
    assert np.isnan(ranks_by_scores(np.array([1, NAN], np.float32))).all()


def test_pairs_by_hand():
    pairs = np.array([[0, 1], [2, 0], [1, 2]], np.int32)
    odds = np.array([np.log(3), 0.0, NAN], np.float32)
    # 0 beats 1 with 3/4; 0 and 2 are even; the third was not read.
    assert pair_scores(4, pairs, odds) == pytest.approx([0.625, 0.25, 0.5, 0.5])
    assert np.isnan(pair_scores(4, pairs, np.full(3, NAN, np.float32))).all()


def test_bootstrapping_takes_a_liking_for_places_away():
    """A reader who sees only places orders candidates at random; merged, the worst gets better."""
    rng = np.random.default_rng(0)
    n, liking = 10, np.linspace(2, 0, 10)
    worth = np.where(np.arange(n) == 7, 1.0, 0.0)

    def found(copies):
        ranks = np.empty((copies, n), np.float32)
        for copy in range(copies):
            order = rng.permutation(n)
            ranks[copy, order] = ranks_by_scores((worth[order] + liking).astype(np.float32))
        return int(np.argmax(merge_ranks(ranks, "borda"))) == 7

    once = np.mean([found(1) for _ in range(300)])
    often = np.mean([found(30) for _ in range(100)])
    assert once < 0.6 < 0.95 < often
