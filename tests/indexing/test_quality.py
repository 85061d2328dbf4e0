import pytest

from penchant.codes import ItemIndex
from penchant.core import Ragged
from penchant.indexing import report_index


def test_the_report_of_an_index_by_hand():
    # First level: codes 0 and 1 of 4, evenly. Items 0 and 1 share all but the last code.
    codes = Ragged.of([[0, 4], [0, 5], [1, 4], [1, 5]])
    report = report_index(ItemIndex(codes, (4, 2), "", ""))
    assert report.collisions == 1.0
    assert report.most_alike == 2
    assert report.usage == (0.5, 1.0)
    assert report.perplexity == pytest.approx((2.0, 2.0))
