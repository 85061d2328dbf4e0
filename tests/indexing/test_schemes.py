"""What every scheme promises, on every scheme of the table."""

import tomllib

import polars as pl
import pytest
from coding_worlds import catalog_of, data_of
from hypothesis import given, settings
from hypothesis import strategies as st
from quick_schemes import QUICK, WORDS

from penchant.core import Run, SpecError, UnknownName, read_options, write_options
from penchant.indexing import (
    KINDS,
    SCHEME,
    SCHEMES,
    CategoryPaths,
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
NOTHING_DRAWN = {"sequential", "time", "title"}
FROM_A_FOLDER = {"given"}
"""Checked in ``test_folder.py``."""


def test_every_scheme_is_checked():
    assert set(QUICK) == set(SCHEMES)
    assert QUICK.keys() >= FROM_A_FOLDER


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


@pytest.mark.parametrize("name", sorted(set(SCHEMES) - FROM_A_FOLDER - {"time"}))
@pytest.mark.parametrize("n_items", [0, 1, 2])
def test_the_smallest_catalogues_are_coded_and_grow(name, n_items):
    coded = QUICK[name].code(data_of(n_items, [[0]] if n_items else []), Run())
    assert coded.index.trie().n_leaves == n_items
    grown = coded.appended(catalog_of(n_items + 3), Run())
    assert grown.index.trie().n_leaves == n_items + 3


WORDS_OF_TITLES = st.lists(st.sampled_from(["a", "b", "1", "12", "a1", "!"]), max_size=3)
ROWS = st.lists(
    st.tuples(
        st.none() | WORDS_OF_TITLES.map(" ".join),
        st.none() | st.lists(st.sampled_from(["x", "y"]), max_size=3),
    ),
    min_size=2,
    max_size=25,
)


@settings(deadline=None)
@given(ROWS, st.integers(0, 24), st.sampled_from(["category", "title", "hybrid"]))
def test_whatever_items_are_called_they_can_be_told_apart(rows, n_new, name):
    titles, categories = (list(column) for column in zip(*rows, strict=True))
    columns = {
        "title": pl.Series(titles, dtype=pl.String),
        "categories": pl.Series(categories, dtype=pl.List(pl.String)),
    }
    everything = catalog_of(len(rows), **columns)
    n_old = max(1, len(rows) - n_new)
    first = {column: values[:n_old] for column, values in columns.items()}
    scheme = Hybrid(first=TitleWords(), second=CategoryPaths()) if name == "hybrid" else QUICK[name]
    coded = scheme.code(data_of(n_old, **first), Run())
    grown = coded.without([0]).appended(everything, Run())
    assert coded.index.trie().n_leaves == n_old
    assert grown.index.trie().n_leaves == len(rows) - 1


def test_a_spec_names_vectors_and_encoders_inside_a_scheme():
    text = """
    scheme = "residual-kmeans"
    levels = 2
    [vectors]
    vectors = "joined"
    [[vectors.parts]]
    vectors = "text"
    encoder = { encoder = "hashed", dimension = 32 }
    [[vectors.parts]]
    vectors = "collaborative"
    """
    parts = (WORDS, CollaborativeVectors())
    wanted = ResidualKMeans(levels=2, vectors=JoinedVectors(parts=parts))
    assert read_options(tomllib.loads(text), SCHEME, KINDS) == wanted
    both = """
    scheme = "hybrid"
    first = "collaborative"
    second = { scheme = "digits", base = 100 }
    """
    wanted = Hybrid(first=CollaborativeClusters(), second=DigitIds(base=100))
    assert read_options(tomllib.loads(both), SCHEME, KINDS) == wanted
    with pytest.raises(SpecError, match="did you mean 'encoder'"):
        read_options({"scheme": "rq-vae", "vectors": {"vectors": "text", "encodr": "hashed"}},
                     SCHEME, KINDS)  # fmt: skip
