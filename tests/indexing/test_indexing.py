import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from penchant.codes import ItemIndex
from penchant.core import Ragged, Run, UsageError
from penchant.data import mini_world
from penchant.indexing import (
    Coded,
    RandomCodes,
    ResidualKMeans,
    ResidualQuantizer,
    collaborative_vectors,
    item_texts,
    joined_vectors,
    k_means,
    report_index,
)


def vectors_of(n, dimension=8, seed=0):
    return np.random.default_rng(seed).standard_normal((n, dimension)).astype(np.float32)


def ids_of(n):
    return pl.Series("id", [f"i{i}" for i in range(n)])


def test_k_means_finds_what_lies_apart():
    centres = np.eye(4, dtype=np.float32) * 9
    vectors = np.repeat(centres, 25, 0) + vectors_of(100, 4) * 0.1
    found = k_means(vectors, 4, np.random.default_rng(0), iterations=25)
    nearest = np.abs(found[:, None] - centres).sum(2).min(1)
    assert nearest.max() < 0.3


def test_k_means_bears_fewer_points_than_centres():
    found = k_means(np.ones((3, 2), np.float32), 8, np.random.default_rng(0), iterations=5)
    assert found.shape == (8, 2)
    assert np.isfinite(found).all()


def test_each_level_codes_what_the_ones_before_left_over():
    vectors = vectors_of(400)
    fitted = ResidualQuantizer.fit(vectors, (16, 16, 16), np.random.default_rng(0))
    codes = fitted.encode(vectors)
    errors = []
    for levels in range(1, 4):
        part = ResidualQuantizer(fitted.codebooks[:levels])
        errors.append(((vectors - part.decode(codes[:, :levels])) ** 2).sum())
    assert errors[0] > errors[1] > errors[2]


@given(st.integers(1, 60), st.integers(0, 5), st.integers(1, 3), st.booleans())
def test_all_items_can_be_told_apart(n, seed, levels, random):
    vectors = np.round(vectors_of(n, 2, seed))
    scheme = (RandomCodes if random else ResidualKMeans)(levels=levels, width=4)
    index = scheme.code(vectors, ids_of(n), Run(seed=seed)).index
    assert index.trie().n_leaves == n
    assert set(index.codes.lengths) == {levels + 1}


def test_the_same_seed_gives_the_same_codes():
    coded = [ResidualKMeans().code(vectors_of(200), ids_of(200), Run(seed=s)) for s in (1, 1, 2)]
    first, second, other = (one.index.codes.values.tolist() for one in coded)
    assert first == second != other


def test_items_without_a_vector_draw_their_codes():
    vectors = vectors_of(400)
    vectors[:200] = 0
    index = ResidualKMeans(width=16).code(vectors, ids_of(400), Run()).index
    assert len(np.unique(index.padded()[:200, :3], axis=0)) > 150


def test_new_items_get_the_codes_of_what_is_like_them():
    vectors = vectors_of(100)
    coded = ResidualKMeans(width=16).code(vectors, ids_of(100), Run())
    grown = coded.appended(vectors[[7, 7]], ids_of(102), Run())
    codes = grown.index.padded()
    assert codes[:100].tolist() == coded.index.padded().tolist()
    assert (codes[100:, :-1] == codes[7, :-1]).all()
    assert grown.index.trie().n_leaves == 102
    grown.index.check_catalogue(ids_of(102))


def test_appending_refuses_a_foreign_catalogue_and_a_full_index():
    vectors = vectors_of(20)
    coded = ResidualKMeans(width=4, spare=0).code(vectors, ids_of(20), Run())
    with pytest.raises(UsageError, match="another catalogue"):
        coded.appended(vectors[:1], ids_of(21).reverse(), Run())
    with pytest.raises(UsageError, match="room for"):
        coded.appended(np.repeat(vectors[:1], 30, 0), ids_of(50), Run())


def test_what_codes_more_items_comes_back():
    coded = ResidualKMeans(width=8).code(vectors_of(50), ids_of(50), Run())
    again = Coded.restored(coded.state())
    new = vectors_of(5, seed=9)
    assert (again.quantizer.encode(new) == coded.quantizer.encode(new)).all()
    assert RandomCodes().code(new, ids_of(5), Run()).quantizer is None


def test_the_report_of_an_index_by_hand():
    # First level: codes 0 and 1 of 4, evenly. Items 0 and 1 share all but the last code.
    codes = Ragged.of([[0, 4], [0, 5], [1, 4], [1, 5]])
    report = report_index(ItemIndex(codes, (4, 2), "", ""))
    assert report.collisions == 1.0
    assert report.most_alike == 2
    assert report.usage == (0.5, 1.0)
    assert report.perplexity == pytest.approx((2.0, 2.0))


@pytest.mark.parametrize("options", [{"levels": 0}, {"width": 1}, {"spare": -1}])
def test_impossible_options_are_refused(options):
    with pytest.raises(UsageError, match="need"):
        ResidualKMeans(**options)


def test_texts_say_what_the_catalogue_says():
    catalog = mini_world().catalog
    title = catalog.table["title"][0]
    assert item_texts(catalog)[0].startswith(title)
    assert catalog.table["categories"][0][0] in item_texts(catalog)[0]
    bare = type(catalog)(catalog.ids, catalog.table.select("id"))
    assert item_texts(bare) is None


def test_items_of_the_same_people_lie_close_together():
    data = mini_world()
    vectors = collaborative_vectors(data, 16, Run())
    assert vectors.shape == (len(data.catalog), 16)
    genre = data.catalog.table["categories"].list.last().to_numpy()
    alike = vectors @ vectors.T
    same = genre[:, None] == genre
    assert alike[same].mean() > alike[~same].mean() + 0.1


def test_joined_vectors_have_the_same_say():
    joined = joined_vectors(vectors_of(3, 4) * 100, vectors_of(3, 2))
    assert np.linalg.norm(joined[:, :4], axis=1) == pytest.approx(np.sqrt(0.5))
