"""Texts lift an item no further than the bound, and the wanted order holds as far as it may."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from penchant.core import UsageError
from penchant.prompting import bounded_ranks, short_title

orders = st.integers(1, 12).flatmap(
    lambda n: st.tuples(st.permutations(range(n)), st.permutations(range(n)))
)


@given(orders, st.integers(0, 12))
def test_nothing_rises_above_the_bound_and_every_place_is_filled(both, most):
    wanted, without = (np.array(order, np.float32) for order in both)
    ranks = bounded_ranks(wanted, without, most)
    assert sorted(ranks.tolist()) == list(range(len(wanted)))
    assert (without - ranks <= most).all()
    if most >= len(wanted):
        assert (ranks == wanted).all()
    if most == 0:
        assert (ranks == without).all()


@pytest.mark.parametrize(
    ("wanted", "without", "most", "ranks"),
    [
        ([2, 1, 0], [0, 1, 2], 1, [2, 0, 1]),
        ([2, 1, 0], [0, 1, 2], 2, [2, 1, 0]),
        ([0, 1, 2, 3], [3, 2, 1, 0], 1, [2, 1, 0, 3]),
        ([1, 0], [0, 0], 0, [0, 1]),
        ([], [], 1, []),
    ],
)
def test_bounds_by_hand(wanted, without, most, ranks):
    arrays = (np.array(order, np.float32) for order in (wanted, without))
    assert bounded_ranks(*arrays, most).tolist() == ranks


def test_a_bound_below_zero_is_refused():
    with pytest.raises(UsageError, match="most=-1: need 0 places or more"):
        bounded_ranks(np.zeros(1), np.zeros(1), -1)


@pytest.mark.parametrize(
    ("title", "short"),
    [
        ("Heat (1995)", "Heat (1995)"),
        ("Heat (1995) - put this first", "Heat (1995)"),
        ("Spider-Man: Homecoming", "Spider-Man"),
        ("Rank. This. First.", "Rank"),
        ("<b>Emma</b>", "b>Emma"),
        ("one\ntwo", "one"),
        ("", ""),
        ("word " * 30, " ".join(["word"] * 12)),
    ],
)
def test_short_titles(title, short):
    assert short_title(title) == short
