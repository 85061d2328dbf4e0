from collections import Counter
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

import penchant as pn
from penchant.core import Run, UnknownName, UsageError
from penchant.data import described_vectors, item_vectors
from penchant.models import Quota, Rules


@pytest.fixture(scope="module")
def model():
    return pn.fit(pn.CoVisit(), pn.data.mini_world(), seed=3)


@pytest.fixture(scope="module")
def people(model):
    return model.people.ids.names(range(12))


def values_of(model, items, column):
    table = model.catalog.table.filter(pl.col("id").is_in(list(items)))
    named = table.explode(column) if isinstance(table[column].dtype, pl.List) else table
    return Counter(named[column].to_list())


def greedy(model, user, k, quotas):
    """The same worked out over the whole ranking."""
    table = {row["id"]: row for row in model.catalog.table.iter_rows(named=True)}
    counts, taken = Counter(), []
    for item in model.recommend([user], k=len(model.catalog))["item"]:
        kinds = []
        for quota in quotas:
            told = table[item][quota.column]
            listed = set(told) if isinstance(told, list) else {told}
            kinds += [
                ((quota, value), quota.most)
                for value in listed
                if quota.value is None or str(value) == str(quota.value)
            ]
        if len(taken) < k and all(counts[kind] < most for kind, most in kinds):
            taken.append(item)
            counts.update(kind for kind, _ in kinds)
    return taken


@pytest.mark.parametrize(
    "quotas",
    [
        (Quota("author", 1),),
        (Quota("categories", 4),),
        (Quota("categories", 2, "space"),),
        (Quota("year", 1), Quota("author", 2)),
        (Quota("part", 3, 1),),
    ],
)
def test_a_list_is_the_best_that_keeps_its_quotas(model, people, quotas):
    found = model.recommend(people, k=12, rules=Rules(quotas=quotas))
    for user in people:
        mine = found.filter(pl.col("user") == user)
        assert mine["item"].to_list() == greedy(model, user, 12, quotas)
        for quota in quotas:
            counts = values_of(model, mine["item"], quota.column)
            if quota.value is None:
                assert max(counts.values()) <= quota.most
            else:
                assert counts[quota.value] <= quota.most


def test_k_items_come_back_whenever_as_many_fit(model, people):
    authors = model.catalog.table["author"].n_unique()
    rules = Rules(quotas=(Quota("author", 1),))
    found = model.recommend(people, k=len(model.catalog), again=True, rules=rules)
    assert found.group_by("user").len()["len"].to_list() == [authors] * len(people)


def test_filters_and_exclusions_hold_inside_the_rules(model, people):
    rules = Rules(0.5, (Quota("author", 2),))
    free = model.recommend(people, k=8, where="categories has 'books'", rules=rules)
    gone = free["item"].unique().to_list()[:5]
    kept = model.recommend(people, k=8, where="categories has 'books'", exclude=gone, rules=rules)
    assert not set(kept["item"]) & set(gone)
    assert set(values_of(model, kept["item"], "categories")) >= {"books"}
    history = dict(
        zip(
            people,
            (set(model.ask([p]).queries.histories.items.values) for p in people),
            strict=True,
        )
    )
    for user, item in kept.select("user", "item").iter_rows():
        assert model.catalog.ids.row(item) not in history[user]


def test_diversity_makes_lists_more_different_and_keeps_the_best_first(model, people):
    plain = model.recommend(people, k=10)
    likeness = []
    for diversity in (0.0, 0.3, 0.7, 1.0):
        found = model.recommend(people, k=10, rules=Rules(diversity))
        assert (found.group_by("user").len()["len"] == 10).all()
        firsts = found.filter(pl.col("rank") == 1)["item"].to_list()
        assert firsts == plain.filter(pl.col("rank") == 1)["item"].to_list()
        each = []
        for user in people:
            items = found.filter(pl.col("user") == user)["item"].to_list()
            vectors = described_vectors(model.catalog, model.catalog.ids.rows(items))
            alike = vectors @ vectors.T
            each.append((alike.sum() - 10) / 90)
        likeness.append(np.mean(each))
        if not diversity:
            assert found.equals(plain)
    assert likeness[0] > likeness[1] > likeness[2] >= likeness[3]


def test_a_batch_and_singles_get_the_same_lists(model, people):
    rules = Rules(0.4, (Quota("author", 1),))
    together = model.recommend(people, k=6, rules=rules)
    apart = pl.concat([model.recommend([user], k=6, rules=rules) for user in people])
    assert together["item"].to_list() == apart["item"].to_list()


def test_maximal_marginal_relevance_by_hand():
    # Two comedies and a drama; the second comedy scores higher than the drama.
    data = pn.data.read(
        pl.DataFrame({"user": list("aaabbc"), "item": ["x", "y", "z", "x", "y", "x"]}),
        items=pl.DataFrame(
            {"item": ["x", "y", "z"], "categories": [["comedy"], ["comedy"], ["drama"]]}
        ),
    )
    model = pn.fit(pn.Popular(), data)
    assert model.recommend(history=[], k=3)["item"].to_list() == ["x", "y", "z"]
    # Of 3, 2 and 1 choices relevance is 1, 1/2 and 0: y is worth (1 - d) / 2 - d, z 0.
    for diversity, second in ((0.3, "y"), (0.4, "z")):
        found = model.recommend(history=[], k=2, rules=Rules(diversity))
        assert found["item"].to_list() == ["x", second]


def test_a_recommender_with_vectors_tells_items_apart_by_them(model):
    class Turned:
        def vectors(self, items):
            return np.eye(len(model.catalog), dtype=np.float32)[items]

    rows = np.array([0, 1])
    own = item_vectors(Turned(), model.catalog, rows)
    assert (own @ own.T == np.eye(2)).all()
    assert item_vectors(object(), model.catalog, rows).shape == (2, 512)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Rules(1.5), "0 to 1"),
        (lambda: Rules(float("nan")), "0 to 1"),
        (lambda: Quota("author", 0), "1 or more"),
        (lambda: Rules(quotas=(Quota("a", 1),) * 21), "at most 20"),
        (lambda: Rules.read(0.0, ["author"]), "COLUMN=N"),
        (lambda: Rules.read(0.0, ["author=x"]), "COLUMN=N"),
    ],
)
def test_rules_that_cannot_be_are_refused(make, said):
    with pytest.raises(UsageError, match=said):
        make()


def test_a_quota_of_no_column_is_refused(model):
    with pytest.raises(UnknownName, match="did you mean 'author'"):
        model.recommend(history=[], rules=Rules(quotas=(Quota("auther", 1),)))


def test_rules_are_read_from_a_command_line():
    read = Rules.read(0.2, ["author=1", "categories:space=2"])
    assert read == Rules(0.2, (Quota("author", 1), Quota("categories", 2, "space")))


def test_a_degraded_proposal_stays_degraded(model):
    from penchant.data import Flag

    class Weary:
        method = model.recommender.method

        def recommend(self, queries, k, run):
            found = model.recommender.recommend(queries, k, run)
            return replace(found, flags=np.full(len(queries), np.uint8(Flag.DEGRADED)))

    weary = replace(model, recommender=Weary(), run=Run())
    answer = weary.answer(weary.ask(history=[]), k=3, rules=Rules(0.5))
    assert answer.rankings.flags[0] & Flag.DEGRADED
