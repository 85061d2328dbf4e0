import numpy as np
import pytest

from penchant.codes import ItemIndex, join_indexes
from penchant.core import Ragged, UsageError

DEEP = ItemIndex(Ragged.of([[0, 3, 5], [2, 4, 5]]), (3, 2, 1), "", "deep")
FLAT = ItemIndex(Ragged.of([[0], [1], []]), (2,), "", "flat")


def test_parts_share_no_code_and_keep_their_shape():
    joined = join_indexes([DEEP, FLAT], [np.array([1, 4]), np.array([0, 2, 3])], "print")
    assert joined.widths == (5, 2, 1)
    assert joined.codes.lengths.tolist() == [1, 3, 1, 0, 3]
    assert joined.codes[1].tolist() == [0, 5, 7]
    assert joined.codes[4].tolist() == [2, 6, 7]
    assert [joined.codes[row].tolist() for row in (0, 2)] == [[3], [4]]
    assert (joined.fingerprint, joined.scheme) == ("print", "deep+flat")
    assert joined.trie().n_leaves == 4


def test_one_part_alone_stays_as_it_is():
    joined = join_indexes([DEEP], [np.array([0, 1])], "print")
    assert joined.codes.values.tolist() == DEEP.codes.values.tolist()
    assert joined.widths == DEEP.widths


@pytest.mark.parametrize("rows", [[np.array([0, 1]), np.array([1, 2, 3])], [np.array([0, 1])] * 2])
def test_rows_that_are_no_catalogue_are_refused(rows):
    with pytest.raises(UsageError, match="a row of its own"):
        join_indexes([DEEP, FLAT], rows, "")
