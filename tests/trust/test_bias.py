"""A ranker that likes places, popular items or long titles is found out; another is not."""

from dataclasses import replace

import numpy as np
import pytest

import penchant as pn
from penchant.core import Run, UsageError
from penchant.data import Queries, Rankings
from penchant.evaluate import with_sampled_candidates
from penchant.language import ScriptedLM
from penchant.trust import MEASURES, Known, discordant, measure_bias
from penchant.trust.plots import bias_plot, place_plot

RUN = Run()
SPLIT = pn.data.leave_last_out(pn.data.mini_world())
TITLES = SPLIT.train.catalog.titles()
N = len(TITLES)
COUNTS = np.bincount(SPLIT.train.events["item"].to_numpy(), minlength=N).astype(np.float32)
LENGTHS = np.array([len(title) for title in TITLES], np.float32)


class ByItem:
    """Orders candidates by a number that each has."""

    method = None

    def __init__(self, liked):
        self.liked = liked

    def recommend(self, queries: Queries, k: int, run: Run) -> Rankings:
        rows = [queries.candidates[row] for row in range(len(queries))]
        best = [row[np.argsort(-self.liked[row], kind="stable")] for row in rows]
        items = np.stack([np.pad(row, (0, k - len(row)), constant_values=-1) for row in best])
        return Rankings(items.astype(np.int32), np.where(items < 0, np.nan, 0).astype(np.float32))


@pytest.fixture(scope="module")
def queries():
    return with_sampled_candidates(SPLIT.test.take(np.arange(40)), 9, N, RUN)


@pytest.fixture(scope="module")
def report(queries):
    def scripted(behaviour, answers=(), **options):
        lm = ScriptedLM(behaviour=behaviour, answers=answers)
        return pn.LLMRank(lm=lm, **options).fit(SPLIT.train, RUN)

    # A copied list is no answer; this one only nearly is.
    nearly = ("1, 2, 3, 4, 5, 6, 7, 8, 10, 9",)
    rankers = {
        "places": scripted("copying", shuffled=False),
        "places, shuffled": scripted("copying", answers=nearly),
        "words": scripted("orderly"),
        "popular": ByItem(COUNTS),
        "long": ByItem(LENGTHS),
        "markov": pn.Markov().fit(SPLIT.train, RUN),
    }
    fluency = -LENGTHS + RUN.rng("fluency").normal(size=N)
    return measure_bias(rankers, queries, Known(COUNTS, TITLES, fluency), RUN)


def value(report, ranker, measure):
    return report.summary(RUN).filter(ranker=ranker, measure=measure).row(0, named=True)


def test_every_measure_of_every_ranker_is_there(report):
    summary = report.summary(RUN)
    assert set(summary["measure"]) == set(MEASURES)
    assert len(summary) == 6 * len(MEASURES)
    assert (summary["low"] <= summary["value"]).all()
    assert (summary["value"] <= summary["high"]).all()


def test_who_copies_the_order_shown_is_found_out(report):
    assert value(report, "places", "place")["value"] == pytest.approx(1)
    assert value(report, "places", "order")["value"] == pytest.approx(0.5, abs=0.05)
    assert value(report, "words", "order")["value"] == 0


def test_orders_of_its_own_take_the_place_away(report):
    shuffled = value(report, "places, shuffled", "place")
    assert shuffled["low"] < 0 < shuffled["high"]
    row = report.compare("places", "places, shuffled", RUN).row(0, named=True)
    assert row["measure"] == "place"
    assert row["high"] < -0.9
    assert row["p_holm"] < 0.01


def test_who_likes_popular_items_is_found_out(report):
    assert value(report, "popular", "popularity")["low"] > 0.45
    assert abs(value(report, "places", "popularity")["value"]) < 0.1


def test_who_likes_long_titles_is_found_out(report):
    assert value(report, "long", "length")["value"] > 0.9  # ties keep the order shown
    assert value(report, "long", "fluency")["high"] < -0.5


def test_who_overlooks_the_order_of_the_history_is_found_out(report):
    assert value(report, "popular", "history")["value"] == 0
    assert value(report, "places", "history")["value"] == 0
    assert value(report, "markov", "history")["low"] > 0.01
    # One that draws its own orders changes its answers anyway: that is not taken for reading.
    assert abs(value(report, "places, shuffled", "history")["value"]) < 0.1


def test_the_same_seed_measures_the_same(report, queries):
    again = measure_bias({"popular": ByItem(COUNTS)}, queries, Known(COUNTS, TITLES), RUN)
    ours = again.values.filter(measure="popularity")["value"]
    theirs = report.values.filter(ranker="popular", measure="popularity")["value"]
    assert (ours == theirs).all()
    assert "fluency" not in set(again.values["measure"])


def test_rows_with_few_candidates_say_nothing():
    few = with_sampled_candidates(SPLIT.test.take(np.arange(3)), 1, N, RUN)
    found = measure_bias({"popular": ByItem(COUNTS)}, few, Known(COUNTS, TITLES), RUN)
    assert np.isnan(found.values["value"].to_numpy()).all()
    assert np.isnan(found.summary(RUN)["value"].to_numpy()).all()


@pytest.mark.parametrize(
    ("one", "two", "share"),
    [("012", "012", 0), ("012", "210", 1), ("012", "021", 1 / 3), ("011", "012", 1 / 6)],
)
def test_discordant_pairs_by_hand(one, two, share):
    orders = (np.array([float(place) for place in order]) for order in (one, two))
    assert discordant(*orders) == pytest.approx(share)


def test_what_cannot_be_measured_is_said(queries, report):
    known = Known(COUNTS, TITLES)
    with pytest.raises(UsageError, match="without candidates"):
        measure_bias({}, replace(queries, candidates=None), known, RUN)
    with pytest.raises(UsageError, match="orders=1: need at least 2"):
        measure_bias({}, queries, known, RUN, orders=1)
    with pytest.raises(UsageError, match="no ranker 'sasrec' was measured; there are: places"):
        report.compare("places", "sasrec", RUN)


def test_pictures_name_every_ranker_and_stand_alone(report):
    for drawing in (bias_plot(report, RUN), place_plot(report)):
        assert drawing.startswith("<svg")
        assert 'xmlns="http://www.w3.org/2000/svg"' in drawing
        assert "--series-0:" in drawing
        for ranker in ("places, shuffled", "popular", "markov"):
            assert f">{ranker}<" in drawing
    assert bias_plot(report, RUN) == bias_plot(report, RUN)
