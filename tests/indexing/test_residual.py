import numpy as np
import pytest
from coding_worlds import Notes, catalog_of, data_of, vectors_of
from hypothesis import given as drawn
from hypothesis import strategies as st

from penchant.core import Run, StorageError, UsageError
from penchant.indexing import (
    BalancedResidualKMeans,
    Coded,
    RandomCodes,
    ResidualKMeans,
    ResidualQuantizer,
    k_means,
)
from penchant.indexing.prefixes import order_within, told_apart
from penchant.indexing.quantizer import assigned, capacity


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


@drawn(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3)), max_size=60))
def test_a_last_code_tells_apart_whatever_collides(prefixes):
    rows = np.array(prefixes, np.int64).reshape(-1, 2)
    codes, widths = told_apart(rows, (3, 4), 1, Run())
    assert len({tuple(code) for code in codes.values.reshape(-1, 3).tolist()}) == len(rows)
    for row, count in enumerate(order_within(rows).tolist()):
        assert count == prefixes[:row].count(prefixes[row])
    assert codes.values.max(initial=-1) < sum(widths)


def test_items_without_a_vector_draw_their_codes(given):
    vectors, watch = vectors_of(400), Notes()
    vectors[:200] = 0
    scheme = ResidualKMeans(vectors=given(vectors), width=16)
    index = scheme.code(data_of(400), Run(watch=watch)).index
    assert len(np.unique(index.padded()[:200, :3], axis=0)) > 150
    assert "200 of 400 items have no vector" in watch.notes[-1]


def test_without_any_vector_all_codes_are_drawn():
    coded = ResidualKMeans().code(data_of(40), Run())
    assert isinstance(coded.scheme, RandomCodes)
    assert coded.index.trie().n_leaves == 40


def test_new_items_get_the_codes_of_what_is_like_them(given):
    vectors = vectors_of(102)
    vectors[100:] = vectors[7]
    coded = ResidualKMeans(vectors=given(vectors), width=16).code(data_of(100), Run())
    grown = coded.appended(catalog_of(102), Run())
    codes = grown.index.padded()
    assert codes[:100].tolist() == coded.index.padded().tolist()
    assert (codes[100:, :-1] == codes[7, :-1]).all()
    assert grown.index.trie().n_leaves == 102
    grown.index.check_catalogue(catalog_of(102).ids.series())


def test_a_tombstone_leaves_its_codes_to_others_and_never_twice(given):
    vectors = np.repeat(vectors_of(1), 8, 0)
    coded = ResidualKMeans(vectors=given(vectors), width=4, spare=4).code(data_of(5), Run())
    removed = Coded(coded.index.with_removed([0, 2]), coded.scheme, coded.learned)
    grown = removed.appended(catalog_of(8), Run())
    assert grown.index.trie().n_leaves == 6
    assert grown.index.padded()[[1, 3, 4]].tolist() == coded.index.padded()[[1, 3, 4]].tolist()


def test_appending_refuses_a_foreign_catalogue_and_a_full_index(given):
    vectors = vectors_of(50)
    vectors[20:] = vectors[0]
    coded = ResidualKMeans(vectors=given(vectors), width=4, spare=0).code(data_of(20), Run())
    with pytest.raises(UsageError, match="another catalogue"):
        coded.appended(catalog_of(19), Run())
    with pytest.raises(UsageError, match="room for"):
        coded.appended(catalog_of(50), Run())


def test_vectors_of_another_dimension_are_refused(given):
    coded = ResidualKMeans(vectors=given(vectors_of(20)), width=4).code(data_of(20), Run())
    other = ResidualKMeans(vectors=given(vectors_of(21, 3)), width=4)
    with pytest.raises(UsageError, match="dimension 3, the codes were made from dimension 8"):
        other.more(coded, catalog_of(21), Run())


def test_what_codes_more_items_comes_back(given):
    vectors = vectors_of(60)
    coded = ResidualKMeans(vectors=given(vectors), width=8).code(data_of(50), Run())
    again = Coded.restored(coded.state())
    assert again.scheme == coded.scheme
    more = [one.appended(catalog_of(60), Run()).index.padded() for one in (coded, again)]
    assert more[0].tolist() == more[1].tolist()


def test_a_torn_state_is_refused(given):
    state = ResidualKMeans(vectors=given(vectors_of(9)), width=2).code(data_of(9), Run()).state()
    with pytest.raises(StorageError, match="fit again"):
        Coded.restored(type(state)({"levels": 3}, state.arrays, state.parts))


@pytest.mark.parametrize("options", [{"levels": 0}, {"width": 1}, {"spare": -1}])
@pytest.mark.parametrize("scheme", [ResidualKMeans, RandomCodes])
def test_impossible_options_are_refused(scheme, options):
    with pytest.raises(UsageError, match="need"):
        scheme(**options)


def test_no_code_of_a_balanced_index_is_given_too_often(given):
    vectors = np.abs(vectors_of(400, 4)) ** 3  # most lie near the origin
    scheme = BalancedResidualKMeans(vectors=given(vectors), levels=2, width=10, slack=0.1)
    index = scheme.code(data_of(400), Run()).index
    for column in index.padded()[:, :2].T:
        assert np.unique(column, return_counts=True)[1].max() <= capacity(400, 10, 0.1) == 44
    free = ResidualKMeans(vectors=given(vectors), levels=2, width=10).code(data_of(400), Run())
    assert np.unique(free.index.padded()[:, 0], return_counts=True)[1].max() > 44


def test_a_vector_goes_to_the_nearest_centre_with_room():
    centres = np.array([[0.0], [10.0]], np.float32)
    vectors = np.array([[1.0], [0.5], [2.0], [9.0]], np.float32)
    assert assigned(vectors, centres, None).tolist() == [0, 0, 0, 1]
    assert assigned(vectors, centres, 0.0).tolist() == [0, 0, 1, 1]
