import pytest

import penchant as pn
from penchant.core import UsageError
from penchant.models import Change, levelled, with_stock


@pytest.fixture(scope="module")
def model():
    return pn.fit(pn.Popular(), pn.data.mini_world())


def with_items(model, *names):
    return with_stock(model, [Change(name, {"title": f"Title {name}"}) for name in names])


def test_all_know_what_the_one_with_the_most_items_knows(model):
    many = [model, with_items(model, "b", "a"), with_items(model, "b")]
    for one in levelled(many):
        assert one.catalog.ids.series().equals(many[1].catalog.ids.series())
        assert one.catalog.titles([-1 + len(one.catalog)]) == ["Title a"]
    assert len(model.catalog) == 150


def test_models_with_the_same_items_stay_as_they_are(model):
    assert all(one is model for one in levelled([model, model]))


def test_items_in_another_order_cannot_be_levelled(model):
    with pytest.raises(UsageError, match="152 items"):
        levelled([with_items(model, "a", "b"), with_items(model, "b", "a")])
