"""Models that rate or write, measured."""

from dataclasses import dataclass

import numpy as np
import polars as pl
import pytest

import penchant as pn
from penchant.core import Ragged, Run, UsageError
from penchant.data import History, Queries, Rated, Written
from penchant.evaluate import bleu, cases_for, evaluate


@dataclass(frozen=True)
class Says:
    """Always the same ratings and texts, in order of the items asked about."""

    ratings: tuple[float, ...] = ()
    texts: tuple[str, ...] = ()

    def rate(self, queries, items, run):
        return np.array([self.ratings[item] for item in items], np.float32)


@dataclass(frozen=True)
class Writes:
    texts: tuple[str, ...]

    def write(self, queries, items, run):
        return [self.texts[item] for item in items]


def queries_of(users):
    return Queries(History(Ragged.empty(len(users))), np.array(users, np.int32))


def rated(ratings, users=None):
    n = len(ratings)
    asked = queries_of(users or list(range(n)))
    return Rated(asked, np.arange(n, dtype=np.int32), np.array(ratings, np.float32))


def written(references):
    n = len(references)
    return Written(queries_of(list(range(n))), np.arange(n, dtype=np.int32), references)


def values(report, model):
    return {row["metric"]: row["value"] for row in report.summary().filter(model=model).to_dicts()}


@pytest.mark.parametrize(
    ("given", "said", "expected"),
    [
        ((1, 2, 3), (1, 2, 3), {"rmse": 0, "mae": 0, "unreadable": 0}),
        ((5, 5), (4, 2), {"rmse": np.sqrt(5), "mae": 2, "unreadable": 0}),
        (
            (5, 5, 1, 1),
            (4, np.nan, 1, np.nan),
            {"rmse": np.sqrt(0.5), "mae": 0.5, "unreadable": 0.5},
        ),
        ((3, 3), (np.nan, np.inf), {"rmse": np.nan, "mae": np.nan, "unreadable": 1}),
    ],
)
def test_errors_worked_by_hand(given, said, expected):
    report = evaluate({"says": Says(said)}, rated(given))
    assert values(report, "says") == pytest.approx(expected, nan_ok=True)


def test_what_is_unreadable_is_said():
    report = evaluate({"says": Says((np.nan, 2))}, rated((1, 2)))
    assert report.notes == ("says gave no rating for 1 of 2: left out of rmse and mae",)


def test_the_interval_of_rmse_is_the_root_of_that_of_squares():
    rng = Run(seed=1).rng("test")
    given = rng.integers(1, 6, 200).astype(float)
    said = tuple(rng.integers(1, 6, 200).astype(float))
    users = rng.integers(0, 40, 200).tolist()
    report = evaluate({"says": Says(said)}, rated(given, users), metrics="rmse")
    row = report.summary().row(0, named=True)
    squares = (given - np.array(said)) ** 2
    assert row["value"] == pytest.approx(np.sqrt(squares.mean()))
    low, high = pn.evaluate.intervals(
        squares[:, None], pn.evaluate.clusters_of(np.array(users)), report.run
    )
    assert (row["low"], row["high"]) == pytest.approx((np.sqrt(low[0]), np.sqrt(high[0])))


def test_models_are_compared_by_their_rmse_on_what_both_rated():
    models = {"near": Says((4.0, 4.0, np.nan)), "far": Says((3.0, 1.0, 1.0))}
    report = evaluate(models, rated((5, 5, 5)), metrics="rmse,mae")
    roots = report.compare("rmse").row(0, named=True)
    assert roots["difference"] == pytest.approx(1 - np.sqrt((4 + 16) / 2))
    assert report.compare("mae").row(0, named=True)["difference"] == pytest.approx(1 - 3)


def test_a_clear_difference_is_found_and_none_is_not():
    rng = Run(seed=2).rng("test")
    given = rng.integers(1, 6, 300).astype(float)
    near = tuple(given + rng.normal(0, 0.5, 300))
    far = tuple(given + rng.normal(0, 1.5, 300))
    report = evaluate({"near": Says(near), "far": Says(far), "same": Says(near)}, rated(given))
    rows = {(r["a"], r["b"]): r for r in report.compare("rmse").to_dicts()}
    assert rows["near", "far"]["p_holm"] < 0.01
    assert rows["near", "far"]["high"] < 0
    assert rows["near", "same"]["p_permutation"] == 1
    assert rows["near", "same"]["difference"] == 0


def test_the_report_goes_to_disk(tmp_path):
    report = evaluate({"says": Says((4.0, 2.0)), "other": Says((1.0, 1.0))}, rated((5, 5)))
    frame = pl.read_parquet(report.to_parquet(tmp_path / "values.parquet"))
    assert frame.filter(model="says")["rmse"].to_list() == [1, 9]
    assert report.to_json(tmp_path / "report.json").exists()
    assert "rmse" in report.to_html(tmp_path / "report.html").read_text()
    report.table()


def test_texts_are_measured_alone_and_together():
    pytest.importorskip("sacrebleu", reason="sacrebleu is not installed: pip install sacrebleu")
    references = ["the plot keeps its promises to the end", "dull from the first page"]
    models = {"same": Writes(tuple(references)), "other": Writes(("no", "nothing of that kind"))}
    report = evaluate(models, written(references))
    assert report.metrics == ("bleu_4", "rouge_1", "rouge_2", "rouge_l")
    assert values(report, "same") == pytest.approx(dict.fromkeys(report.metrics, 1.0))
    assert values(report, "other")["rouge_1"] == 0
    assert 0 <= values(report, "other")["bleu_4"] < 0.2
    assert report.compare("rouge_l")["difference"].to_list() == [1.0]


@pytest.mark.parametrize(
    ("model", "cases", "metrics", "said"),
    [
        (Writes(("a",)), rated((1,)), "mae", "cannot rate"),
        (Says((1.0,)), written(["a"]), "rouge_1", "cannot write"),
        (Says((1.0,)), rated((1,)), "ndcg@10", "does not measure ratings"),
        (Says((1.0,)), rated((1,)), "rouge_1", "does not measure ratings"),
        (Writes(("a",)), written(["a"]), "rmse", "does not measure texts"),
    ],
)
def test_what_does_not_fit_is_refused(model, cases, metrics, said):
    with pytest.raises(UsageError, match=said):
        evaluate({"model": model}, cases, metrics=metrics)


def test_all_are_asked_whether_they_can_before_any_is_measured():
    class Unasked:
        def rate(self, queries, items, run):
            raise AssertionError("it was asked")

    with pytest.raises(UsageError, match="second cannot rate"):
        evaluate({"first": Unasked(), "second": Writes(("a",))}, rated((1,)))


def test_ratings_are_not_measured_on_lists():
    split = pn.data.split_time(pn.data.mini_world())
    popular = pn.Popular().fit(split.train, Run())
    with pytest.raises(UsageError, match="rmse measures ratings: give rated_cases"):
        evaluate(popular, split.test, metrics="rmse")


def test_held_out_events_become_what_the_metrics_measure():
    data = pn.data.mini_world()
    cases = pn.data.split_time(data).test
    assert cases_for(cases, data, "ndcg@10") is cases
    assert isinstance(cases_for(cases, data, ["rmse", "mae"]), Rated)
    assert isinstance(cases_for(cases, data, "rouge_1,bleu_4"), Written)
    with pytest.raises(UsageError, match="metrics of lists and of ratings"):
        cases_for(cases, data, "ndcg@10,coverage@10,rmse")


def test_a_single_figure_makes_a_report(tmp_path):
    pytest.importorskip("sacrebleu", reason="sacrebleu is not installed")
    models = {"one": Writes(("a b c d",)), "other": Writes(("a b c e",))}
    report = evaluate(models, written(["a b c d"]), metrics="bleu_4")
    assert report.summary()["value"].to_list() == pytest.approx([1.0, 0.5946], abs=1e-4)
    assert report.to_json(tmp_path / "report.json").exists()
    report.table()
    with pytest.raises(UsageError, match="bleu_4: one figure for all"):
        report.to_html(tmp_path / "report.html")


def test_bleu_has_an_interval_over_people():
    pytest.importorskip("sacrebleu", reason="sacrebleu is not installed")
    rng = Run(seed=3).rng("test")
    words = np.array(list("abcdefgh"))
    references = [" ".join(rng.choice(words, 6)) for _ in range(120)]
    texts = tuple(" ".join([*said.split()[: rng.integers(2, 7)], "z"]) for said in references)
    users = (np.arange(120) // 4).tolist()
    cases = Written(queries_of(users), np.arange(120, dtype=np.int32), references)
    report = evaluate({"near": Writes(texts)}, cases, metrics="bleu_4,rouge_1")
    row = report.summary().row(0, named=True)
    assert row["low"] <= row["value"] <= row["high"]
    wide = report.summary(confidence=0.99).row(0, named=True)
    assert wide["low"] < row["low"] < row["high"] < wide["high"]
    # Resampled people by hand, at another seed: about the same ends.
    drawn = []
    for _ in range(300):
        rows = (rng.integers(0, 30, 30)[:, None] * 4 + np.arange(4)).ravel()
        drawn.append(bleu([texts[r] for r in rows], [references[r] for r in rows]))
    assert row["low"] == pytest.approx(np.quantile(drawn, 0.025), abs=0.02)
    assert row["high"] == pytest.approx(np.quantile(drawn, 0.975), abs=0.02)


def test_of_ratings_the_smallest_error_comes_first():
    from penchant.evaluate.plots import ranked_models

    models = {"far": Says((1.0,)), "near": Says((4.0,)), "silent": Says((np.nan,))}
    assert ranked_models(evaluate(models, rated((5,)))) == ["near", "far", "silent"]


@dataclass(frozen=True)
class Wrong:
    def rate(self, queries, items, run):
        return np.zeros(len(items) + 1, np.float32)

    def write(self, queries, items, run):
        return []


def test_answers_of_the_wrong_number_are_refused():
    with pytest.raises(UsageError, match="shape"):
        evaluate({"wrong": Wrong()}, rated((1, 2)))
    with pytest.raises(UsageError, match="0 texts for 2 rows"):
        evaluate({"wrong": Wrong()}, written(["a", "b"]), metrics="rouge_1")
