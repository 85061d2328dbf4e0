"""Examples packed into rows."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from penchant.core import Ragged, UsageError
from penchant.tasks import pack

LENGTHS = st.lists(st.integers(0, 12), max_size=30)


def sequences(lengths):
    rng = np.random.default_rng(len(lengths))
    return Ragged.of([rng.integers(0, 100, n) for n in lengths])


@given(LENGTHS, st.integers(12, 40))
def test_every_example_stands_whole_in_one_row(lengths, most):
    tokens = sequences(lengths)
    packs = pack(tokens, most)
    assert packs.tokens.lengths.max(initial=0) <= most
    assert len(packs.tokens.values) == len(packs.examples) == len(packs.places) == sum(lengths)
    rows = packs.tokens.rows()
    for example, length in enumerate(lengths):
        mine = np.flatnonzero(packs.examples == example)
        assert packs.tokens.values[mine].tolist() == tokens[example].tolist()
        assert packs.places[mine].tolist() == list(range(length))
        assert mine.tolist() == list(range(mine[0], mine[0] + length)) if length else not len(mine)
        assert len(set(rows[mine].tolist())) == (length > 0)


@given(LENGTHS, st.integers(12, 40))
def test_few_rows_are_used(lengths, most):
    fewest = -(-sum(lengths) // most)
    rows = pack(sequences(lengths), most).tokens
    assert len(rows) <= 11 / 9 * max(fewest, sum(n > most / 2 for n in lengths)) + 4
    # Two rows that are half empty or more would have been one.
    assert (rows.lengths <= most / 2).sum() <= 1


def test_the_same_examples_give_the_same_rows():
    tokens = sequences([3, 5, 2, 8, 1])
    one, other = pack(tokens, 10), pack(tokens, 10)
    assert one.examples.tolist() == other.examples.tolist()
    assert one.tokens.lengths.tolist() == [9, 10]


def test_an_example_that_is_too_long_is_refused():
    with pytest.raises(UsageError, match="example 1 has 5 tokens, a row takes 4"):
        pack(Ragged.of([[1], [1, 2, 3, 4, 5]]), 4)
