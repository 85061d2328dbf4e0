"""What each scheme that learns no vectors does, worked out by hand."""

import numpy as np
import pytest
from coding_worlds import Notes, catalog_of, data_of

from penchant.core import DataError, Run, UsageError
from penchant.data import history_matrix, leave_last_out, mini_world, positives
from penchant.indexing import (
    ByPopularity,
    ByTime,
    CategoryPaths,
    CollaborativeClusters,
    DigitIds,
    Hybrid,
    IndependentCodes,
    RandomCodes,
    Sequential,
    TitleWords,
)
from penchant.indexing.collaborative import _leading


def numbers(index):
    """The number that each item's digits write."""
    digits = index.padded() - np.asarray(index.starts)
    return [int("".join(map(str, row))) for row in digits.tolist()]


def order(scheme, data, run=None):
    """Items as they are counted."""
    return np.argsort(numbers(scheme.code(data, run or Run()).index)).tolist()


def test_items_are_counted_as_histories_come_to_them():
    data = data_of(6, [[4, 2], [2, 0, 5], [3]])
    watch = Notes()
    assert order(Sequential(spare=0), data, Run(watch=watch)) == [4, 2, 0, 5, 3, 1]
    assert "1 of 6 items have no events" in watch.notes[0]
    assert order(Sequential(people="short-to-long", spare=0), data) == [3, 4, 2, 0, 5, 1]
    assert order(Sequential(people="long-to-short", spare=0), data) == [2, 0, 5, 4, 3, 1]
    drawn = {tuple(order(Sequential(people="random"), data, Run(seed=s))) for s in range(20)}
    assert len(drawn) > 3
    assert all(row[-1] == 1 for row in drawn)


def test_the_most_chosen_is_counted_first():
    data = data_of(4, [[2, 2, 2], [3, 3], [1]])
    assert order(ByPopularity(), data) == [2, 3, 1, 0]


def test_the_oldest_is_counted_first():
    assert order(ByTime(), data_of(4, [[2, 0], [1, 2]])) == [2, 0, 1, 3]


def test_without_times_nothing_is_counted_by_time():
    data = data_of(2, [[0, 1]])
    untimed = type(data)(data.catalog, data.people, data.events.with_columns(time=None))
    with pytest.raises(DataError, match="no times"):
        ByTime().code(untimed, Run())


def test_numbers_have_digits_for_items_to_come_and_no_more():
    index = DigitIds(order="catalogue", base=10, spare=0).code(data_of(10), Run()).index
    assert numbers(index) == list(range(10))
    assert index.depth == 1
    coded = DigitIds(order="catalogue", spare=1).code(data_of(10), Run())
    assert coded.index.depth == 2
    with pytest.raises(UsageError, match="100 numbers of 2 digits"):
        coded.appended(catalog_of(101), Run())


def test_digits_of_a_larger_base_are_groups_of_digits():
    index = DigitIds(order="catalogue", base=1000, spare=0).code(data_of(1234), Run()).index
    assert index.widths == (1000, 1000)
    assert (index.padded()[1233] - [0, 1000]).tolist() == [1, 233]


def test_titles_are_their_words_and_a_number_where_two_are_the_same():
    data = data_of(5, title=["Red shoe", "Red shoe!", "Red", None, "red SHOE"])
    watch = Notes()
    coded = TitleWords().code(data, Run(watch=watch))
    red, shoe, zero, one, two, end = 11, 12, 1, 2, 3, 0
    codes = [coded.index.codes[i].tolist() for i in range(5)]
    assert codes[2:4] == [[red, end], [zero, end]]
    alike = [[red, shoe, end], [red, shoe, one, end], [red, shoe, two, end]]
    assert sorted(codes[:2] + codes[4:]) == sorted(alike)
    assert "1 of 5 items have no title" in watch.notes[0]
    titles = data.catalog.table["title"].to_list()
    more = catalog_of(9, title=[*titles, "Shoe", "Blue sky", "red blue shoe", "RED"])
    grown = coded.appended(more, Run()).index
    assert [grown.codes[i].tolist() for i in range(5, 9)] == [
        [shoe, end],
        [one, end],
        [red, shoe, 4, end],
        [red, one, end],
    ]


def test_a_tombstone_does_not_give_its_title_away():
    coded = TitleWords().code(data_of(3, title=["a", "a", "a"]), Run())
    middle = [coded.index.codes[i].tolist() for i in range(3)].index([11, 2, 0])
    coded = coded.without([middle])
    grown = coded.appended(catalog_of(4, title=["a"] * 4), Run()).index
    assert grown.codes[3].tolist() == [11, 4, 0]
    assert grown.trie().n_leaves == 3


def test_long_titles_are_cut():
    index = TitleWords(longest=2).code(data_of(2, title=["a b c d", "a b x y"]), Run()).index
    assert [len(index.codes[i]) for i in range(2)] == [3, 4]


def test_paths_are_categories_until_the_first_unknown_one():
    paths = [["Books", "Space"], ["Books"], None, ["Books", "Space"], ["Toys", "Space"]]
    watch = Notes()
    coded = CategoryPaths(spare=2).code(data_of(5, categories=paths), Run(watch=watch))
    assert coded.index.widths == (3, 2, 4)
    codes = (coded.index.padded() - np.asarray(coded.index.starts)).tolist()
    assert [code[:2] for code in codes] == [[1, 1], [1, 0], [0, 0], [1, 1], [2, 1]]
    assert sorted([codes[0], codes[3]]) == [[1, 1, 0], [1, 1, 1]]
    assert "1 of 5 items have no category" in watch.notes[0]
    more = catalog_of(7, categories=[*paths, ["Toys", "New", "Space"], ["New"]])
    grown = coded.appended(more, Run()).index
    assert (grown.padded() - np.asarray(grown.starts)).tolist()[5:] == [[2, 0, 0], [0, 0, 1]]


def test_categories_that_all_items_share_take_no_code():
    paths = [["Shop", "Books", "Space"], ["Shop", "Toys"], None]
    coded = CategoryPaths(spare=3).code(data_of(3, categories=paths), Run())
    assert coded.index.widths == (3, 2, 4)
    more = [["Shop", "Toys", "Space"], ["Market", "Books"], ["Shop"], None]
    grown = coded.appended(catalog_of(7, categories=[*paths, *more]), Run()).index
    codes = (grown.padded() - np.asarray(grown.starts)).tolist()
    assert [code[:2] for code in codes] == [[1, 1], [2, 0], [0, 0], [2, 1], [0, 0], [0, 0], [0, 0]]
    alone = CategoryPaths().code(data_of(2, categories=[["A", "B"], ["A", "B"]]), Run()).index
    assert alone.padded()[:, 0].tolist() == [1, 1]


def blocks(n_blocks=3, size=12, n_people=60):
    """People choose within one block of items."""
    rng = np.random.default_rng(0)
    within = [rng.permutation(size)[:6] for _ in range(n_people)]
    return data_of(n_blocks * size + 1, [u % n_blocks * size + w for u, w in enumerate(within)])


def test_items_of_the_same_people_share_a_cluster():
    watch = Notes()
    scheme = CollaborativeClusters(clusters=3, largest=12, levels=2)
    index = scheme.code(blocks(), Run(watch=watch)).index
    first = index.padded()[:36, 0].reshape(3, 12)
    assert (first == first[:, :1]).all()
    assert len(set(first[:, 0].tolist())) == 3
    assert "1 of 37 items were chosen with no other" in watch.notes[0]


def test_large_clusters_are_split_again():
    index = CollaborativeClusters(clusters=3, largest=4, levels=3).code(blocks(), Run()).index
    assert len(index.widths) > 2
    prefixes = index.padded()[:36, :-1]
    assert np.unique(prefixes, axis=0, return_counts=True)[1].max() < 12


def test_a_large_graph_and_a_small_one_are_decomposed_alike(monkeypatch):
    data = leave_last_out(mini_world()).train
    chosen = history_matrix(positives(data)[0], len(data.catalog))
    degrees = np.asarray(chosen.T @ (chosen.sum(1) - 1)).ravel()
    whole = _leading(chosen, degrees, 5, np.random.default_rng(0))
    monkeypatch.setattr("penchant.indexing.collaborative.DENSE", 0)
    iterated = _leading(chosen, degrees, 5, np.random.default_rng(0))
    shared = np.linalg.svd(whole.T @ iterated, compute_uv=False)
    assert shared == pytest.approx(1.0, abs=1e-3)


def test_a_hybrid_leaves_out_what_only_tells_apart():
    first = [["Books"], ["Books"], ["Toys"]]
    data = data_of(3, categories=first)
    scheme = Hybrid(first=CategoryPaths(), second=DigitIds(order="catalogue", spare=0))
    index = scheme.code(data, Run()).index
    assert index.widths == (3, 10)
    assert index.padded().tolist() == [[1, 3], [1, 4], [2, 5]]


def test_a_hybrid_with_titles_has_one_vocabulary():
    data = data_of(2, title=["a", "b"], categories=[["x"], ["x"]])
    index = Hybrid(first=CategoryPaths(), second=TitleWords()).code(data, Run()).index
    assert index.widths == (2 + 13,)
    assert [index.codes[i].tolist() for i in range(2)] == [[1, 2 + 11, 2], [1, 2 + 12, 2]]


def test_codes_of_their_own_run_out_and_come_back():
    coded = IndependentCodes(spare=1).code(data_of(3), Run())
    grown = coded.appended(catalog_of(4), Run())
    with pytest.raises(UsageError, match="0 free codes"):
        grown.appended(catalog_of(5), Run())
    again = grown.without([0]).appended(catalog_of(5), Run())
    assert again.index.codes[4].tolist() == grown.index.codes[0].tolist()


def test_drawn_codes_of_new_items_are_free():
    coded = RandomCodes(levels=1, width=2, spare=30).code(data_of(8), Run())
    assert coded.appended(catalog_of(38), Run()).index.trie().n_leaves == 38


@pytest.mark.parametrize(
    ("scheme", "options"),
    [
        (Sequential, {"people": "by age"}),
        (Sequential, {"base": 1}),
        (ByPopularity, {"spare": -1}),
        (DigitIds, {"order": "age"}),
        (TitleWords, {"longest": 0}),
        (CategoryPaths, {"levels": 0}),
        (CollaborativeClusters, {"clusters": 1}),
        (IndependentCodes, {"spare": -1}),
    ],
)
def test_impossible_options_are_refused(scheme, options):
    with pytest.raises(UsageError, match="need"):
        scheme(**options)
