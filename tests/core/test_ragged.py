import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from penchant.core import Ragged, offsets_of

ids = st.integers(0, 2**31 - 1)
sequences = st.lists(st.lists(ids, max_size=6), max_size=8)


def lists(ragged: Ragged) -> list[list[int]]:
    return [ragged[i].tolist() for i in range(len(ragged))]


@given(sequences)
def test_a_list_of_lists_comes_back(given_lists):
    ragged = Ragged.of(given_lists)
    assert lists(ragged) == given_lists
    assert ragged.values.dtype == np.int32
    assert ragged.offsets.dtype == np.int64
    assert ragged.lengths.tolist() == [len(s) for s in given_lists]


@given(sequences, st.data())
def test_take_is_indexing(given_lists, data):
    ragged = Ragged.of(given_lists)
    some = (
        st.lists(st.integers(0, len(given_lists) - 1), max_size=9) if given_lists else st.just([])
    )
    rows = data.draw(some)
    assert lists(ragged.take(np.array(rows, np.int64))) == [given_lists[row] for row in rows]


@given(sequences, st.integers(0, 7))
def test_tail_keeps_the_last_values(given_lists, n):
    assert lists(Ragged.of(given_lists).tail(n)) == [
        s[len(s) - min(n, len(s)) :] for s in given_lists
    ]


@given(sequences, st.integers(0, 7))
def test_padded_is_right_aligned(given_lists, width):
    padded = Ragged.of(given_lists).padded(width)
    wanted = [[-1] * (width - len(s)) + s[max(0, len(s) - width) :] for s in given_lists]
    assert padded.shape == (len(given_lists), width)
    assert padded.tolist() == wanted


@given(sequences, sequences)
def test_joined_puts_one_after_the_other(first, second):
    n = min(len(first), len(second))
    joined = Ragged.of(first[:n]).joined(Ragged.of(second[:n]))
    assert lists(joined) == [a + b for a, b in zip(first[:n], second[:n], strict=True)]


@given(st.lists(st.tuples(st.integers(0, 4), ids)), st.integers(5, 7))
def test_from_rows_keeps_the_order_within_a_sequence(pairs, n):
    rows = np.array([row for row, _ in pairs], np.int32)
    values = np.array([value for _, value in pairs], np.int64)
    wanted = [[value for row, value in pairs if row == i] for i in range(n)]
    assert lists(Ragged.from_rows(rows, values, n)) == wanted


@given(sequences)
def test_rows_undo_from_rows(given_lists):
    ragged = Ragged.of(given_lists)
    assert lists(Ragged.from_rows(ragged.rows(), ragged.values, len(ragged))) == given_lists


def test_empty_has_sequences_without_values():
    assert lists(Ragged.empty(3)) == [[], [], []]
    assert len(Ragged.empty(0)) == 0


def test_negative_positions_count_from_the_end():
    ragged = Ragged.of([[1], [2, 3]])
    assert ragged[-1].tolist() == [2, 3]
    assert ragged[-2].tolist() == [1]


@pytest.mark.parametrize("position", [2, -3])
def test_a_position_outside_is_refused(position):
    with pytest.raises(IndexError, match="of 2"):
        Ragged.of([[1], [2]])[position]


def test_offsets_begin_at_zero_and_end_at_the_sum():
    assert offsets_of(np.array([2, 0, 3])).tolist() == [0, 2, 2, 5]
    assert offsets_of(np.zeros(0, np.int64)).tolist() == [0]
