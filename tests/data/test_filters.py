import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from penchant.core import DataError, UsageError
from penchant.data import drop_duplicates, implicit, k_core, mini_world, only_seen
from penchant.data.assemble import assemble


def data_of(text, **more):
    """People and items from pairs such as ``"ua ub va"``."""
    pairs = text.split()
    columns = {"user": [p[0] for p in pairs], "item": [p[1] for p in pairs], **more}
    return assemble(pl.DataFrame(columns), name="pairs")


def pairs(data):
    rows = data.events.select("user", "item").rows()
    users, items = data.people.ids, data.catalog.ids
    return sorted(users.names([u])[0] + items.names([i])[0] for u, i in rows)


def test_a_core_is_peeled_until_nothing_changes():
    # w falls first, then c, then v, then d: only u and x on a and b hold each other up.
    data = data_of("ua ub xa xb vc vd wc ud")
    assert pairs(k_core(data, 2)) == ["ua", "ub", "xa", "xb"]
    assert k_core(data, 2).catalog.ids.series().to_list() == ["a", "b"]
    assert k_core(data, 2).people.ids.series().to_list() == ["u", "x"]


def test_people_and_items_may_have_thresholds_of_their_own():
    assert pairs(k_core(data_of("ua ub va"), 2, items=1)) == ["ua", "ub"]
    assert pairs(k_core(data_of("ua ub va"), 1, items=2)) == ["ua", "va"]


def test_an_empty_core_says_so():
    with pytest.raises(DataError, match=r"5-core of pairs is empty: none of 3"):
        k_core(data_of("ua ub va"))


def test_negative_thresholds_are_refused():
    with pytest.raises(UsageError, match="k=-1"):
        k_core(data_of("ua"), -1)


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("uvwxy"), st.sampled_from("abcde")), min_size=1),
    st.integers(1, 3),
)
def test_everybody_and_everything_in_a_core_has_enough_events(chosen, k):
    data = data_of(" ".join(u + i for u, i in chosen))
    try:
        core = k_core(data, k)
    except DataError:
        return
    assert np.bincount(core.events["user"]).min() >= k
    assert np.bincount(core.events["item"]).min() >= k
    assert set(pairs(core)) <= set(pairs(data))
    assert pairs(k_core(core, k)) == pairs(core)


def test_tables_follow_the_rows():
    data = mini_world()
    few = only_seen(type(data)(data.catalog, data.people, data.events[:800], "few", data.tables))
    assert len(few.people) == few.events["user"].n_unique()
    for before, after in ((data, few),):
        names = {
            (before.catalog.ids.names([i])[0], e)
            for i, e in before.tables["entities"].select("item", "entity").iter_rows()
        }
        for item, entity in after.tables["entities"].select("item", "entity").iter_rows():
            assert (after.catalog.ids.names([item])[0], entity) in names
    assert few.tables["ties"]["friend"].max() < len(few.people)


def test_good_ratings_become_plain_events():
    data = data_of("ua ub uc va", rating=[5.0, 3.9, None, 4.0])
    liked = implicit(data, at_least=4.0)
    assert pairs(liked) == ["ua", "va"]
    assert liked.events["rating"].null_count() == 2
    assert len(liked.catalog) == 3


def test_thresholds_without_ratings_or_with_nothing_left_are_refused():
    with pytest.raises(DataError, match="no ratings"):
        implicit(data_of("ua"), at_least=1)
    with pytest.raises(DataError, match=r"at least 6.*is empty"):
        implicit(data_of("ua", rating=[5.0]), at_least=6)


def test_of_repeated_events_one_stays():
    data = data_of("ua ub ua", time=[1, 2, 3])
    assert drop_duplicates(data).events["time"].to_list() == [1, 2]
    assert drop_duplicates(data, keep="last").events["time"].to_list() == [2, 3]
    with pytest.raises(UsageError, match="'first' or 'last'"):
        drop_duplicates(data, keep="any")
