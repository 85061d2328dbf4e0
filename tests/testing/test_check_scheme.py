"""The check finds what it is there to find: each broken promise is named."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from penchant.core import Ragged, Run, UnknownName
from penchant.data import mini_world
from penchant.indexing import Coded, IndependentCodes
from penchant.testing import check_scheme

CODE, MORE, APPENDED = IndependentCodes.code, IndependentCodes.more, Coded.appended
DRAWS = np.random.default_rng(0)
"""What a scheme must not draw from."""


def same_for_two(self, data, run):
    coded = CODE(self, data, run)
    values = coded.index.codes.values.copy()
    values[1:2] = values[:1]
    codes = Ragged(values, coded.index.codes.offsets)
    return replace(coded, index=replace(coded.index, codes=codes))


def a_hole(self, data, run):
    return CODE(self, data, run).without([0])


def by_the_clock(self, data, run):
    return CODE(self, data, Run(seed=int(DRAWS.integers(1_000))))


def by_no_seed(self, data, run):
    return CODE(self, data, Run())


def moving(self, coded, catalog, run):
    grown = MORE(self, coded, catalog, run)
    order = np.arange(len(grown.index))
    order[:2] = [1, 0]
    return replace(grown, index=replace(grown.index, codes=grown.index.codes.take(order)))


def unchecked(self, catalog, run):
    return self.scheme.more(self, catalog, run)


@pytest.mark.parametrize(
    ("owner", "name", "broken", "named"),
    [
        (IndependentCodes, "code", same_for_two, "cannot be told apart"),
        (IndependentCodes, "code", a_hole, "an item has no codes"),
        (IndependentCodes, "code", by_the_clock, "the same seed gives other codes"),
        (IndependentCodes, "code", by_no_seed, "the seed changes nothing"),
        (IndependentCodes, "more", moving, "appending moved the codes"),
        (Coded, "appended", unchecked, "a foreign catalogue is not refused"),
    ],
)
def test_a_broken_promise_is_named(owner, name, broken, named, monkeypatch):
    monkeypatch.setattr(owner, name, broken)
    with pytest.raises(Exception, match=named):
        check_scheme(IndependentCodes())


@dataclass(frozen=True)
class Elsewhere(IndependentCodes):
    """In no table."""


def test_a_scheme_outside_the_table_can_be_used_and_not_saved():
    coded = Elsewhere().code(mini_world(), Run())
    assert coded.index.scheme == "Elsewhere"
    with pytest.raises(UnknownName, match="no scheme 'Elsewhere'"):
        coded.state()
