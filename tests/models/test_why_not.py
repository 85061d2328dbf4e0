from dataclasses import replace

import numpy as np
import pytest

import penchant as pn
from penchant.core import UsageError
from penchant.models import FilterError, Terms, why_not


@pytest.fixture(scope="module")
def model():
    return pn.fit(pn.CoVisit(), pn.data.mini_world(), seed=1)


@pytest.fixture(scope="module")
def history(model):
    return model.catalog.ids.names(model.histories.items[0][:4])


def asked(model, history):
    return model.ask(history=history)


def test_what_was_had_already(model, history):
    found = why_not(model, asked(model, history), history[0], Terms())
    assert found.reason == "seen"
    again = why_not(model, asked(model, history), history[0], Terms(again=True))
    assert again.reason in {"recommended", "ranked"}


def test_what_was_excluded_or_never_there(model, history):
    item = model.recommend(history=history, k=1)["item"][0]
    assert why_not(model, asked(model, history), item, Terms()).reason == "recommended"
    found = why_not(model, asked(model, history), item, Terms(exclude=(item,)))
    assert (found.reason, found.rank) == ("excluded", 1)
    unknown = why_not(model, asked(model, history), "nowhere", Terms())
    assert (unknown.reason, unknown.rank, unknown.score) == ("unknown", None, None)


def test_what_has_left_says_so(model, history):
    item = model.recommend(history=history, k=1)["item"][0]
    closed = np.arange(len(model.catalog)) == model.catalog.ids.row(item)
    fewer = replace(model, closed=closed)
    assert why_not(fewer, asked(fewer, history), item, Terms()).reason == "left"
    assert item not in fewer.recommend(history=history, k=150)["item"].to_list()


def test_the_clauses_that_keep_it_out_are_named(model, history):
    item = model.recommend(history=history, k=1)["item"][0]
    year = model.catalog.table.row(model.catalog.ids.row(item), named=True)["year"]
    where = f"year > {year} and (title has 'x' or year >= {year}) and categories has 'tea'"
    found = why_not(model, asked(model, history), item, Terms(where=where))
    assert found.reason == "filtered"
    assert [(one.clause, one.columns) for one in found.clauses] == [
        (f"year > {year}", ("year",)),
        ("categories has 'tea'", ("categories",)),
    ]
    either = why_not(model, asked(model, history), item, Terms(where="year < 0 or year > 9999"))
    assert [one.clause for one in either.clauses] == ["year < 0 or year > 9999"]


@pytest.mark.parametrize("method", [pn.CoVisit(), pn.EASE(), pn.Markov(), pn.Popular()])
def test_its_rank_is_that_of_the_whole_list(method, history):
    model = pn.fit(method, pn.data.mini_world(), seed=2)
    whole = model.recommend(history=history, k=len(model.catalog))
    for place in (0, 14, 60, len(whole) - 1):
        row = whole.row(place, named=True)
        found = why_not(model, asked(model, history), row["item"], Terms(k=10))
        assert found.reason == ("recommended" if found.rank <= 10 else "ranked")
        same = whole.filter(whole["score"] == row["score"])["rank"]
        assert same.min() <= found.rank <= same.max()
        assert found.score == pytest.approx(row["score"], rel=1e-5, abs=1e-6)
        assert found.open_items == len(whole)
        assert found.needed == pytest.approx(whole["score"][9], rel=1e-5)


def test_what_is_said_to_help_helps(model, history):
    whole = model.recommend(history=history, k=len(model.catalog))
    helped = 0
    for place in range(20, 60, 5):
        item = whole["item"][place]
        found = why_not(model, asked(model, history), item, Terms(k=10))
        for other, _, rank in found.instead.iter_rows():
            longer = model.recommend(history=[*history, other], k=len(model.catalog))
            row = longer.filter(longer["item"] == item).row(0, named=True)
            same = longer.filter(longer["score"] == row["score"])["rank"]
            assert same.min() <= rank <= same.max()
            assert rank < found.rank
            helped += 1
    assert helped > 5


def follow(change, terms, item, rest):
    """Asks again as it was told."""
    if "do not exclude it" in change:
        terms = replace(terms, exclude=[one for one in terms.exclude if one != item])
    if "leave out" in change:
        terms = replace(terms, where=rest)
    if "seen items" in change:
        terms = replace(terms, again=True)
    k = int(change.partition("k=")[2] or terms.k)
    return replace(terms, k=k)


def test_what_would_change_it_is_enough_by_itself(model, history):
    whole = model.recommend(history=history, k=len(model.catalog))
    ends = [*history[:2], *(whole["item"][place] for place in (0, 40, len(whole) - 1))]
    for item in ends:
        year = model.catalog.table.row(model.catalog.ids.row(item), named=True)["year"]
        where, rest = f"year != {year} and year > 0", "year > 0"
        for terms in (Terms(k=3, where=where), Terms(k=3, exclude=[item]), Terms(k=3)):
            found = why_not(model, asked(model, history), item, terms)
            if found.reason not in {"seen", "excluded", "filtered"}:
                continue
            (change,) = found.change
            told = follow(change, terms, item, rest)
            assert why_not(model, asked(model, history), item, told).reason == "recommended"
            assert ("k=" in change) == (told.k > 3)


def test_all_that_keeps_it_out_has_to_go(model, history):
    item = history[0]
    found = why_not(
        model, asked(model, history), item, Terms(k=150, exclude=[item], where="year < 0")
    )
    assert found.reason == "excluded"
    assert found.change == (
        "do not exclude it and leave out that clause and ask with seen items as well",
    )


def test_it_counts_the_items_that_suit_better(model, history):
    whole = model.recommend(history=history, k=30)
    last = whole.filter(whole["score"] < whole["score"][9]).row(0, named=True)["item"]
    found = why_not(model, asked(model, history), last, Terms(k=1))
    assert found.told.startswith(f"{found.rank - 1} items suit better")


def test_a_bad_question_is_refused(model, history):
    with pytest.raises(FilterError, match="no column"):
        why_not(model, asked(model, history), history[0], Terms(where="yeer > 1"))
    with pytest.raises(UsageError, match="k=0"):
        why_not(model, asked(model, history), history[0], Terms(k=0))
    with pytest.raises(UsageError, match="one at a time"):
        why_not(model, model.ask(histories=[[], []]), history[0], Terms())
