import numpy as np
import polars as pl
import pytest

import penchant as pn
from penchant.codes import ItemIndex, catalogue_fingerprint
from penchant.core import Ragged, Run, UsageError
from penchant.data import Catalog, Ids
from penchant.indexing import CategoryPaths, CodeTree, index_of, place_items
from penchant.indexing.positions import principal

TITLES = ["Star Song", "Star Boat", "Star Song two", "Boat", "Tea", "Green tea"]
TABLE = pl.DataFrame({"id": [f"i{n}" for n in range(6)], "title": TITLES})
CATALOG = Catalog(Ids(TABLE["id"]), TABLE)


@pytest.fixture(scope="module")
def tree():
    codes = Ragged.of([[0, 2, 4], [0, 3, 4], [0, 2, 5], [1, 2, 4], [1, 3, 4], []])
    index = ItemIndex(codes, (2, 2, 2), catalogue_fingerprint(CATALOG.ids.series()), "by hand")
    return CodeTree.of(index, CATALOG)


def test_branches_count_what_is_below_the_largest_first(tree):
    found = tree.children(())
    assert [(one.prefix, one.items, one.label) for one in found] == [
        ((0,), 3, "<a_0>"),
        ((1,), 2, "<a_1>"),
    ]
    below = tree.children((0,))
    assert [(one.prefix, one.items, one.leaf) for one in below] == [
        ((0, 2), 2, False),
        ((0, 3), 1, False),
    ]
    assert [one.examples for one in tree.children((0, 2))] == [(0,), (2,)]
    assert all(one.leaf for one in tree.children((0, 2)))


def test_a_path_leads_from_the_root_to_the_item(tree):
    path = tree.path(tree.index.codes[2].tolist())
    assert [one.prefix for one in path] == [(0,), (0, 2), (0, 2, 5)]
    assert path[-1].examples == (2,)
    assert tree.path([]) == []


def test_codes_that_no_item_has_are_refused(tree):
    with pytest.raises(UsageError, match=r"codes 1\.2\.5"):
        tree.children((1, 2, 5))


def test_words_tell_a_branch_from_the_others():
    rng = np.random.default_rng(0)
    kinds = rng.integers(0, 4, 400)
    nouns = np.array(["lamp", "chair", "spoon", "kettle"])[kinds]
    titles = [f"the {noun} number {row}" for row, noun in enumerate(nouns)]
    table = pl.DataFrame({"id": [f"i{n}" for n in range(400)], "title": titles})
    catalog = Catalog(Ids(table["id"]), table)
    codes = Ragged.of([[kind, 4 + row] for row, kind in enumerate(kinds)])
    index = ItemIndex(codes, (4, 400), catalogue_fingerprint(catalog.ids.series()), "kinds")
    found = {one.prefix[0]: one.words for one in CodeTree.of(index, catalog).children(())}
    assert found == {0: ("lamp",), 1: ("chair",), 2: ("spoon",), 3: ("kettle",)}


def test_all_branches_of_a_real_scheme_hold_all_items():
    data = pn.data.mini_world()
    coded = CategoryPaths().code(data, Run())
    tree = CodeTree.of(coded.index, data.catalog)
    waiting, leaves = [()], []
    while waiting:
        for one in tree.children(waiting.pop()):
            if one.leaf:
                leaves += one.examples
            else:
                waiting.append(one.prefix)
    assert sorted(leaves) == list(range(len(data.catalog)))


def test_principal_components_are_those_of_a_whole_decomposition():
    rng = np.random.default_rng(1)
    vectors = rng.standard_normal((300, 12)) * np.array([9, 5, *[1] * 10]) + 3
    places, explained = principal(vectors, np.random.default_rng(2))
    centred = vectors - vectors.mean(0)
    left, sizes, _ = np.linalg.svd(centred, full_matrices=False)
    assert np.abs(places) == pytest.approx(np.abs(left[:, :2] * sizes[:2]), abs=1e-6)
    assert explained == pytest.approx(tuple(sizes[:2] ** 2 / (sizes**2).sum()))
    assert places.mean(0) == pytest.approx([0, 0], abs=1e-9)


@pytest.mark.parametrize("shape", [(1, 4), (2, 1), (3, 2)])
def test_few_items_and_few_columns_have_places(shape):
    places, _ = principal(np.random.default_rng(0).standard_normal(shape), np.random.default_rng(0))
    assert places.shape == (shape[0], 2)
    assert np.isfinite(places).all()


def test_a_map_is_drawn_from_codes_where_there_are_no_vectors(tree):
    class Coded:
        index = tree.index

    found = place_items(Coded(), 6, Run(seed=4), most=4)
    assert found.made_of == "codes"
    assert len(found.items) == 4
    again = place_items(Coded(), 6, Run(seed=4), most=4)
    assert (found.places == again.places).all()
    assert index_of(Coded()) is tree.index
    with pytest.raises(UsageError, match="no vectors of items and no codes"):
        place_items(object(), 6, Run())
    with pytest.raises(UsageError, match="1 to 2,000"):
        place_items(Coded(), 6, Run(), most=2_001)
