"""Models and cases in, a report out."""

import json
from dataclasses import dataclass, replace
from io import StringIO

import numpy as np
import polars as pl
import pytest
from rich.console import Console

from penchant.core import Ragged, Run, UnknownName, UsageError
from penchant.data import (
    EVENT_SCHEMA,
    Cases,
    Catalog,
    Dataset,
    Ids,
    People,
    Queries,
    Rankings,
    ranks_by_score,
    recommend_by_score,
)
from penchant.evaluate import Costs, Report, evaluate, with_item_column, with_user_column
from penchant.evaluate.slices import group_order, groups

N_USERS, N_ITEMS = 80, 30


@dataclass(frozen=True)
class Fixed:
    """Scores that depend on the item only."""

    scores: np.ndarray

    def score(self, queries: Queries, run: Run) -> np.ndarray:
        return np.tile(self.scores, (len(queries), 1)).astype(np.float32)

    def recommend(self, queries: Queries, k: int, run: Run) -> Rankings:
        return recommend_by_score(self, queries, k, run, len(self.scores))

    def ranks(self, queries: Queries, relevant: Ragged, run: Run):
        return ranks_by_score(self, queries, relevant, run, len(self.scores))


@dataclass(frozen=True)
class Lists:
    """The same without ranks."""

    inner: Fixed

    def recommend(self, queries: Queries, k: int, run: Run) -> Rankings:
        return self.inner.recommend(queries, k, run)


@dataclass(frozen=True)
class Held:
    """Wraps a recommender as a model does."""

    recommender: Fixed
    name: str
    catalog: Catalog


def world() -> tuple[Dataset, Cases]:
    rng = np.random.default_rng(0)
    items = np.minimum(rng.geometric(0.15, (N_USERS, 6)) - 1, N_ITEMS - 1)
    events = pl.DataFrame(
        {
            "user": np.repeat(np.arange(N_USERS), 6),
            "item": items.ravel(),
            "time": None,
            "rating": None,
            "kind": None,
        },
        schema=dict(EVENT_SCHEMA),
    )
    names = [f"i{i}" for i in range(N_ITEMS)]
    table = pl.DataFrame(
        {
            "id": names,
            "categories": [["odd" if i % 2 else "even"] for i in range(N_ITEMS)],
            "year": list(range(N_ITEMS)),
        }
    )
    ids = [f"u{i}" for i in range(N_USERS)]
    people = People(Ids(ids), pl.DataFrame({"id": ids, "group": ["a", "b"] * (N_USERS // 2)}))
    data = Dataset(Catalog(Ids(names), table), people, events)
    users = np.repeat(np.arange(N_USERS, dtype=np.int32), 2)
    queries = Queries(data.histories().take(users), users)
    wanted = np.minimum(rng.geometric(0.15, 2 * N_USERS) - 1, N_ITEMS - 1)
    slices = pl.DataFrame(
        {"user": users, "history_length": np.arange(2 * N_USERS) % 60, "warm_user": users % 3 > 0}
    )
    return data, Cases(queries, Ragged.of(wanted[:, None]), slices)


DATA, CASES = world()
POPULAR = Fixed(-np.arange(N_ITEMS, dtype=np.float64))
BACKWARDS = Fixed(np.arange(N_ITEMS, dtype=np.float64))
EVERY = (
    "ndcg@5,recall@5,mrr,auc,coverage@5,gini@5,novelty@5,ild@5,popularity_lift@5,ndcg@5(sampled=9)"
)


@pytest.fixture(scope="module")
def report() -> Report:
    models = {"popular": POPULAR, "backwards": BACKWARDS, "lists": Lists(POPULAR)}
    costs = {"popular": Costs(fit_s=1.5, recommend_ms=7.0)}
    return evaluate(models, CASES, metrics=EVERY, train=DATA, costs=costs)


def test_values_are_those_of_the_scores(report):
    ranks = CASES.relevant.values + 1
    expected = np.where(ranks <= 5, 1 / np.log2(ranks + 1), 0)
    np.testing.assert_allclose(report.values("popular", "ndcg@5"), expected)
    summary = report.summary().filter(model="popular", metric="ndcg@5").row(0, named=True)
    assert summary["value"] == pytest.approx(expected.mean())
    assert summary["low"] < summary["value"] < summary["high"]
    assert summary["queries"] == len(CASES)


def test_lists_and_ranks_agree_where_lists_reach(report):
    for metric in ("ndcg@5", "recall@5", "novelty@5"):
        assert np.array_equal(report.values("lists", metric), report.values("popular", metric))
    assert np.isnan(report.values("lists", "auc")).all()
    assert any("lists answers lists: mrr, auc see only its first 10" in n for n in report.notes)


def test_totals_have_one_value_a_model(report):
    assert report.totals["popular"]["coverage@5"] == pytest.approx(5 / N_ITEMS)
    assert report.totals["popular"]["gini@5"] == pytest.approx(1 - 5 / N_ITEMS)
    with pytest.raises(UnknownName, match="metric per query"):
        report.compare("coverage@5")


def test_given_costs_stay_and_others_are_measured(report):
    assert report.costs["popular"] == Costs(fit_s=1.5, recommend_ms=7.0)
    assert report.costs["backwards"].recommend_ms > 0


def test_compare_pairs_all_models_and_finds_the_better(report):
    table = report.compare("ndcg@5")
    assert len(table) == 3
    assert table["people"].to_list() == [N_USERS] * 3
    row = table.filter(a="popular", b="backwards").row(0, named=True)
    assert 0 < row["low"] < row["difference"] < row["high"]
    assert row["p_permutation"] < 0.01
    assert row["p_bootstrap"] < 0.01
    same = table.filter(a="popular", b="lists").row(0, named=True)
    assert same["difference"] == 0
    assert same["p_holm"] == 1


def test_compare_with_one_model(report):
    table = report.compare("ndcg@5", against="backwards", test="bootstrap")
    assert table["b"].to_list() == ["backwards", "backwards"]
    assert (table["p_holm"] >= table["p_bootstrap"]).all()
    with pytest.raises(UnknownName, match="did you mean 'popular'"):
        report.compare("ndcg@5", against="popula")


def test_groups_add_up_to_the_whole(report):
    for column in ("popularity", "warm_user", "history_length"):
        part = report.by(column).filter(model="popular", metric="recall@5")
        assert part["queries"].sum() == len(CASES)
        total = (part["value"] * part["queries"]).sum() / len(CASES)
        assert total == pytest.approx(report.values("popular", "recall@5").mean())


def test_a_random_ranking_against_nine_others():
    constant = Fixed(np.zeros(N_ITEMS))
    found = evaluate(constant, CASES, metrics="hr@1(sampled=9)", train=DATA)
    assert found.values("Fixed", "hr@1(sampled=9)") == pytest.approx(np.full(len(CASES), 0.1))


@dataclass(frozen=True)
class AsProposed:
    """Answers the candidates in the order in which they come."""

    def recommend(self, queries: Queries, k: int, run: Run) -> Rankings:
        items = np.stack([queries.candidates[row][:k] for row in range(len(queries))])
        return Rankings(items, np.tile(-np.arange(k, dtype=np.float32), (len(items), 1)))


def test_the_place_of_a_candidate_tells_nothing():
    found = evaluate(AsProposed(), CASES, metrics="hr@1(sampled=9)", train=DATA)
    share = found.values("AsProposed", "hr@1(sampled=9)").mean()
    assert 0.03 < share < 0.2


def test_the_default_needs_nothing_but_models_and_cases():
    assert evaluate(POPULAR, CASES).metrics == ("ndcg@10", "recall@10", "mrr@10")
    held = Held(POPULAR, "shop", DATA.catalog)
    found = evaluate([held, held], CASES)
    assert found.models == ("shop", "shop (2)")
    assert "coverage@10" in found.metrics


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"metrics": "novelty@5"}, "train=split.train"),
        ({"metrics": "coverage@5"}, "size of the catalogue"),
        ({"metrics": "ndcg@5(sampled=9)"}, "size of the catalogue"),
        ({"names": ["a", "b"]}, "2 names for 1 models"),
        ({"metrics": "ndgc@5"}, "did you mean 'ndcg'"),
        ({"metrics": []}, "at least one"),
    ],
)
def test_what_cannot_be_measured_is_refused(options, message):
    with pytest.raises(UsageError, match=message):
        evaluate(POPULAR, CASES, **options)


def test_what_cannot_recommend_is_refused():
    with pytest.raises(UsageError, match="fit it first"):
        evaluate([object()], CASES)
    with pytest.raises(UsageError, match="no models"):
        evaluate([], CASES)


def test_no_queries_give_an_empty_report():
    none = CASES.take(np.zeros(0, np.int64))
    found = evaluate([POPULAR, BACKWARDS], none, train=DATA)
    assert found.summary().filter(metric="ndcg@10")["value"].is_nan().all()
    assert len(found.compare("ndcg@10")) == 1


def test_columns_of_items_and_people_become_slices():
    cases = with_user_column(CASES, DATA.people.table, "group")
    cases = with_item_column(cases, DATA.catalog.table, "categories")
    assert set(group_order(cases.slices, "group")) == {"a", "b"}
    odd = np.where(CASES.relevant.values % 2, "odd", "even")
    assert cases.slices["categories"].to_list() == odd.tolist()
    two = replace(cases, relevant=Ragged.of([[0, 1], [0, 2]] * N_USERS))
    mixed = with_item_column(two, DATA.catalog.table, "categories")
    assert mixed.slices["categories"].to_list()[:2] == ["mixed", "even"]
    with pytest.raises(UnknownName, match="did you mean 'year'"):
        with_item_column(cases, DATA.catalog.table, "yaer")


def test_numbers_fall_into_ranges_in_order():
    lengths = pl.DataFrame({"history_length": [60, 0, 4, 5, None, 12]})
    assert groups(lengths, "history_length").to_list() == ["50+", "0", "1-4", "5-9", None, "10-19"]
    assert group_order(lengths, "history_length") == ["0", "1-4", "5-9", "10-19", "50+"]
    ages = pl.DataFrame({"age": list(range(100))})
    assert group_order(ages, "age") == ["0-23", "24-48", "49-73", "74+"]


def test_files(report, tmp_path):
    head = json.loads(report.to_json(tmp_path / "report.json").read_text())
    assert head["models"] == ["popular", "backwards", "lists"]
    assert head["costs"]["popular"]["peak_memory_mb"] is None
    assert set(head["slices"]) == {"history_length", "warm_user", "popularity"}
    frame = pl.read_parquet(report.to_parquet(tmp_path / "metrics.parquet"))
    assert len(frame) == 3 * len(CASES)
    assert np.array_equal(
        frame.filter(model="backwards")["ndcg@5"].to_numpy(), report.values("backwards", "ndcg@5")
    )
    report.to_parquet(tmp_path / "again.parquet")
    again = (tmp_path / "again.parquet").read_bytes()
    assert again == (tmp_path / "metrics.parquet").read_bytes()


def test_the_page_stands_alone_and_escapes_names(report, tmp_path):
    odd = replace(
        report,
        per_query={"<b>$x$ & co": report.per_query["popular"], "b": report.per_query["lists"]},
        totals={"<b>$x$ & co": report.totals["popular"], "b": report.totals["lists"]},
        costs={"<b>$x$ & co": Costs(), "b": Costs(1, 2, 3)},
    )
    text = odd.to_html(tmp_path / "page.html", title="A <title>").read_text()
    assert "A &lt;title&gt;" in text
    assert "<b>$x$" not in text
    assert text.count("<svg") == 6
    assert not [
        word for word in ("http-equiv", "<script", "src=", "@import", "#0101") if word in text
    ]
    again = odd.to_html(tmp_path / "again.html", title="A <title>").read_text()
    assert again == text


def test_a_page_of_one_model_without_costs_or_slices(tmp_path):
    found = evaluate({"only": POPULAR}, replace(CASES, slices=CASES.slices.select("user")))
    text = found.to_html(tmp_path / "page.html").read_text()
    assert "Which differences are real?" not in text
    assert "only reaches" in text


def test_the_terminal_table_shows_every_model_and_metric(report):
    console = Console(width=240, record=True, file=StringIO())
    console.print(report.table())
    text = console.export_text()
    for word in ("popular", "backwards", "ndcg@5(sampled=9)", "fit s", "1.5", "160 queries"):
        assert word in text
