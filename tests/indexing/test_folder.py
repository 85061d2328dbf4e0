from dataclasses import replace

import pytest
from coding_worlds import Notes, catalog_of, data_of

from penchant.core import Run, StorageError, UsageError
from penchant.data import Catalog, Ids, leave_last_out, mini_world
from penchant.indexing import (
    CategoryPaths,
    Coded,
    DigitIds,
    GivenIndex,
    Hybrid,
    IndependentCodes,
    Sequential,
    TitleWords,
    after_present,
    check_events,
    read_index,
    write_index,
)
from penchant.testing import check_scheme


def test_an_index_made_before_serves_as_a_scheme(tmp_path):
    catalog = mini_world().catalog
    coded = CategoryPaths().code(leave_last_out(mini_world()).train, Run())
    write_index(coded, catalog, tmp_path / "index")
    check_scheme(GivenIndex(path=str(tmp_path / "index")), drawn=False)


def test_an_index_comes_back_with_its_catalogue(tmp_path):
    data = data_of(3, title=["a", "b", None])
    coded = IndependentCodes().code(data, Run())
    write_index(coded, data.catalog, tmp_path / "index")
    again, catalog = read_index(tmp_path / "index")
    assert again.scheme == coded.scheme
    assert again.index.padded().tolist() == coded.index.padded().tolist()
    assert catalog.titles() == ["a", "b", "i2"]


def test_an_index_of_other_events_is_taken_and_it_is_said(tmp_path):
    split, watch = leave_last_out(mini_world()), Notes()
    write_index(Sequential().code(mini_world(), Run()), mini_world().catalog, tmp_path / "index")
    given = GivenIndex(path=str(tmp_path / "index"))
    coded = given.code(split.train, Run(watch=watch))
    assert "was made of other events" in watch.notes[-1]
    assert check_events(coded, split).outcome == "warned"
    own = Sequential().code(split.train, Run())
    assert check_events(Coded.restored(own.state()), split).outcome == "passed"


def test_items_are_found_by_id_whatever_their_order(tmp_path):
    data = data_of(3)
    coded = IndependentCodes().code(data, Run())
    write_index(coded, data.catalog, tmp_path / "index")
    table = data.catalog.table.reverse()
    turned = replace(data, catalog=Catalog(Ids(table["id"]), table))
    scheme = GivenIndex(path=str(tmp_path / "index"))
    with pytest.raises(UsageError, match="no codes for 2 of 5 items, such as 'i3'"):
        scheme.code(data_of(5), Run())
    found = scheme.code(turned, Run()).index
    assert found.padded().tolist() == coded.index.padded()[::-1].tolist()
    part = scheme.code(data_of(2), Run()).index
    assert part.padded().tolist() == coded.index.padded()[:2].tolist()


@pytest.mark.parametrize("scheme", [Hybrid(second=DigitIds()), TitleWords(), DigitIds(spare=9)])
def test_some_items_in_another_order_grow_as_all_do(tmp_path, scheme):
    data = data_of(6, categories=[["x"]] * 6, title=["a"] * 6)
    coded = scheme.code(data, Run())
    write_index(coded, data.catalog, tmp_path / "index")
    some = data.catalog.table[[4, 1, 5]]
    taken = GivenIndex(path=str(tmp_path / "index")).code(
        replace(data, catalog=Catalog(Ids(some["id"]), some)), Run()
    )
    assert taken.index.padded().tolist() == coded.index.padded()[[4, 1, 5]].tolist()
    more = after_present(Catalog(Ids(some["id"]), some), data.catalog)
    grown = taken.appended(more, Run())
    assert grown.index.trie().n_leaves == 6


def test_new_items_stand_after_the_present_ones():
    present, newer = catalog_of(2, title=["a", "b"]), catalog_of(4, year=[1, 2, 3, 4])
    both = after_present(present, newer)
    assert both.ids.series().to_list() == ["i0", "i1", "i2", "i3"]
    assert both.titles() == ["a", "b", "i2", "i3"]
    assert both.table["year"].to_list() == [None, None, 3, 4]


def test_what_is_no_index_is_refused(tmp_path):
    data = data_of(3)
    coded = IndependentCodes().code(data, Run())
    with pytest.raises(StorageError, match="is no index"):
        read_index(tmp_path)
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.txt").write_text("mine")
    with pytest.raises(StorageError, match="no index; name another folder"):
        write_index(coded, data.catalog, tmp_path / "notes")
    with pytest.raises(UsageError, match="another catalogue"):
        write_index(coded, catalog_of(4), tmp_path / "index")
    write_index(coded, data.catalog, tmp_path / "index")
    catalog_of(2).table.write_parquet(tmp_path / "index" / "catalog.parquet")
    with pytest.raises(StorageError, match="another catalogue"):
        read_index(tmp_path / "index")
    (tmp_path / "index" / "index.json").write_text("{")
    with pytest.raises(StorageError, match="not a saved state"):
        read_index(tmp_path / "index")
