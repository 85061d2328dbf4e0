import numpy as np
import pytest

from penchant.codes import ItemIndex
from penchant.core import Ragged
from penchant.indexing import prefix_groups, report_index

# First level: codes 0 and 1 of 4, evenly. Items 0 and 1 share all but the last code.
BY_HAND = ItemIndex(Ragged.of([[0, 4], [0, 5], [1, 4], [1, 5]]), (4, 2), "", "")


def test_the_report_of_an_index_by_hand():
    report = report_index(BY_HAND)
    assert (report.n_items, report.without_codes) == (4, 0)
    assert (report.collisions, report.most_alike) == (1.0, 2)
    assert report.usage == (0.5, 1.0)
    assert report.perplexity == pytest.approx((2.0, 2.0))
    assert report.prefixes == (2, 4)
    assert report.prefix_entropy == pytest.approx((1.0, 2.0))


def test_last_codes_that_mean_something_are_no_collisions():
    report = report_index(BY_HAND, tells_apart=False)
    assert (report.collisions, report.most_alike) == (0.0, 1)


def test_codes_of_several_lengths_and_items_without_any_are_counted():
    # 8 of 4 codes shared by all positions: 0 ends; items 1 and 3 differ by a number before the end.
    index = ItemIndex(Ragged.of([[2, 0], [2, 3, 0], [], [2, 1, 0]]), (4,), "", "")
    report = report_index(index, tells_apart=False)
    assert (report.n_items, report.without_codes) == (3, 1)
    assert report.usage == (1.0,)
    assert report.prefixes == (1, 3, 3)
    assert report.prefix_entropy == pytest.approx((0.0, np.log2(3), np.log2(3)))


def test_an_index_without_codes_has_an_empty_report():
    report = report_index(ItemIndex(Ragged.empty(2), (4,), "", ""))
    assert (report.n_items, report.without_codes, report.usage) == (0, 2, ())
    assert prefix_groups(ItemIndex(Ragged.empty(2), (4,), "", ""), 1) == []


def test_neighbours_stand_under_one_prefix():
    index = ItemIndex(Ragged.of([[1, 4], [0, 4], [1, 5], []]), (4, 2), "", "")
    groups = prefix_groups(index, 1)
    assert [(group.codes, group.items.tolist()) for group in groups] == [
        ((1,), [0, 2]),
        ((0,), [1]),
    ]
