"""What every scheme promises, on every scheme of the table."""

import pytest

from penchant.backbones import HashedText
from penchant.core import SpecError, UnknownName, read_options, write_options
from penchant.indexing import (
    KINDS,
    RQVAE,
    SCHEME,
    SCHEMES,
    BalancedResidualKMeans,
    ByPopularity,
    ByTime,
    CategoryPaths,
    CollaborativeClusters,
    CollaborativeVectors,
    DigitIds,
    GivenIndex,
    Hybrid,
    IndependentCodes,
    JoinedVectors,
    RandomCodes,
    ResidualKMeans,
    Sequential,
    TextVectors,
    TitleWords,
)
from penchant.testing import check_scheme

WORDS = TextVectors(encoder=HashedText(dimension=32))
QUICK = {
    "balanced-residual-kmeans": BalancedResidualKMeans(vectors=WORDS, levels=2, width=16),
    "category": CategoryPaths(),
    "collaborative": CollaborativeClusters(clusters=4, largest=10, levels=3),
    "digits": DigitIds(),
    "given": GivenIndex(path="index"),
    "hybrid": Hybrid(),
    "independent": IndependentCodes(),
    "popularity": ByPopularity(),
    "random": RandomCodes(),
    "residual-kmeans": ResidualKMeans(vectors=WORDS),
    "rq-vae": RQVAE(vectors=WORDS, steps=20, batch_size=64, hidden=(16,), latent=8, reset_every=5),
    "sequential": Sequential(),
    "time": ByTime(),
    "title": TitleWords(),
}
"""Of every scheme, options that are fast."""
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
