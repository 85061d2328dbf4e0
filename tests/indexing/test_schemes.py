"""What every scheme promises, on every scheme of the table."""

import pytest
from quick_schemes import QUICK, WORDS

from penchant.core import SpecError, UnknownName, read_options, write_options
from penchant.indexing import (
    KINDS,
    SCHEME,
    SCHEMES,
    CollaborativeClusters,
    CollaborativeVectors,
    DigitIds,
    Hybrid,
    IndependentCodes,
    JoinedVectors,
    RandomCodes,
    ResidualKMeans,
    Sequential,
    TitleWords,
)
from penchant.testing import check_scheme

MORE = [
    Hybrid(first=CollaborativeClusters(clusters=4, largest=10), second=IndependentCodes()),
    Hybrid(first=TitleWords(), second=DigitIds()),
    Hybrid(first=RandomCodes(), second=ResidualKMeans(vectors=WORDS)),
    Hybrid(first=DigitIds(), second=Hybrid(second=DigitIds(base=100))),
    ResidualKMeans(vectors=JoinedVectors(parts=(WORDS, CollaborativeVectors(dimension=8)))),
    Sequential(people="short-to-long"),
    Sequential(people="long-to-short"),
    Sequential(people="random", base=1000),
]
NOTHING_DRAWN = {"category", "sequential", "time", "title"}


def test_every_scheme_is_checked():
    assert set(QUICK) == set(SCHEMES)
    assert QUICK.keys() >= FROM_A_FOLDER


FROM_A_FOLDER = {"given"}
"""Checked in ``test_folder.py``."""


@pytest.mark.parametrize("name", sorted(set(SCHEMES) - FROM_A_FOLDER))
def test_a_scheme_keeps_its_promises(name):
    check_scheme(QUICK[name], drawn=name not in NOTHING_DRAWN)


@pytest.mark.parametrize("scheme", MORE, ids=lambda scheme: str(scheme)[:60])
def test_other_options_keep_the_promises(scheme):
    check_scheme(scheme, drawn=False)


@pytest.mark.parametrize("name", sorted(SCHEMES))
def test_a_misspelt_option_is_refused_with_a_suggestion(name):
    written = write_options(QUICK[name], KINDS)
    known = next(key for key in written if key != "scheme")
    with pytest.raises(SpecError, match=f"did you mean '{known}'"):
        read_options({**written, known + "s_": 1}, SCHEME, KINDS)


def test_a_misspelt_scheme_is_refused_with_a_suggestion():
    with pytest.raises(UnknownName, match="did you mean 'sequential'"):
        read_options("sequentail", SCHEME, KINDS)
