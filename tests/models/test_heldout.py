import polars as pl
import pytest

import penchant as pn
from penchant.core import UsageError
from penchant.models import Change, asked_cases, with_catalog, with_events


@pytest.fixture(scope="module")
def split():
    return pn.data.split_time(pn.data.mini_world())


def renewed(data):
    """The data with an item and a person that came later."""
    data = with_catalog(data, [Change("new", {"title": "A New One"})])
    row = {"user": "somebody", "item": "new", "time": 2**51, "kind": "view", "value": None}
    return with_events(data, pl.DataFrame([row], schema_overrides={"value": pl.Float64}))[0]


def test_a_model_may_know_more_than_the_split(split):
    model = pn.fit(pn.Popular(), renewed(split.train))
    assert asked_cases([("m", model)], split) is split.test


def test_a_model_that_learned_what_is_asked_is_told_as_that(split):
    model = pn.fit(pn.Popular(), renewed(pn.data.mini_world()))
    with pytest.raises(UsageError, match=r"m learned .* of the events"):
        asked_cases([("m", model)], split)


def test_a_model_of_other_data_is_told_as_that(split):
    other = pn.data.read(pl.DataFrame({"user": ["a"], "item": ["x"]}))
    with pytest.raises(UsageError, match=r"another data set .* 1 items"):
        asked_cases([("m", pn.fit(pn.Popular(), other))], split)
